//! The gate: who a request comes from, by the token in its header or the cookie its browser added.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{FromRequest, HttpRequest};

use super::site::{Site, SiteHandle};
use crate::accounts::{Authenticated, SessionToken};
use crate::http::faults::{Code, Fault};
use crate::http::same_origin;

const NOT_PROVIDED: &str = "Authentication credentials were not provided.";
const INVALID: &str = "Invalid token.";

/// The gate of endpoints for those who are logged in.
#[derive(Clone, Debug)]
pub(super) struct LoggedInUser(pub(super) Rc<Authenticated>);

impl FromRequest for LoggedInUser {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Fault>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { authenticate(&request).await.map(|who| Self(Rc::new(who))) })
    }
}

async fn authenticate(request: &HttpRequest) -> Result<Authenticated, Fault> {
    let site = request.app_data::<SiteHandle>().ok_or_else(|| Fault::internal(NotMounted))?;
    if let Some(token) = header_token(request.headers())? {
        let token = SessionToken::parse(token).ok_or_else(invalid_token)?;
        return site.accounts.authenticate(&token).await?.ok_or_else(invalid_token);
    }
    let who = by_cookie(site, request.headers()).await?.ok_or_else(not_provided)?;
    // A browser adds the cookie whoever made it send the request, so the request must prove where it comes from.
    if !request.method().is_safe() && !same_origin::is_proven(request, &site.origins) {
        return Err(same_origin::fault());
    }
    Ok(who)
}

/// Finds the first session that is alive.
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

/// 401: the token is none of ours, or its session has ended.
pub(super) fn invalid_token() -> Fault {
    Fault::unauthenticated(Code::AuthenticationFailed, INVALID)
}

/// Finds the token in `Authorization: Token …` or `Bearer …`. Another scheme is none of ours.
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
