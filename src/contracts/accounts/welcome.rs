//! The answer that delivers a new session to a client: in a token, in a cookie or both, or in JSON Web Tokens.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::state::AccountsContract;
use crate::accounts::{LoggedIn, TokenPair};
use crate::http::endpoint::{Member, Shape};
use crate::http::reply::{self, Answer};

#[derive(Serialize)]
struct Welcome<'a> {
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

/// The same with JSON Web Tokens. A refresh may answer without a new refresh token.
#[derive(Serialize)]
pub(super) struct WelcomeWithPair<'a> {
    pub(super) detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) access: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh: Option<&'a str>,
}

impl AccountsContract {
    /// Describes the answer that delivers a new session.
    pub(super) fn welcome_shape(&self, detail: &'static str) -> Shape {
        let detail = Member::text("detail").like(detail);
        let tokens: &[&'static str] = match (&self.pairs, self.options.login_token) {
            (Some(_), _) => &["access", "refresh"],
            (None, true) => &["token"],
            (None, false) => &[],
        };
        Shape::object([detail].into_iter().chain(tokens.iter().copied().map(Member::text)))
    }

    /// Describes an answer that delivers a new session to some clients only.
    pub(super) fn possible_welcome_shape(&self, detail: &'static str) -> Shape {
        let Shape::Object(members) = self.welcome_shape(detail) else { return Shape::detail(detail) };
        let made_optional = |member: Member| if member.name == "detail" { member } else { member.optional() };
        Shape::object(members.into_iter().map(made_optional))
    }

    /// Answers 200 with the session's token, its cookies or both, as the settings choose.
    pub(super) fn welcome(&self, request: &HttpRequest, detail: &str, session: Option<&LoggedIn>) -> Answer {
        let token = session.filter(|_| self.options.login_token).map(|session| session.token.expose());
        let mut response = reply::json(StatusCode::OK, &Welcome { detail, token })?;
        if let Some(session) = session.filter(|_| self.options.login_cookie) {
            self.site.set_cookies(request, &mut response, session);
        }
        Ok(response)
    }

    /// Answers 200 with a pair of JSON Web Tokens.
    pub(super) fn welcome_with_pair(&self, detail: &str, pair: Option<&TokenPair>) -> Answer {
        let access = pair.map(|pair| pair.access.expose());
        let refresh = pair.map(|pair| pair.refresh.expose());
        reply::json(StatusCode::OK, &WelcomeWithPair { detail, access, refresh })
    }
}
