//! Answers that several endpoints give.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde_json::json;

use super::state::DjRestAuthContract;
use crate::accounts::LoggedIn;
use crate::http::reply::{self, Answer};

/// 200 with one sentence.
pub(super) fn detail(text: &str) -> Answer {
    reply::json(StatusCode::OK, &json!({ "detail": text }))
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
