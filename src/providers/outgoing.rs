//! Requests to identity providers: to known hosts only, never redirected, bounded in time and size.

use std::fmt;
use std::pin::Pin;

use oauth2::AsyncHttpClient;
use oauth2::http::{HeaderMap, Request, Response, StatusCode, header};
use reqwest::redirect::Policy;
use reqwest::{Client, tls};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::error::ProviderError;
use super::hosts::Hosts;
use crate::clock::Timestamp;

/// The largest answer that is read. Key sets and profiles have a few KiB.
const LARGEST_ANSWER_BYTES: usize = 1024 * 1024;
/// The longest that a provider may put requests off.
const LONGEST_RETRY_AFTER_SECONDS: i64 = 300;
const USER_AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));

/// Creates the client of all providers. It uses no proxy, whatever the environment names, and follows no redirect.
///
/// # Errors
///
/// If TLS cannot be set up.
pub(super) fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .tls_version_min(tls::Version::TLS_1_2)
        .pool_max_idle_per_host(4)
        .build()
}

/// The requests that one proof needs. All of them end by one deadline.
pub(super) struct Conversation<'a> {
    pub(super) client: &'a Client,
    pub(super) hosts: &'a Hosts,
    pub(super) deadline: Instant,
    pub(super) now: Timestamp,
}

/// Why a request has no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum OutgoingError {
    #[error("{0}")]
    Forbidden(String),
    #[error("no answer from {0} in time")]
    Late(String),
    #[error("{host} cannot be reached: {cause}")]
    Unreachable { host: String, cause: String },
    #[error("the answer of {0} is larger than 1 MiB")]
    TooLarge(String),
    #[error("{0} redirects elsewhere, which is not followed")]
    Redirects(String),
    #[error("{host} answers {status}")]
    Busy { host: String, status: StatusCode, retry_after_seconds: u32 },
}

impl From<OutgoingError> for ProviderError {
    fn from(error: OutgoingError) -> Self {
        let retry_after_seconds = match &error {
            OutgoingError::Busy { retry_after_seconds, .. } => *retry_after_seconds,
            _ => Self::RETRY_AFTER_SECONDS,
        };
        Self::Unavailable { retry_after_seconds, cause: error.to_string() }
    }
}

impl Conversation<'_> {
    /// Sends a request and reads the whole answer, which is a success or a refusal (4xx).
    pub(super) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, OutgoingError> {
        let url = self.hosts.check(&request.uri().to_string()).map_err(OutgoingError::Forbidden)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        match timeout_at(self.deadline, self.exchange(request, &host)).await {
            Ok(answer) => answer,
            Err(_) => Err(OutgoingError::Late(host)),
        }
    }

    async fn exchange(&self, request: Request<Vec<u8>>, host: &str) -> Result<Response<Vec<u8>>, OutgoingError> {
        let unreachable = |error: reqwest::Error| OutgoingError::Unreachable {
            host: host.to_owned(),
            // The URL may hold a token.
            cause: causes(&error.without_url()),
        };
        let request = reqwest::Request::try_from(request).map_err(unreachable)?;
        let mut answer = self.client.execute(request).await.map_err(unreachable)?;
        let status = answer.status();
        if status.is_redirection() {
            return Err(OutgoingError::Redirects(host.to_owned()));
        }
        if status.is_server_error()
            || status == StatusCode::TOO_MANY_REQUESTS
            || is_rate_limited(status, answer.headers())
        {
            let retry_after_seconds = retry_after(answer.headers(), self.now);
            return Err(OutgoingError::Busy { host: host.to_owned(), status, retry_after_seconds });
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
            if body.len() + piece.len() > LARGEST_ANSWER_BYTES {
                return Err(OutgoingError::TooLarge(host.to_owned()));
            }
            body.extend_from_slice(&piece);
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// The client that `oauth2` asks through.
impl<'c> AsyncHttpClient<'c> for Conversation<'_> {
    type Error = OutgoingError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, OutgoingError>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

/// GitHub refuses with 403 where others answer 429.
fn is_rate_limited(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_used_up = headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0");
    status == StatusCode::FORBIDDEN && (is_used_up || headers.contains_key(header::RETRY_AFTER))
}

/// Returns when to ask again: the provider's word, within limits.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> u32 {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let until = |instant: i64| instant.saturating_sub(now.unix_seconds());
    let named = text("retry-after").and_then(|text| match text.parse::<i64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => chrono::DateTime::parse_from_rfc2822(text).ok().map(|instant| until(instant.timestamp())),
    });
    let reset = ["x-ratelimit-reset", "x-rate-limit-reset"].into_iter().find_map(text);
    let reset = || reset.and_then(|text| text.parse::<i64>().ok()).map(until);
    let seconds = named.or_else(reset).unwrap_or(ProviderError::RETRY_AFTER_SECONDS.into());
    u32::try_from(seconds.clamp(1, LONGEST_RETRY_AFTER_SECONDS)).unwrap_or(ProviderError::RETRY_AFTER_SECONDS)
}

/// Parses an answer that should be JSON.
///
/// # Errors
///
/// [`ProviderError::Unavailable`] if it is something else, such as a page for people.
pub(super) fn parse_json<T: DeserializeOwned>(answer: &Response<Vec<u8>>) -> Result<T, ProviderError> {
    serde_json::from_slice(answer.body()).map_err(|error| {
        let content_type = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let shown: String = content_type.unwrap_or("no type").chars().take(60).collect();
        let status = answer.status().as_u16();
        if let Some(member) = missing_member(&error) {
            return ProviderError::unavailable(format!("an answer ({status}, {shown}) lacks the member `{member}`"));
        }
        // The parser's own words quote the answer.
        let place = format!("line {}, column {}", error.line(), error.column());
        ProviderError::unavailable(format!("an answer ({status}, {shown}) is not the JSON that was expected: {place}"))
    })
}

/// Reads an optional member. One of another type than a text counts as absent.
pub(super) fn text_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// Returns the member that a document lacks. Its name is one of this program's, not the provider's.
fn missing_member(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let member = text.strip_prefix("missing field `")?.split('`').next()?;
    Some(member.to_owned())
}

/// Writes an error and its causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    struct Chain<'a>(&'a dyn std::error::Error);
    impl fmt::Display for Chain<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.0)?;
            self.0.source().map_or(Ok(()), |source| write!(f, ": {}", Chain(source)))
        }
    }
    Chain(error).to_string()
}
