//! The answer to a login, and to a registration that logs in.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::json;

use super::record::Record;
use super::state::{DjRestAuthContract, Jwt, SingleJwt};
use super::words;
use crate::accounts::{LoggedIn, SingleToken, TokenPair};
use crate::clock::Timestamp;
use crate::contracts::site::LivingToken;
use crate::http::reply::{self, Answer};

/// The body of an answer with JSON Web Tokens.
#[derive(Serialize)]
struct Pair<'a> {
    access: &'a str,
    /// Empty where no script may read it.
    refresh: &'a str,
    user: Record<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_expiration: Option<String>,
}

/// The body of an answer with one JSON Web Token.
#[derive(Serialize)]
struct Single<'a> {
    token: &'a str,
    user: Record<'a>,
}

/// Answers with the token of a new session, and sets its cookie where logins do.
pub(super) fn logged_in(
    contract: &DjRestAuthContract,
    request: &HttpRequest,
    status: StatusCode,
    session: &LoggedIn,
) -> Answer {
    let mut response = reply::json(status, &json!({ "key": session.token.expose() }))?;
    if contract.gives_cookies {
        contract.site.give_cookies(request, &mut response, session);
    }
    Ok(response)
}

/// Answers with JSON Web Tokens and their user, and sets the cookies that the settings name.
pub(super) async fn logged_in_with_pair(
    contract: &DjRestAuthContract,
    jwt: &Jwt,
    request: &HttpRequest,
    status: StatusCode,
    pair: &TokenPair,
) -> Answer {
    // A user who was deleted meanwhile is an unknown one.
    let user = contract.accounts.administration().find_user(&pair.user_id).await?.ok_or_else(words::login_invalid)?;
    let session = match contract.gives_cookies {
        true => jwt.shared.pairs.begin_cookie_session(pair, contract.site.client(request)).await?,
        false => None,
    };
    let expiration = |at: Timestamp| jwt.returns_expiration.then(|| at.to_string());
    let body = Pair {
        access: pair.access.expose(),
        refresh: if jwt.hides_refresh_tokens { "" } else { pair.refresh.expose() },
        user: contract.record(&user),
        access_expiration: expiration(pair.access_expires_at),
        refresh_expiration: expiration(pair.refresh_expires_at),
    };
    let mut response = reply::json(status, &body)?;
    let access = LivingToken::new(pair.access.expose(), pair.begun_at, pair.access_expires_at);
    let refresh = LivingToken::new(pair.refresh.expose(), pair.begun_at, pair.refresh_expires_at);
    if let Some(cookies) = &jwt.cookies {
        cookies.give(request.headers(), &mut response, access, Some(refresh));
    }
    if let Some(session) = session {
        contract.site.give_cookies(request, &mut response, &session);
    }
    if jwt.cookies.is_some() {
        contract.site.remove_other_logins(request, &mut response);
    }
    Ok(response)
}

/// Answers with one JSON Web Token and its user, and sets the cookie that the settings name.
pub(super) async fn logged_in_with_single(
    contract: &DjRestAuthContract,
    jwt: &SingleJwt,
    request: &HttpRequest,
    status: StatusCode,
    single: &SingleToken,
) -> Answer {
    let session = match contract.gives_cookies {
        true => jwt.tokens.begin_cookie_session(single, contract.site.client(request)).await?,
        false => None,
    };
    let token = single.token.expose();
    let mut response = reply::json(status, &Single { token, user: contract.record(&single.user) })?;
    if let Some(cookies) = &jwt.cookies {
        let token = LivingToken::new(token, single.begun_at, single.expires_at);
        cookies.give(request.headers(), &mut response, token, None);
    }
    if let Some(session) = session {
        contract.site.give_cookies(request, &mut response, &session);
    }
    if jwt.cookies.is_some() {
        contract.site.remove_other_logins(request, &mut response);
    }
    Ok(response)
}
