//! `providers/`, `providers/<name>/start/`, `providers/<name>/finish/` and `provider-accounts/`: logins by accounts at
//! identity providers.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use actix_web::{FromRequest, HttpRequest};
use serde::Serialize;
use serde_json::json;

use super::provider_operations as operations;
use super::state::{AccountsContract, Handle};
use super::words;
use crate::accounts::{
    AuthorizationError, ConnectError, DisconnectError, OpenAuthorization, Provider, ProviderAccount, ProviderLoginError,
};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::provider_logins::state_code;
use crate::contracts::service_faults::telling;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::faults::{Code, Fault};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};

const CONNECTED: &str = "Provider account connected";
const DISCONNECTED: &str = "Provider account disconnected";

/// Returns the endpoints that need no login.
pub(super) fn open_endpoints(contract: &AccountsContract) -> Vec<Endpoint<'_>> {
    let providers = contract.accounts.providers();
    if providers.is_empty() {
        return Vec::new();
    }
    let mut endpoints = vec![
        Endpoint::open("providers", "Providers")
            .described(Method::GET, operations::list_providers)
            .on(Method::GET, list),
    ];
    for provider in providers.iter() {
        let path = |last: &str| format!("providers/{}/{last}", provider.name());
        let fields = vec![
            FieldDescription::optional("redirect_uri", FieldKind::String, "Redirect uri"),
            FieldDescription::optional("connect", FieldKind::Boolean, "Connect"),
        ];
        let starting = provider.clone();
        endpoints.push(
            Endpoint::open(path("start"), "Start Provider Login")
                .taking("POST", fields)
                .described(Method::POST, move || operations::start_provider_login(provider.name()))
                .on(Method::POST, move |contract, request, body| start(starting.clone(), contract, request, body)),
        );
        let fields = vec![
            FieldDescription::required("code", FieldKind::String, "Code"),
            FieldDescription::required("state", FieldKind::String, "State"),
        ];
        let finishing = provider.clone();
        endpoints.push(
            Endpoint::open(path("finish"), "Finish Provider Login")
                .taking("POST", fields)
                .described(Method::POST, move || operations::finish_provider_login(contract, provider.name()))
                .on(Method::POST, move |contract, request, body| finish(finishing.clone(), contract, request, body)),
        );
    }
    endpoints
}

/// Returns the endpoint of the user's provider accounts.
pub(super) fn own_endpoint() -> Endpoint<'static, LoggedInUser> {
    Endpoint::guarded("provider-accounts", "Provider Accounts")
        .described(Method::GET, operations::list_provider_accounts)
        .on(Method::GET, list_own)
}

/// Returns the endpoint of one of them.
pub(super) fn own_account_endpoint() -> Endpoint<'static, LoggedInUser> {
    Endpoint::guarded("provider-accounts/{id}", "Provider Account")
        .described(Method::DELETE, operations::disconnect_provider)
        .on(Method::DELETE, disconnect)
}

/// A provider as pages show it on a button.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    title: &'a str,
}

async fn list(contract: Handle) -> Answer {
    let providers = contract.accounts.providers().iter();
    let shown: Vec<_> = providers.map(|provider| Shown { name: provider.name(), title: provider.title() }).collect();
    reply::json(StatusCode::OK, &shown)
}

async fn start(provider: Provider, contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;
    let mut fields = body.fields()?;
    let redirect_uri = fields.optional_text("redirect_uri", TextRule::TRIMMED);
    let connect = fields.optional_boolean("connect");
    let (redirect_uri, connect) = fields.finish((redirect_uri, connect))?;

    let who = match connect {
        Some(true) => Some(LoggedInUser::extract(&request).await?),
        Some(false) | None => None,
    };
    let who = who.as_ref().map(LoggedInUser::authenticated);
    let mark = site.cookies.browser_mark(request.headers());
    let begun = contract.accounts.begin_authorization(&provider, redirect_uri.as_deref(), who, mark.expose()).await;
    let begun = begun.map_err(telling(authorization_fault))?;
    let answer = json!({ "authorization_url": begun.authorization_url, "state": begun.state });
    site.send_to_provider(&request, &begun, reply::json(StatusCode::OK, &answer))
}

async fn finish(provider: Provider, contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;
    let mut fields = body.fields()?;
    let code = fields.text("code", TextRule::EXACT);
    let state = fields.text("state", TextRule::EXACT);
    let (code, state) = fields.finish((code, state))?;

    let returned = site.returned(&request, &state, &code);
    let open = contract.accounts.open_authorization(&provider, returned).map_err(authorization_fault)?;
    if open.connects() {
        return connect(&contract, &request, open).await;
    }
    let client = site.client(&request);
    if let Some(pairs) = &contract.pairs {
        let pair = pairs.finish_login(open, client).await.map_err(telling(authorization_fault))?;
        return contract.welcome_with_pair(words::LOGGED_IN, Some(&pair));
    }
    let session = contract.accounts.finish_login(open, client).await.map_err(telling(authorization_fault))?;
    contract.welcome(&request, words::LOGGED_IN, Some(&session))
}

async fn connect(contract: &AccountsContract, request: &HttpRequest, open: OpenAuthorization) -> Answer {
    let who = LoggedInUser::extract(request).await?;
    let connected = contract.accounts.finish_connection(who.authenticated(), open).await;
    connected.map_err(telling(connect_fault))?;
    Ok(reply::detail(CONNECTED))
}

/// A provider account in its user's list. Times are RFC 3339 in UTC.
#[derive(Serialize)]
struct ShownAccount<'a> {
    id: &'a str,
    provider: &'a str,
    subject: &'a str,
    created_at: String,
    last_login_at: Option<String>,
}

impl<'a> From<&'a ProviderAccount> for ShownAccount<'a> {
    fn from(account: &'a ProviderAccount) -> Self {
        Self {
            id: &account.id,
            provider: &account.provider,
            subject: &account.subject,
            created_at: account.created_at.to_string(),
            last_login_at: account.last_login_at.map(|at| at.to_string()),
        }
    }
}

async fn list_own(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest) -> Answer {
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    let accounts = contract.accounts.list_provider_accounts(who.authenticated()).await?;
    let shown: Vec<_> = accounts.iter().map(ShownAccount::from).collect();
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
        DisconnectError::LastWayIn => words::last_way_in(),
        DisconnectError::LoggedOut => invalid_token(),
    }))?;
    Ok(reply::detail(DISCONNECTED))
}

fn authorization_fault(error: AuthorizationError) -> Fault {
    match (state_code(&error), error) {
        (Some(code), _) => words::state_refused(code),
        (None, AuthorizationError::Login(fact)) => login_fault(&fact),
        (None, AuthorizationError::NoRedirects) => words::no_redirects(),
        (None, _) => words::redirect_not_allowed(),
    }
}

fn login_fault(fact: &ProviderLoginError) -> Fault {
    match fact {
        ProviderLoginError::Refused(_) | ProviderLoginError::Unsupported => words::provider_refused(),
        ProviderLoginError::Closed => words::registration_closed(),
        ProviderLoginError::EmailTaken => words::provider_email_taken(),
        ProviderLoginError::EmailMissing(_) => words::provider_email_missing(),
        ProviderLoginError::Unverified => words::provider_email_not_verified(),
        ProviderLoginError::Disabled | ProviderLoginError::Overtaken => words::login_invalid(Code::LoginInvalid),
    }
}

fn connect_fault(fact: ConnectError) -> Fault {
    match fact {
        ConnectError::Authorization(error) => authorization_fault(error),
        ConnectError::OfAnother => words::provider_account_taken(),
        ConnectError::TooMany => words::too_many_provider_accounts(),
        ConnectError::LoggedOut => invalid_token(),
    }
}
