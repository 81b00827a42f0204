//! `jwt/create/`, `jwt/refresh/`, `jwt/verify/` and `jwt/blacklist/`. They look at no credentials in the header.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use serde::Serialize;
use serde_json::json;

use super::operations;
use super::state::{DjoserContract, Handle};
use super::words;
use crate::accounts::{LogOut, LoginError, TokenError, TypedName};
use crate::contracts::access_tokens::sentence;
use crate::contracts::service_faults::telling;
use crate::contracts::token_pairs::{BLACKLISTED, read_token};
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::passwords::Password;
use crate::secret::Secret;

/// The body of an answer, in the order of simplejwt.
#[derive(Serialize)]
struct Pair<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<&'a str>,
    access: &'a str,
}

pub(super) fn endpoints(contract: &DjoserContract) -> Vec<Endpoint<'_>> {
    if contract.jwt.is_none() {
        return Vec::new();
    }
    let token = |name, label| vec![FieldDescription::required(name, FieldKind::String, label)];
    let mut login = token(contract.options.naming.field, "Login");
    login.push(FieldDescription::required("password", FieldKind::String, "Password"));
    vec![
        Endpoint::open("jwt/create", "Token Obtain Pair")
            .taking("POST", login)
            .described(Method::POST, move || operations::create_jwt(contract))
            .on(Method::POST, create),
        Endpoint::open("jwt/refresh", "Token Refresh")
            .taking("POST", token("refresh", "Refresh"))
            .described(Method::POST, move || operations::refresh_jwt(contract))
            .on(Method::POST, refresh),
        Endpoint::open("jwt/verify", "Token Verify")
            .taking("POST", token("token", "Token"))
            .described(Method::POST, move || operations::verify_jwt(contract))
            .on(Method::POST, verify),
        Endpoint::open("jwt/blacklist", "Token Blacklist")
            .taking("POST", token("refresh", "Refresh"))
            .described(Method::POST, move || operations::blacklist_jwt(contract))
            .on(Method::POST, blacklist),
    ]
}

async fn create(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, jwt) = (&contract.site, contract.jwt()?);
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let name = fields.text(contract.options.naming.field, TextRule::TRIMMED);
    let password = fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, site.password_max_length));
    let (name, password) = fields.finish((name, password))?;

    let pair = jwt.pairs.log_in(TypedName::Any(&name), password, site.client(&request)).await;
    let pair = pair.map_err(telling(|fact| {
        // Only the code differs: a page can offer another link to a user who knows the password.
        let is_unverified = fact == LoginError::Unverified;
        let code = if is_unverified { Code::EmailNotVerified } else { Code::LoginInvalid };
        jwt.refused(words::NO_ACTIVE_ACCOUNT, code)
    }))?;
    reply::json(StatusCode::OK, &Pair { refresh: Some(pair.refresh.expose()), access: pair.access.expose() })
}

async fn refresh(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, jwt) = (&contract.site, contract.jwt()?);
    site.admit(&site.throttles.refresh, &request)?;

    let renewed = jwt.refresh(&read_token(&body, "refresh")?, || site.client(&request)).await?;
    let refresh = renewed.refresh.as_ref().map(Secret::expose);
    reply::json(StatusCode::OK, &Pair { refresh, access: renewed.access.expose() })
}

async fn verify(contract: Handle, body: Body) -> Answer {
    contract.jwt()?.verify(&body).await
}

async fn blacklist(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, jwt) = (&contract.site, contract.jwt()?);
    site.admit(&site.throttles.refresh, &request)?;

    let token = read_token(&body, "refresh")?;
    jwt.pairs.log_out(&token, LogOut::ThisSession).await.map_err(telling(|fact| match fact {
        TokenError::Refused(refused) => jwt.token_refused(sentence(refused)),
        TokenError::Ended(_) | TokenError::Replaced | TokenError::NoSuchUser | TokenError::UserDisabled => {
            jwt.token_refused(BLACKLISTED)
        }
    }))?;
    reply::json(StatusCode::OK, &json!({}))
}
