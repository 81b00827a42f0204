//! `<provider>/`, `<provider>/connect/` and `socialaccounts/`: logins by accounts at identity providers.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use serde::Serialize;
use serde_json::json;

use super::edition::Edition;
use super::state::{DjRestAuthContract, Handle, Logins};
use super::{operations, sessions, words};
use crate::accounts::{
    AuthorizationError, ConnectError, DisconnectError, Provider, ProviderAccount, ProviderKind, ProviderLoginError,
    ProviderProof, ProviderRefusal,
};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::service_faults::telling;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::secret::Secret;

/// Returns the endpoints of logins and connections, two for each provider.
pub(super) fn provider_endpoints<'c>(
    contract: &'c DjRestAuthContract,
) -> (Vec<Endpoint<'c>>, Vec<Endpoint<'c, LoggedInUser>>) {
    let fields = |provider: &Provider| {
        let of_every_kind = [
            ("access_token", "Access token"),
            ("code", "Code"),
            ("id_token", "Id token"),
            ("code_verifier", "Code verifier"),
        ];
        let of_this_kind = (provider.kind() == ProviderKind::Twitter).then_some(("token_secret", "Token secret"));
        let fields = of_every_kind.into_iter().chain(of_this_kind);
        fields.map(|(name, label)| FieldDescription::optional(name, FieldKind::String, label)).collect()
    };
    let login = |provider: &'c Provider| {
        let asked = provider.clone();
        Endpoint::open(provider.name().to_owned(), "Social Login")
            .taking("POST", fields(provider))
            .described(Method::POST, move || operations::provider_login(provider.name(), contract))
            .on(Method::POST, move |contract, request, body| log_in(asked.clone(), contract, request, body))
    };
    let connection = |provider: &'c Provider| {
        let asked = provider.clone();
        Endpoint::guarded(format!("{}/connect", provider.name()), "Social Connect")
            .taking("POST", fields(provider))
            .described(Method::POST, move || operations::provider_connection(provider.name(), contract))
            .on(Method::POST, move |contract, who, request, body| connect(asked.clone(), contract, who, request, body))
    };
    let providers = contract.accounts.providers();
    (providers.iter().map(login).collect(), providers.iter().map(connection).collect())
}

/// Returns the endpoints of the user's own accounts.
pub(super) fn own_endpoints(contract: &DjRestAuthContract) -> Vec<Endpoint<'_, LoggedInUser>> {
    if contract.accounts.providers().is_empty() {
        return Vec::new();
    }
    vec![
        Endpoint::guarded("socialaccounts", "Social Account List")
            .described(Method::GET, operations::list_provider_accounts)
            .on(Method::GET, list),
        Endpoint::guarded("socialaccounts/{id}/disconnect", "Social Account Disconnect")
            .described(Method::POST, operations::disconnect_provider)
            .on(Method::POST, disconnect),
    ]
}

/// Reads what proves a login at the provider.
fn read_proof(provider: &Provider, body: &Body) -> Result<ProviderProof, Fault> {
    let mut fields = body.fields()?;
    let mut read = |name| fields.optional_text(name, TextRule::EXACT.or_blank());
    let (access_token, code, id_token) = (read("access_token"), read("code"), read("id_token"));
    let (token_secret, code_verifier) = (read("token_secret"), read("code_verifier"));
    let sent = fields.finish((access_token, code, id_token, token_secret, code_verifier))?;
    let secret = |text: Option<Cow<'_, str>>| text.filter(|text| !text.is_empty()).map(Secret::new);
    let (access_token, code, id_token) = (secret(sent.0), secret(sent.1), secret(sent.2));
    let (token_secret, code_verifier) = (secret(sent.3), secret(sent.4));
    match (access_token, code, token_secret) {
        (Some(access_token), _, Some(token_secret)) if provider.kind() == ProviderKind::Twitter => {
            Ok(ProviderProof::TokenPair { access_token, token_secret })
        }
        (Some(access_token), ..) => Ok(ProviderProof::AccessToken { access_token, id_token }),
        (None, Some(code), _) => {
            let redirect_uri = provider.callback().ok_or_else(words::code_not_exchanged)?.to_owned();
            Ok(ProviderProof::Code { code, redirect_uri, code_verifier, nonce: None })
        }
        (None, None, _) => Err(words::proof_missing()),
    }
}

async fn log_in(provider: Provider, contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.login, &request)?;
    let proof = read_proof(&provider, &body)?;
    let (accounts, client) = (&contract.accounts, contract.site.client(&request));
    let told = telling(|fact| login_fault(contract.edition, &fact));
    match &contract.logins {
        Logins::Token => {
            let session = accounts.log_in_by_provider(&provider, proof, client).await.map_err(told)?;
            sessions::logged_in(&contract, &request, StatusCode::OK, &session)
        }
        Logins::Pair(jwt) => {
            let pair = jwt.shared.pairs.log_in_by_provider(&provider, proof, client).await.map_err(told)?;
            sessions::logged_in_with_pair(&contract, jwt, &request, StatusCode::OK, &pair).await
        }
        Logins::Single(jwt) => {
            let single = jwt.tokens.log_in_by_provider(&provider, proof, client).await.map_err(told)?;
            sessions::logged_in_with_single(&contract, jwt, &request, StatusCode::OK, &single).await
        }
    }
}

/// Connects a provider account, and answers as a login does.
async fn connect(
    provider: Provider,
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    body: Body,
) -> Answer {
    contract.site.admit(&contract.site.throttles.login, &request)?;
    let proof = read_proof(&provider, &body)?;
    let (who, client) = (who.authenticated(), contract.site.client(&request));
    let connected = contract.accounts.connect_provider(who, &provider, proof).await;
    connected.map_err(telling(|fact| connect_fault(contract.edition, fact)))?;
    match &contract.logins {
        Logins::Token => {
            let session = contract.accounts.begin_another_session(who, client).await?.ok_or_else(invalid_token)?;
            sessions::logged_in(&contract, &request, StatusCode::OK, &session)
        }
        Logins::Pair(jwt) => {
            let pair = jwt.shared.pairs.begin_another_session(who, client).await?.ok_or_else(invalid_token)?;
            sessions::logged_in_with_pair(&contract, jwt, &request, StatusCode::OK, &pair).await
        }
        Logins::Single(jwt) => {
            let single = jwt.tokens.begin_another_session(who, client).await?.ok_or_else(invalid_token)?;
            sessions::logged_in_with_single(&contract, jwt, &request, StatusCode::OK, &single).await
        }
    }
}

/// A provider account in its user's list. Times are RFC 3339 in UTC.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    provider: &'a str,
    uid: &'a str,
    last_login: String,
    date_joined: String,
}

impl<'a> From<&'a ProviderAccount> for Shown<'a> {
    fn from(account: &'a ProviderAccount) -> Self {
        // The reference has a time here even before the first login.
        let last_login = account.last_login_at.unwrap_or(account.created_at);
        Self {
            id: &account.id,
            provider: &account.provider,
            uid: &account.subject,
            last_login: last_login.to_string(),
            date_joined: account.created_at.to_string(),
        }
    }
}

async fn list(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest) -> Answer {
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    let accounts = contract.accounts.list_provider_accounts(who.authenticated()).await?;
    let shown: Vec<_> = accounts.iter().map(Shown::from).collect();
    reply::json(StatusCode::OK, &shown)
}

async fn disconnect(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    id: Path<String>,
) -> Answer {
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    let disconnected = contract.accounts.disconnect_provider(who.authenticated(), id.into_inner()).await;
    disconnected.map_err(telling(|fact| match fact {
        DisconnectError::NoSuchAccount => Fault::not_found(),
        DisconnectError::LastWayIn => words::no_password(),
        DisconnectError::LoggedOut => invalid_token(),
    }))?;
    reply::json(StatusCode::OK, &json!({}))
}

fn login_fault(edition: Edition, fact: &ProviderLoginError) -> Fault {
    match fact {
        ProviderLoginError::Refused(ProviderRefusal::CodeRefused { .. }) => words::code_not_exchanged(),
        ProviderLoginError::Refused(_) | ProviderLoginError::Unsupported => words::proof_refused(),
        ProviderLoginError::Closed => words::registration_closed(),
        ProviderLoginError::EmailTaken => words::provider_email_taken(edition),
        ProviderLoginError::EmailMissing(_) => words::provider_email_missing(),
        ProviderLoginError::Unverified => words::email_not_verified(),
        ProviderLoginError::Disabled | ProviderLoginError::Overtaken => words::login_invalid(),
    }
}

fn connect_fault(edition: Edition, fact: ConnectError) -> Fault {
    match fact {
        ConnectError::Authorization(AuthorizationError::Login(fact)) => login_fault(edition, &fact),
        // No state is involved here.
        ConnectError::Authorization(_) => words::proof_refused(),
        ConnectError::OfAnother => words::provider_account_taken(),
        ConnectError::TooMany => words::too_many_provider_accounts(),
        ConnectError::LoggedOut => invalid_token(),
    }
}
