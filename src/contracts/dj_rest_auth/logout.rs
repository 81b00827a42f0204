//! `logout/`: ends the login of the request, and removes its cookies.

use std::borrow::Cow;

use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest};

use super::state::{DjRestAuthContract, Handle, Jwt, Logins};
use super::{operations, words};
use crate::accounts::{Failure, LogOut, TokenError};
use crate::contracts::access_tokens::sentence;
use crate::contracts::credentials::LoggedInUser;
use crate::contracts::site::Site;
use crate::contracts::token_pairs::BLACKLISTED;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};

/// Whether a refresh token ended its login.
enum Ended {
    Yes,
    /// There was no refresh token.
    NoToken,
    /// It was refused, with this sentence.
    Refused(&'static str),
}

pub(super) fn endpoint(contract: &DjRestAuthContract) -> Endpoint<'_> {
    let endpoint = Endpoint::open("logout", "Logout").described(Method::POST, move || operations::logout(contract));
    match contract.logins {
        Logins::Token => endpoint.on(Method::POST, log_out),
        Logins::Single(_) => endpoint.on(Method::POST, log_out_of_single_jwt),
        Logins::Pair(_) => {
            let refresh = FieldDescription::optional("refresh", FieldKind::String, "Refresh");
            endpoint.taking("POST", vec![refresh]).on(Method::POST, log_out_of_jwt)
        }
    }
}

/// Ends the logins of the token in the header and of all cookies.
async fn log_out(contract: Handle, request: HttpRequest) -> Answer {
    let (site, caller) = (&contract.site, Caller::of(&request).await?);
    let refuses_anonymous = contract.edition.refuses_anonymous_logouts() && !contract.gives_cookies;
    let has_ended = caller.log_out(site, &request, false).await?;
    let mut response = match caller.refusal {
        Some(refusal) if !has_ended => refusal.respond(&request),
        None if refuses_anonymous && !has_ended => return Err(words::not_logged_in()),
        _ => reply::detail(words::LOGGED_OUT),
    };
    site.remove_cookies(&request, &mut response);
    Ok(response)
}

/// Ends the logins of the token in the header and of all cookies. The answer is the same where there are none.
async fn log_out_of_single_jwt(contract: Handle, request: HttpRequest) -> Answer {
    let (site, caller) = (&contract.site, Caller::of(&request).await?);
    let has_ended = caller.log_out(site, &request, false).await?;
    let mut response = match caller.refusal {
        Some(refusal) if !has_ended => refusal.respond(&request),
        _ => reply::detail(words::LOGGED_OUT),
    };
    site.remove_all_cookies(&request, &mut response);
    Ok(response)
}

/// Ends the logins of the refresh token, of the access token and of the session's cookie, whichever the request has. The
/// refresh token comes in its cookie or in the body. If nothing ends, the answer tells what was wrong with the token in
/// the header, or with the refresh token; the cookies go in any case.
async fn log_out_of_jwt(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, jwt) = (&contract.site, contract.jwt()?);
    site.admit(&site.throttles.refresh, &request)?;

    let caller = Caller::of(&request).await?;
    let by_refresh_token = end_by_refresh_token(&contract, jwt, &request, &body, caller.who.is_some()).await?;
    let has_ended = caller.log_out(site, &request, matches!(by_refresh_token, Ended::Yes)).await?;
    let mut response = match (by_refresh_token, caller.refusal) {
        _ if has_ended => reply::detail(words::LOGGED_OUT),
        (Ended::Yes, _) => reply::detail(words::LOGGED_OUT),
        (_, Some(refusal)) => refusal.respond(&request),
        (Ended::NoToken, None) => words::no_refresh_token(jwt.hides_refresh_tokens).respond(&request),
        (Ended::Refused(sentence), None) => words::refresh_token_refused(sentence).respond(&request),
    };
    site.remove_all_cookies(&request, &mut response);
    Ok(response)
}

/// The user of a request to log out.
struct Caller {
    who: Option<LoggedInUser>,
    /// What was wrong with the token in the header, if it was refused. An expired one must not keep the cookies of the same
    /// request from ending.
    refusal: Option<Fault>,
}

impl Caller {
    /// # Errors
    ///
    /// 403, if the request has a session's cookie and may come from a page of another site; 503.
    async fn of(request: &HttpRequest) -> Result<Self, Fault> {
        match LoggedInUser::extract(request).await {
            Ok(who) => Ok(Self { who: Some(who), refusal: None }),
            Err(fault) if fault.code() == Code::NotAuthenticated => Ok(Self { who: None, refusal: None }),
            Err(fault) if fault.status() == StatusCode::UNAUTHORIZED => Ok(Self { who: None, refusal: Some(fault) }),
            Err(fault) => Err(fault),
        }
    }

    /// Ends the logins of the user and of all cookies. Returns whether there were some. A request that names a login in
    /// another way, as `is_proved` tells, may end those of cookies without a proof of its origin.
    async fn log_out(&self, site: &Site, request: &HttpRequest, is_proved: bool) -> Result<bool, Fault> {
        let is_admitted = is_proved || self.who.is_some() || site.proves_origin(request);
        let by_cookie = is_admitted && site.end_sessions_of_cookies(request).await?;
        if let Some(who) = &self.who {
            site.log_out(who.authenticated()).await?;
        }
        Ok(by_cookie || self.who.is_some())
    }
}

/// Ends the logins of all refresh tokens that the request has. `is_logged_in` tells whether the request is that of a user
/// in any case, so that those in cookies need no other proof of its origin.
async fn end_by_refresh_token(
    contract: &DjRestAuthContract,
    jwt: &Jwt,
    request: &HttpRequest,
    body: &Body,
    is_logged_in: bool,
) -> Result<Ended, Fault> {
    let in_cookies = match is_logged_in {
        true => jwt.sent_refresh_tokens(request).collect(),
        false => jwt.refresh_tokens(&contract.site, request)?,
    };
    let in_cookies = jwt.shared.good_first(in_cookies).await?;
    let sent = match sent_refresh_token(body) {
        // Frontends send anything where the cookie has the token.
        Err(_) if !in_cookies.is_empty() => None,
        sent => sent?,
    };
    let mut ended = Ended::NoToken;
    let sent = sent.as_deref().filter(|token| !token.is_empty());
    for token in in_cookies.into_iter().chain(sent) {
        let refusal = match jwt.shared.pairs.log_out(token, LogOut::ThisSession).await {
            // The sessions of a user who is disabled or deleted have ended.
            Ok(()) | Err(Failure::Refused(TokenError::NoSuchUser | TokenError::UserDisabled)) => {
                ended = Ended::Yes;
                continue;
            }
            Err(Failure::Refused(TokenError::Refused(refused))) => sentence(refused),
            Err(Failure::Refused(TokenError::Ended(_) | TokenError::Replaced)) => BLACKLISTED,
            Err(Failure::Service(error)) => return Err(error.into()),
        };
        if matches!(ended, Ended::NoToken) {
            ended = Ended::Refused(refusal);
        }
    }
    Ok(ended)
}

/// Returns the refresh token in the body, if there is one.
fn sent_refresh_token(body: &Body) -> Result<Option<Cow<'_, str>>, Fault> {
    let mut fields = body.fields()?;
    let sent = fields.optional_text("refresh", TextRule::TRIMMED.or_blank());
    fields.finish(sent)
}
