//! `token/refresh/` and `token/verify/`. They look at no credentials in the header.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use serde::Serialize;

use super::operations;
use super::state::{DjRestAuthContract, Handle, Jwt};
use crate::accounts::Renewed;
use crate::contracts::site::LivingToken;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::secret::Secret;

/// The body of an answer, in the order of dj-rest-auth.
#[derive(Serialize)]
struct Tokens<'a> {
    access: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<&'a str>,
    access_expiration: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_expiration: Option<String>,
}

pub(super) fn endpoints(contract: &DjRestAuthContract) -> Vec<Endpoint<'_>> {
    if contract.jwt().is_err() {
        return Vec::new();
    }
    let refresh_or_cookie = FieldDescription::optional("refresh", FieldKind::String, "Refresh");
    let token = FieldDescription::required("token", FieldKind::String, "Token");
    vec![
        Endpoint::open("token/refresh", "Refresh View With Cookie Support")
            .taking("POST", vec![refresh_or_cookie])
            .described(Method::POST, move || operations::refresh_token(contract))
            .on(Method::POST, refresh),
        Endpoint::open("token/verify", "Token Verify")
            .taking("POST", vec![token])
            .described(Method::POST, move || operations::verify_token(contract))
            .on(Method::POST, verify),
    ]
}

/// Exchanges the refresh token in the body, else that in the cookie.
async fn refresh(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, jwt) = (&contract.site, contract.jwt()?);
    site.admit(&site.throttles.refresh, &request)?;

    let mut fields = body.fields()?;
    let sent = fields.optional_text("refresh", TextRule::TRIMMED);
    let sent = fields.finish(sent)?;
    let renewed = match &sent {
        Some(token) => jwt.shared.refresh(token, || site.client(&request)).await?,
        None => refresh_by_cookie(&contract, jwt, &request).await?,
    };
    answer(jwt, &request, &renewed)
}

async fn refresh_by_cookie(contract: &DjRestAuthContract, jwt: &Jwt, request: &HttpRequest) -> Result<Renewed, Fault> {
    let mut refused = None;
    for token in jwt.shared.good_first(jwt.refresh_tokens(&contract.site, request)?).await? {
        match jwt.shared.refresh(token, || contract.site.client(request)).await {
            Ok(renewed) => return Ok(renewed),
            Err(fault) if fault.status() == StatusCode::UNAUTHORIZED => refused = refused.or(Some(fault)),
            Err(fault) => return Err(fault),
        }
    }
    Err(refused.unwrap_or_else(|| jwt.shared.token_refused("No valid refresh token found.")))
}

fn answer(jwt: &Jwt, request: &HttpRequest, renewed: &Renewed) -> Answer {
    let access = LivingToken::new(renewed.access.expose(), renewed.signed_at, renewed.access_expires_at);
    let refresh = renewed.refresh.as_ref().map(Secret::expose);
    // Without a cookie to give it, the new refresh token would be lost, and the login with it.
    let is_hidden = jwt.hides_refresh_tokens && jwt.gives_refresh_cookies();
    let shown = refresh.filter(|_| !is_hidden);
    let body = Tokens {
        access: renewed.access.expose(),
        refresh: shown,
        access_expiration: renewed.access_expires_at.to_string(),
        refresh_expiration: shown.map(|_| renewed.refresh_expires_at.to_string()),
    };
    let mut response = reply::json(StatusCode::OK, &body)?;
    let refresh = refresh.map(|token| LivingToken::new(token, renewed.signed_at, renewed.refresh_expires_at));
    if let Some(cookies) = &jwt.cookies {
        cookies.give(request.headers(), &mut response, access, refresh);
    }
    Ok(response)
}

async fn verify(contract: Handle, body: Body) -> Answer {
    contract.jwt()?.shared.verify(&body).await
}
