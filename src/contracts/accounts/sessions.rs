//! `login/`, `logout/` and `sessions/`.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;
use serde::Serialize;

use super::operations;
use super::state::{AccountsContract, Handle};
use super::words;
use crate::accounts::{EndSessionsError, LogOut, LoginError, Session, SessionPage, TypedName};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::paging::{Page, describe_page, read_page};
use crate::contracts::service_faults::telling;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::faults::{Code, Fault};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::passwords::Password;

/// The most sessions that one answer lists.
const LARGEST_PAGE: u32 = 100;
/// The largest `offset`: the highest number of sessions that the settings allow a user.
const LARGEST_OFFSET: u32 = 1_000;

/// Returns the endpoint without a login.
pub(super) fn open_endpoint(contract: &AccountsContract) -> Endpoint<'_> {
    Endpoint::open("login", "Login")
        .taking(
            "POST",
            vec![
                FieldDescription::required("login", FieldKind::String, "Login"),
                FieldDescription::required("password", FieldKind::String, "Password"),
            ],
        )
        .described(Method::POST, move || operations::login(contract))
        .on(Method::POST, login)
}

/// Returns the endpoint that ends the session of the request.
pub(super) fn logout_endpoint() -> Endpoint<'static, LoggedInUser> {
    Endpoint::guarded("logout", "Logout")
        .taking("POST", vec![revoke_field()])
        .described(Method::POST, operations::logout)
        .on(Method::POST, logout)
}

/// Describes the field that ends all sessions.
pub(super) fn revoke_field() -> FieldDescription {
    FieldDescription::optional("revoke_token", FieldKind::Boolean, "Revoke token")
}

/// Returns the endpoint of the list of sessions.
pub(super) fn list_endpoint() -> Endpoint<'static, LoggedInUser> {
    Endpoint::guarded("sessions", "Sessions")
        .described(Method::GET, move || operations::list_sessions(describe_page(LARGEST_PAGE, LARGEST_OFFSET)))
        .described(Method::DELETE, operations::end_other_sessions)
        .on(Method::GET, list)
        .on(Method::DELETE, end_others)
}

/// Returns the endpoint of a single session.
pub(super) fn session_endpoint() -> Endpoint<'static, LoggedInUser> {
    Endpoint::guarded("sessions/{id}", "Session")
        .described(Method::DELETE, operations::end_session)
        .on(Method::DELETE, end_one)
}

async fn login(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.login, &request)?;
    let mut fields = body.fields()?;
    let login = fields.text("login", TextRule::TRIMMED);
    let password =
        fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, contract.site.password_max_length));
    let (login, password) = fields.finish((login, password))?;

    let login = TypedName::Any(&login);
    let client = contract.site.client(&request);
    if let Some(pairs) = &contract.pairs {
        let pair = pairs.log_in(login, password, client).await.map_err(telling(login_fault))?;
        return contract.welcome_with_pair(words::LOGGED_IN, Some(&pair));
    }
    let session = contract.accounts.log_in(login, password, client).await.map_err(telling(login_fault))?;
    contract.welcome(&request, words::LOGGED_IN, Some(&session))
}

fn login_fault(fact: LoginError) -> Fault {
    // Only the code differs: a page can offer another link to a user who knows the password.
    let is_unverified = fact == LoginError::Unverified;
    words::login_invalid(if is_unverified { Code::EmailNotVerified } else { Code::LoginInvalid })
}

async fn logout(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    let mut fields = body.fields()?;
    let revoke_token = fields.optional_boolean("revoke_token");
    let revoke_token = fields.finish(revoke_token)?;
    log_out(&contract, &request, &who, extent_of(revoke_token)).await
}

/// Returns which sessions end.
pub(super) fn extent_of(revoke_token: Option<bool>) -> LogOut {
    if revoke_token == Some(true) { LogOut::Everywhere } else { LogOut::ThisSession }
}

/// Ends the session of the request, or all of its user.
pub(super) async fn log_out(
    contract: &AccountsContract,
    request: &HttpRequest,
    who: &LoggedInUser,
    extent: LogOut,
) -> Answer {
    contract.accounts.log_out(who.authenticated(), extent).await.map_err(telling(end_fault))?;
    // The answer removes these cookies, and without its cookie a client cannot end a session.
    contract.site.end_sessions_of_cookies(request).await?;
    let mut response = reply::detail(words::LOGGED_OUT);
    contract.site.remove_cookies(request, &mut response);
    Ok(response)
}

/// A session in its user's list. Times are RFC 3339 in UTC.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    current: bool,
    created_at: String,
    last_used_at: String,
    expires_at: String,
    user_agent: &'a str,
    address: &'a str,
}

impl<'a> Shown<'a> {
    fn new(session: &'a Session, current_id: &str) -> Self {
        Self {
            id: &session.id,
            current: session.id == current_id,
            created_at: session.created_at.to_string(),
            last_used_at: session.last_used_at.to_string(),
            expires_at: session.expires_at.to_string(),
            user_agent: &session.user_agent,
            address: &session.address,
        }
    }
}

async fn list(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest) -> Answer {
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    let Page { limit, offset } = read_page(&request, LARGEST_PAGE, LARGEST_OFFSET)?;
    let page = SessionPage { limit, offset };
    let sessions = contract.accounts.list_sessions(who.authenticated(), page).await?;
    let shown: Vec<_> = sessions.iter().map(|session| Shown::new(session, &who.authenticated().session_id)).collect();
    reply::json(StatusCode::OK, &shown)
}

async fn end_others(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest) -> Answer {
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    contract.accounts.end_other_sessions(who.authenticated()).await.map_err(telling(end_fault))?;
    Ok(reply::detail("Other sessions ended"))
}

async fn end_one(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    id: Path<String>,
) -> Answer {
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    // PostgreSQL accepts no text with a NUL, and no id has one.
    let is_text = !id.contains('\0');
    if is_text
        && contract.accounts.end_session(who.authenticated(), id.into_inner()).await.map_err(telling(end_fault))?
    {
        Ok(reply::detail("Session ended"))
    } else {
        Err(Fault::not_found())
    }
}

fn end_fault(fact: EndSessionsError) -> Fault {
    match fact {
        EndSessionsError::LoggedOut => invalid_token(),
    }
}
