//! `login/`.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

use super::state::{DjRestAuthContract, Handle, Logins, Methods};
use super::{operations, sessions, words};
use crate::accounts::{LoginError, TypedName};
use crate::contracts::service_faults::telling;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::fields::TextRule;
use crate::http::reply::Answer;
use crate::identity::EmailAddress;
use crate::passwords::Password;

pub(super) fn endpoint(contract: &DjRestAuthContract) -> Endpoint<'_> {
    let username = FieldDescription::optional("username", FieldKind::String, "Username");
    let email = FieldDescription::optional("email", FieldKind::Email, "Email");
    let mut fields = match contract.methods {
        Methods::Username => vec![username],
        Methods::Email => vec![email],
        Methods::Both => vec![username, email],
    };
    fields.push(FieldDescription::required("password", FieldKind::String, "Password"));
    Endpoint::open("login", "Login")
        .taking("POST", fields)
        .described(Method::POST, move || operations::login(contract))
        .on(Method::POST, log_in)
}

async fn log_in(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let username = fields.optional_text("username", TextRule::TRIMMED.or_blank());
    let email = fields.optional_parsed("email", TextRule::EMAIL.or_blank(), EmailAddress::parse);
    let password = fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, site.password_max_length));
    let (username, email, password) = fields.finish((username, email, password))?;

    let username = username.as_deref().filter(|text| !text.is_empty());
    let email = email.as_ref().map(EmailAddress::as_str);
    let name = match (contract.methods, email, username) {
        (Methods::Both | Methods::Email, Some(email), _) => TypedName::Email(email),
        (Methods::Both, None, Some(name)) => TypedName::Any(name),
        (Methods::Username, _, Some(name)) => TypedName::Username(name),
        (methods, ..) => return Err(words::name_missing(methods)),
    };
    let client = site.client(&request);
    match &contract.logins {
        Logins::Token => {
            let session = contract.accounts.log_in(name, password, client).await.map_err(telling(login_fault))?;
            sessions::logged_in(&contract, &request, StatusCode::OK, &session)
        }
        Logins::Pair(jwt) => {
            let pair = jwt.shared.pairs.log_in(name, password, client).await.map_err(telling(login_fault))?;
            sessions::logged_in_with_pair(&contract, jwt, &request, StatusCode::OK, &pair).await
        }
        Logins::Single(jwt) => {
            let single = jwt.tokens.log_in(name, password, client).await.map_err(telling(login_fault))?;
            sessions::logged_in_with_single(&contract, jwt, &request, StatusCode::OK, &single).await
        }
    }
}

fn login_fault(fact: LoginError) -> Fault {
    match fact {
        LoginError::Unverified => words::email_not_verified(),
        _ => words::login_invalid(),
    }
}
