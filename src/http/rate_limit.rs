//! The headers `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers, version 10), which tell a client
//! what is left of its budget.
//!
//! Only budgets of a client's own network are told. What an account has left would tell strangers about the account.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a client is told of a budget.
#[derive(Clone, Debug)]
pub(crate) struct RateLimit {
    policy: HeaderValue,
    state: HeaderValue,
}

impl RateLimit {
    /// Returns what is told of the budget `name`, whose policy is `policy`, with `remaining` requests left. Within
    /// `regained_seconds` it has one more.
    pub(super) fn new(policy: HeaderValue, name: &str, remaining: u32, regained_seconds: u64) -> Self {
        let state = format!("\"{name}\";r={remaining};t={regained_seconds}");
        Self { policy, state: HeaderValue::try_from(state).expect("names of budgets are fit for a header") }
    }

    /// Returns the value of `RateLimit-Policy` for a budget that holds `burst` requests, and regains them all within
    /// `window_seconds`.
    pub(super) fn policy(name: &str, burst: u32, window_seconds: u64) -> HeaderValue {
        let policy = format!("\"{name}\";q={burst};w={window_seconds}");
        HeaderValue::try_from(policy).expect("names of budgets are fit for a header")
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        headers.append(RATELIMIT_POLICY, self.policy.clone());
        headers.append(RATELIMIT, self.state.clone());
    }
}

/// Adds what is told of the budget that the request was charged to. An answer 429 tells of the budget that refused it,
/// if that is one to be told.
pub(super) fn announce(request: &HttpRequest, response: &mut HttpResponse) {
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        return;
    }
    if let Some(limit) = request.extensions().get::<RateLimit>() {
        limit.write(response.headers_mut());
    }
}
