//! `token/login/` and `token/logout/`.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use serde_json::json;

use super::operations;
use super::state::{DjoserContract, Handle};
use super::words;
use crate::accounts::{EndSessionsError, LogOut, LoginError, TypedName};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::service_faults::telling;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::passwords::Password;

pub(super) fn login_endpoint(contract: &DjoserContract) -> Endpoint<'_> {
    let fields = vec![
        FieldDescription::optional("password", FieldKind::String, "Password"),
        FieldDescription::optional(contract.options.naming.field, FieldKind::String, "Login"),
    ];
    Endpoint::open("token/login", "Token Create")
        .taking("POST", fields)
        .described(Method::POST, operations::login)
        .on(Method::POST, login)
}

pub(super) fn logout_endpoint() -> Endpoint<'static, LoggedInUser> {
    Endpoint::guarded("token/logout", "Token Destroy")
        .described(Method::POST, operations::logout)
        .on(Method::POST, logout)
}

async fn login(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let name = fields.optional_text(contract.options.naming.field, TextRule::TRIMMED);
    let password =
        fields.optional_parsed("password", TextRule::EXACT, |text| Password::parse(text, site.password_max_length));
    let (Some(name), Some(password)) = fields.finish((name, password))? else {
        return Err(words::login_invalid(Code::LoginInvalid));
    };
    let session = contract.accounts.log_in(TypedName::Any(&name), password, site.client(&request)).await;
    let session = session.map_err(telling(|fact| {
        // Only the code differs: a page can offer another link to a user who knows the password.
        let is_unverified = fact == LoginError::Unverified;
        words::login_invalid(if is_unverified { Code::EmailNotVerified } else { Code::LoginInvalid })
    }))?;
    let mut response = reply::json(StatusCode::OK, &json!({ "auth_token": session.token.expose() }))?;
    if contract.options.gives_cookies {
        site.give_cookies(&request, &mut response, &session);
    }
    Ok(response)
}

async fn logout(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest) -> Answer {
    let ended = contract.accounts.log_out(who.authenticated(), LogOut::ThisSession).await;
    ended.map_err(telling(|EndSessionsError::LoggedOut| invalid_token()))?;
    let mut response = reply::no_content();
    contract.site.remove_cookies(&request, &mut response);
    Ok(response)
}
