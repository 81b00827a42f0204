//! The answer to a login, and to a registration that logs in.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde_json::json;

use super::state::DjRestAuthContract;
use crate::accounts::LoggedIn;
use crate::http::reply::{self, Answer};

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
