//! `logout/`: ends the login of the request, and removes its cookies.

use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest};

use super::state::{DjRestAuthContract, Handle, Jwt, Logins};
use super::{operations, words};
use crate::accounts::{Failure, LogOut, TokenError};
use crate::contracts::access_tokens::sentence;
use crate::contracts::credentials::LoggedInUser;
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

/// Ends the session of the request, if there is one.
async fn log_out(contract: Handle, request: HttpRequest) -> Answer {
    let refuses_anonymous = contract.edition.refuses_anonymous_logouts() && !contract.gives_cookies;
    let mut response = reply::detail(words::LOGGED_OUT);
    match logged_in(&request).await? {
        Some(who) => contract.site.end_session(who.authenticated(), &request, &mut response).await?,
        None if refuses_anonymous => return Err(words::not_logged_in()),
        None => contract.site.remove_cookies(&request, &mut response),
    }
    Ok(response)
}

/// Ends the logins of the token in the header and of all cookies. The answer is the same where there are none.
async fn log_out_of_single_jwt(contract: Handle, request: HttpRequest) -> Answer {
    let site = &contract.site;
    let who = logged_in(&request).await?;
    site.end_sessions_of_cookies(&request).await?;
    if let Some(who) = &who {
        site.log_out(who.authenticated()).await?;
    }
    let mut response = reply::detail(words::LOGGED_OUT);
    site.remove_all_cookies(&request, &mut response);
    Ok(response)
}

/// Ends the logins of the refresh token, of the access token and of the session's cookie, whichever the request has. The
/// refresh token comes in its cookie or in the body. If nothing ends, the answer tells what was wrong with the refresh
/// token; the cookies go in any case.
async fn log_out_of_jwt(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, jwt) = (&contract.site, contract.jwt()?);
    site.admit(&site.throttles.refresh, &request)?;

    let who = logged_in(&request).await?;
    let by_refresh_token = end_by_refresh_token(&contract, jwt, &request, &body).await?;
    // A request that names a login in another way may end that of the session's cookie without a proof of its origin.
    let is_admitted = who.is_some() || matches!(by_refresh_token, Ended::Yes) || site.proves_origin(&request);
    let by_cookie = is_admitted && site.end_sessions_of_cookies(&request).await?;
    if let Some(who) = &who {
        site.log_out(who.authenticated()).await?;
    }
    let mut response = match by_refresh_token {
        _ if who.is_some() || by_cookie => reply::detail(words::LOGGED_OUT),
        Ended::Yes => reply::detail(words::LOGGED_OUT),
        Ended::NoToken => words::no_refresh_token(jwt.hides_refresh_tokens).respond(&request),
        Ended::Refused(sentence) => words::refresh_token_refused(sentence).respond(&request),
    };
    site.remove_all_cookies(&request, &mut response);
    Ok(response)
}

/// Returns the logged-in user; `None` if the request has no credentials.
async fn logged_in(request: &HttpRequest) -> Result<Option<LoggedInUser>, Fault> {
    match LoggedInUser::extract(request).await {
        Ok(who) => Ok(Some(who)),
        Err(fault) if fault.code() == Code::NotAuthenticated => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Ends the logins of all refresh tokens that the request has.
async fn end_by_refresh_token(
    contract: &DjRestAuthContract,
    jwt: &Jwt,
    request: &HttpRequest,
    body: &Body,
) -> Result<Ended, Fault> {
    let mut fields = body.fields()?;
    let sent = fields.optional_text("refresh", TextRule::TRIMMED.or_blank());
    let sent = fields.finish(sent)?;
    let mut ended = Ended::NoToken;
    let sent = sent.as_deref().filter(|token| !token.is_empty());
    let in_cookies = jwt.shared.good_first(jwt.refresh_tokens(&contract.site, request)?).await?;
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
