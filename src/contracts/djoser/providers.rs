//! `o/<provider>/`: logins by accounts at identity providers.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use serde_json::json;

use super::provider_operations as operations;
use super::state::{DjoserContract, Handle};
use super::words;
use crate::accounts::{AuthorizationError, Provider, ProviderLoginError};
use crate::contracts::provider_logins::{CLOSED, EMAIL_MISSING, state_code};
use crate::contracts::service_faults::telling;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::query::Parameters;
use crate::http::reply::{self, Answer};
use crate::identity::UserId;

pub(super) fn endpoints(contract: &DjoserContract) -> Vec<Endpoint<'_>> {
    if contract.accounts.providers().is_empty() {
        return Vec::new();
    }
    let fields = ["code", "state"].map(|name| FieldDescription::optional(name, FieldKind::String, name)).to_vec();
    let endpoint = Endpoint::open("o/{provider}", "Provider Auth").taking("POST", fields);
    let endpoint = endpoint
        .described(Method::GET, operations::start_provider_login)
        .described(Method::POST, move || operations::finish_provider_login(contract));
    vec![endpoint.on(Method::GET, start).on(Method::POST, finish)]
}

fn provider_of(contract: &DjoserContract, name: &str) -> Result<Provider, Fault> {
    contract.accounts.providers().get(name).cloned().ok_or_else(|| words::no_such_provider(name))
}

async fn start(contract: Handle, request: HttpRequest, name: Path<String>) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;
    // The reference looks at the address first.
    let query = Parameters::of(&request)?;
    let redirect_uri = query.get("redirect_uri").ok_or_else(words::redirect_not_allowed)?;
    let provider = provider_of(&contract, &name)?;

    let mark = site.cookies.browser_mark(request.headers());
    let begun = contract.accounts.begin_authorization(&provider, Some(redirect_uri), None, mark.expose()).await;
    let begun = begun.map_err(telling(fault_of))?;
    let answer = reply::json(StatusCode::OK, &json!({ "authorization_url": begun.authorization_url }));
    site.send_to_provider(&request, &begun, answer)
}

async fn finish(contract: Handle, request: HttpRequest, name: Path<String>, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;
    let provider = provider_of(&contract, &name)?;

    let mut fields = body.fields()?;
    let code = fields.optional_text("code", TextRule::EXACT.or_blank());
    let state = fields.optional_text("state", TextRule::EXACT.or_blank());
    let (code, state) = fields.finish((code, state))?;
    // djoser's own clients send both in the query.
    let query = Parameters::of(&request)?;
    let sent = |in_body: Option<Cow<'_, str>>, name| {
        let sent = in_body.filter(|text| !text.is_empty()).map(Cow::into_owned);
        sent.or_else(|| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned))
    };
    let state = sent(state, "state").ok_or_else(|| words::provider_login(Code::Required, STATE_MISSING))?;
    let code = sent(code, "code").ok_or_else(|| words::provider_login(Code::Required, CODE_MISSING))?;

    let open = contract.accounts.open_authorization(&provider, site.returned(&request, &state, &code));
    let open = open.map_err(fault_of)?;
    let client = site.client(&request);
    let (user_id, mut tokens) = match &contract.jwt {
        Some(jwt) => {
            let pair = jwt.pairs.finish_login(open, client).await.map_err(telling(fault_of))?;
            (pair.user_id.clone(), json!({ "access": pair.access.expose(), "refresh": pair.refresh.expose() }))
        }
        None => {
            let session = contract.accounts.finish_login(open, client).await.map_err(telling(fault_of))?;
            (session.user_id.clone(), json!({ "auth_token": session.token.expose() }))
        }
    };
    tokens["user"] = login_name(&contract, &user_id).await?.into();
    reply::json(StatusCode::CREATED, &tokens)
}

/// Returns what the user logs in by, which djoser calls the user.
async fn login_name(contract: &DjoserContract, user_id: &UserId) -> Result<String, Fault> {
    // A user who was deleted meanwhile is an unknown one.
    let user = contract.accounts.administration().find_user(user_id).await?;
    let user = user.ok_or_else(|| words::login_invalid(Code::LoginInvalid))?;
    let name = match contract.options.log_in_by_username() {
        true => user.username.or(user.email),
        false => user.email.or(user.username),
    };
    Ok(name.unwrap_or_default())
}

const STATE_MISSING: &str = "Missing needed parameter state";
const CODE_MISSING: &str = "Missing needed parameter code";

fn fault_of(error: AuthorizationError) -> Fault {
    if let Some(code) = state_code(&error) {
        let sentence = match code {
            Code::StateOfAnotherBrowser => "State could not be found in server-side session data.",
            _ => "Invalid state has been provided.",
        };
        return words::provider_login(code, sentence);
    }
    let fact = match error {
        AuthorizationError::Login(fact) => fact,
        AuthorizationError::NoRedirects => return words::no_redirects(),
        _ => return words::redirect_not_allowed(),
    };
    let (code, sentence) = match fact {
        ProviderLoginError::Refused(_) | ProviderLoginError::Unsupported => {
            (Code::ProviderRefused, "The provider refused the code.")
        }
        ProviderLoginError::Closed => (Code::RegistrationClosed, CLOSED),
        ProviderLoginError::EmailTaken => {
            (Code::EmailTaken, "A user with the e-mail address of this provider account exists.")
        }
        ProviderLoginError::EmailMissing(_) => (Code::EmailMissing, EMAIL_MISSING),
        ProviderLoginError::Unverified => (Code::EmailNotVerified, "The e-mail address is not verified."),
        ProviderLoginError::Disabled | ProviderLoginError::Overtaken => {
            return words::login_invalid(Code::LoginInvalid);
        }
    };
    words::provider_login(code, sentence)
}
