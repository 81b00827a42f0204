//! The answer that delivers a new session to a client: in a token, in a cookie, or both.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::state::AccountsContract;
use crate::accounts::LoggedIn;
use crate::http::reply::{self, Answer};

#[derive(Serialize)]
struct Welcome<'a> {
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

impl AccountsContract {
    /// Answers 200 with the session's token, its cookies or both, as the settings choose.
    pub(super) fn welcome(&self, request: &HttpRequest, detail: &str, session: Option<&LoggedIn>) -> Answer {
        let token = session.filter(|_| self.options.login_token).map(|session| session.token.expose());
        let mut response = reply::json(StatusCode::OK, &Welcome { detail, token })?;
        if let Some(session) = session {
            self.site.give_cookies(request, &mut response, session);
        }
        Ok(response)
    }
}
