//! Finds the logged-in user of a request, by the token in its header, of either kind, or by a cookie that the
//! browser added.
//!
//! The contracts guard their endpoints with [`LoggedInUser`]. An embedding program guards its own routes with the same
//! extractor, or a whole scope with [`require_login`].

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::access_tokens::TokenAnswers;
use super::session_tokens;
use super::site::{JwtCookies, Site, SiteHandle};
use crate::accounts::{Authenticated, User};
use crate::http::faults::{Code, Fault};
use crate::http::same_origin;

pub(super) use super::session_tokens::invalid_token;

const NOT_PROVIDED: &str = "Authentication credentials were not provided.";

/// The user who is logged in: an extractor for handlers of your own.
///
/// The token comes in `Authorization: Token …` or `Bearer …`, else in the session's cookie. Where a contract serves JSON
/// Web Tokens, an access token after one of `jwt.header_types` logs in as well, and one in a cookie that
/// `contracts.dj_rest_auth.jwt_auth_cookie` or `contracts.django_rest_auth.jwt_auth_cookie` names. A browser adds the
/// cookie to every request, also to one that a page of another site caused. So a request with the cookie and a method
/// other than GET, HEAD, OPTIONS and TRACE must come from the API's own origin or from one of `cors.allowed_origins`. A
/// request with the header needs no such proof. One with the cookie of an access token is refused only if its browser
/// reports another origin, unless `jwt_auth_cookie_use_csrf` asks for the proof. Where such cookies are set, a request
/// with the session's cookie alone and without any report is answered 401 instead of 403: its client refreshes then.
///
/// A request without a live session is answered 401 with `WWW-Authenticate: Token`, and one from another site 403, both
/// with `{"detail": "…"}`. If the database is away, the answer is 503. `Option<LoggedInUser>` admits every request. An
/// extraction is one indexed read, and further ones in the same request share it. A handler that acts on GET, such as
/// one that opens a WebSocket, must check `Origin` itself.
///
/// The application must be configured with [`Countersign::routes`](crate::Countersign::routes), even if all contracts
/// are switched off.
///
/// # Example
///
/// ```no_run
/// use actix_web::{App, Responder, web};
/// use countersign::{Countersign, LoggedInUser};
///
/// async fn notes(user: LoggedInUser) -> impl Responder {
///     format!("the notes of {}", user.user().id)
/// }
///
/// # fn mounted(countersign: &Countersign) {
/// let app = App::new().route("/notes", web::get().to(notes)).configure(countersign.routes());
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LoggedInUser(Rc<Authenticated>);

impl LoggedInUser {
    /// Returns the user, as read for this request.
    pub fn user(&self) -> &User {
        &self.0.user
    }

    /// Returns the user together with the session, which the operations of [`Accounts`](crate::Accounts) take.
    pub fn authenticated(&self) -> &Authenticated {
        &self.0
    }
}

impl FromRequest for LoggedInUser {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            if let Some(found) = request.extensions().get::<Self>() {
                return Ok(found.clone());
            }
            let found = Self(Rc::new(authenticate(&request).await?));
            request.extensions_mut().insert(found.clone());
            Ok(found)
        })
    }
}

/// Admits requests of logged-in users only: a middleware for scopes of your own. The handlers behind it may take
/// [`LoggedInUser`] without another read.
///
/// # Errors
///
/// Those of [`LoggedInUser`], before the handler is called.
///
/// # Example
///
/// ```no_run
/// use actix_web::middleware::from_fn;
/// use actix_web::{App, web};
/// use countersign::{Countersign, require_login};
///
/// # fn mounted(countersign: &Countersign) {
/// let app = App::new()
///     .service(web::scope("/notes").wrap(from_fn(require_login)).route("", web::get().to(async || "my notes")))
///     .configure(countersign.routes());
/// # }
/// ```
pub async fn require_login<B: MessageBody + 'static>(
    _: LoggedInUser,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    next.call(request).await
}

async fn authenticate(request: &HttpRequest) -> Result<Authenticated, Fault> {
    let site = request.app_data::<SiteHandle>().ok_or_else(|| Fault::internal(NotMounted))?;
    if let Some(access_tokens) = &site.access_tokens {
        let answers = request.app_data().copied().unwrap_or(access_tokens.answers);
        if let Some(token) = access_tokens.in_header(request.headers(), answers)? {
            return access_tokens.authenticate(token, answers).await;
        }
    }
    let token = match &site.access_tokens {
        Some(access_tokens) => access_tokens.other_in_header(request.headers())?,
        None => session_tokens::in_header(request.headers())?,
    };
    if let Some(token) = token {
        return site.accounts.authenticate(&token).await?.ok_or_else(invalid_token);
    }
    if let Some((who, cookies)) = by_jwt_cookie(site, request.headers()).await? {
        site.admit_by_jwt_cookie(request, cookies)?;
        return Ok(who);
    }
    let who = by_cookie(site, request.headers()).await?.ok_or_else(not_provided)?;
    // A browser adds the cookie to every request, also to one that another site caused, so the request must prove its
    // origin.
    if !request.method().is_safe() && !site.proves_origin(request) {
        return Err(unproven_origin(site, request));
    }
    Ok(who)
}

/// Returns the user of the first good access token in a cookie, and the cookies to which that belongs. A bad one counts
/// as none: it stays in the browser until the next login, which it must not block.
async fn by_jwt_cookie<'s>(
    site: &'s Site,
    headers: &HeaderMap,
) -> Result<Option<(Authenticated, &'s JwtCookies)>, Fault> {
    let Some(access_tokens) = &site.access_tokens else { return Ok(None) };
    for cookies in &site.jwt_cookies {
        for token in cookies.access_tokens(headers) {
            if let Some(who) = access_tokens.authenticate_if_good(token).await? {
                return Ok(Some((who, cookies)));
            }
        }
    }
    Ok(None)
}

/// Returns the first live session.
async fn by_cookie(site: &Site, headers: &HeaderMap) -> Result<Option<Authenticated>, Fault> {
    for token in site.cookies.sessions(headers) {
        if let Some(who) = site.accounts.authenticate(&token).await? {
            return Ok(Some(who));
        }
    }
    Ok(None)
}

/// Returns the faults of requests that are not logged in, for the description of the API. `answers` are those of the
/// contract to a refused access token.
pub(super) fn refusals(site: &Site, answers: Option<TokenAnswers>) -> Vec<Fault> {
    let of_access_tokens = site.access_tokens.as_ref().map(|tokens| answers.unwrap_or(tokens.answers).refusals());
    [not_provided(), invalid_token()].into_iter().chain(of_access_tokens.into_iter().flatten()).collect()
}

#[derive(Debug, thiserror::Error)]
#[error("the application has no site; mount its routes with `Countersign::routes`")]
struct NotMounted;

fn not_provided() -> Fault {
    Fault::unauthenticated(Code::NotAuthenticated, NOT_PROVIDED)
}

/// Returns the fault of a request with a live session's cookie that does not prove its origin.
///
/// It is 403, but for a request without any report of its origin where access tokens in cookies need no proof. Such a
/// request comes from an app that keeps cookies and whose access token has expired. A 401 makes it refresh that token.
fn unproven_origin(site: &Site, request: &HttpRequest) -> Fault {
    let need_no_proof = site.jwt_cookies.iter().any(|cookies| !cookies.is_origin_proved);
    match need_no_proof && !same_origin::is_refuted(request, &site.origins) {
        true => not_provided(),
        false => same_origin::fault(),
    }
}
