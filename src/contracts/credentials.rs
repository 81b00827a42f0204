//! Finds the logged-in user of a request, by the token in its header, of either kind, or by the cookie that the browser added.
//!
//! The contracts guard their endpoints with [`LoggedInUser`]. An embedding program guards its own routes with the same
//! extractor, or a whole scope with [`require_login`].

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::site::{Site, SiteHandle};
use crate::accounts::{Authenticated, SessionToken, User};
use crate::http::faults::{Code, Fault};
use crate::http::same_origin;

const NOT_PROVIDED: &str = "Authentication credentials were not provided.";
const INVALID: &str = "Invalid token.";

/// The user who is logged in: an extractor for handlers of your own.
///
/// The token comes in `Authorization: Token …` or `Bearer …`, else in the session's cookie. Where a contract serves JSON
/// Web Tokens, an access token after one of `jwt.header_types` logs in as well. A browser adds the cookie
/// to every request, also to one that a page of another site caused. So a request with the cookie and a method other
/// than GET, HEAD, OPTIONS and TRACE must come from the API's own origin or from one of `cors.allowed_origins`. A
/// request with the header needs no such proof.
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
    if let Some(access_tokens) = &site.access_tokens
        && let Some(token) = access_tokens.in_header(request.headers())?
    {
        return access_tokens.authenticate(token).await;
    }
    if let Some(token) = header_token(request.headers())? {
        let token = SessionToken::parse(token).ok_or_else(invalid_token)?;
        return site.accounts.authenticate(&token).await?.ok_or_else(invalid_token);
    }
    let who = by_cookie(site, request.headers()).await?.ok_or_else(not_provided)?;
    // A browser adds the cookie to every request, also to one that another site caused, so the request must prove its
    // origin.
    if !request.method().is_safe() && !same_origin::is_proven(request, &site.origins) {
        return Err(same_origin::fault());
    }
    Ok(who)
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

#[derive(Debug, thiserror::Error)]
#[error("the application has no site; mount its routes with `Countersign::routes`")]
struct NotMounted;

fn not_provided() -> Fault {
    Fault::unauthenticated(Code::NotAuthenticated, NOT_PROVIDED)
}

/// 401: the token is unknown, or its session has ended.
pub(super) fn invalid_token() -> Fault {
    Fault::unauthenticated(Code::AuthenticationFailed, INVALID)
}

/// Returns the token in `Authorization: Token …` or `Bearer …`. Other schemes are ignored.
fn header_token(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let fault = |text| Err(Fault::unauthenticated(Code::AuthenticationFailed, text));
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let mut words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let is_ours = |scheme: &[u8]| scheme.eq_ignore_ascii_case(b"token") || scheme.eq_ignore_ascii_case(b"bearer");
    if !words.next().is_some_and(is_ours) {
        return Ok(None);
    }
    match (words.next(), words.next()) {
        (None, _) => fault("Invalid token header. No credentials provided."),
        (Some(_), Some(_)) => fault("Invalid token header. Token string should not contain spaces."),
        (Some(token), None) => match std::str::from_utf8(token) {
            Ok(token) => Ok(Some(token)),
            Err(_) => fault("Invalid token header. Token string should not contain invalid characters."),
        },
    }
}
