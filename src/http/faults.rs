//! The one type that becomes an error answer.
//!
//! Operations have their own small error enums. The HTTP layer converts each to a [`Fault`]: a status, a stable
//! [`Code`] for programs, and a text for people. `writing` turns it into bytes.

mod code;
mod collecting;
mod described;
mod field_fault;
mod message;
mod style;
mod writing;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;

use super::rate_limit::RateLimit;
use crate::clock::Seconds;

pub(crate) use code::Code;
pub(crate) use collecting::FieldErrors;
pub(crate) use described::{DescribedFault, FaultForm};
pub(crate) use field_fault::FieldFault;
pub(crate) use message::Message;
pub(crate) use style::ErrorStyle;
pub(super) use writing::Bodiless;

/// Why a request was not served, and the content of the error answer.
///
/// Boxed to keep `Result<_, Fault>` small.
#[derive(Clone, Debug)]
pub struct Fault(Box<Told>);

#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    code: Code,
    content: Content,
    extra: Extra,
    /// The cause, for the log only.
    cause: Option<Box<str>>,
}

#[derive(Clone, Debug)]
enum Content {
    /// A text under `detail`, whatever the site's style.
    Detail(Message),
    /// A broken business rule: a text under `detail`, or under the site's key for errors without a field.
    Rule(Message),
    /// A text under `detail` with the code beside it, and what was expected, as simplejwt's clients read them.
    Coded(Message, Option<Note>),
    /// A text that stands alone in a list: `["…"]`.
    List(Message),
    /// A text that stands alone: `"…"`.
    Bare(Message),
    /// An answer without a body. Only problem details contain the text.
    Empty(Message),
    /// Each field with its faults, in the endpoint's order; no name means the request as a whole.
    Fields(Vec<FieldFaults>),
}

/// Members of an object beside a text, in their order.
pub(crate) type Note = &'static [(&'static str, &'static str)];

/// One field and its faults.
type FieldFaults = (Option<Cow<'static, str>>, Vec<FieldFault>);

/// The additional headers of an error answer.
#[derive(Clone, Debug)]
enum Extra {
    None,
    Allow(HeaderValue),
    RetryAfter(Seconds),
    /// `Retry-After`, with what is told of the budget that refused.
    Throttled(Seconds, RateLimit),
    /// `WWW-Authenticate`, with the challenge of the contract.
    Authenticate,
    /// `WWW-Authenticate`, with the challenge of one endpoint.
    Challenge(HeaderValue),
}

/// The sentence for every server error.
const SERVER_ERROR: &str = "A server error occurred. Please try again later.";

impl Fault {
    /// Returns a fault whose text is always under `detail`.
    pub fn detail(status: StatusCode, code: Code, text: impl Into<Message>) -> Self {
        Self::of(status, code, Content::Detail(text.into()))
    }

    /// 400: all fields are well-formed, but a business rule refuses the request.
    pub fn refused(code: Code, text: impl Into<Message>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, code, Content::Rule(text.into()))
    }

    /// 400: a text in a list, which some clients read instead of an object.
    pub(crate) fn list(code: Code, text: impl Into<Message>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, code, Content::List(text.into()))
    }

    /// 400: a text that stands alone, which some clients read instead of an object.
    pub(crate) fn bare(code: Code, text: impl Into<Message>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, code, Content::Bare(text.into()))
    }

    /// 400 without a body. Only clients that accept problem details receive the text.
    pub(crate) fn empty(code: Code, text: impl Into<Message>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, code, Content::Empty(text.into()))
    }

    /// 400: one field with a fault. For several, collect [`FieldErrors`].
    pub fn field(name: &'static str, fault: impl Into<FieldFault>) -> Self {
        Self::fields(vec![(Some(Cow::Borrowed(name)), vec![fault.into()])])
    }

    /// 400: a fault of the request as a whole.
    pub fn non_field(fault: FieldFault) -> Self {
        Self::fields(vec![(None, vec![fault])])
    }

    fn fields(faults: Vec<FieldFaults>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, Code::InvalidFields, Content::Fields(faults))
    }

    fn of(status: StatusCode, code: Code, content: Content) -> Self {
        Self(Box::new(Told { status, code, content, extra: Extra::None, cause: None }))
    }

    fn with(mut self, extra: Extra) -> Self {
        self.0.extra = extra;
        self
    }

    /// 404: no such path, or a feature that is switched off.
    pub fn not_found() -> Self {
        Self::detail(StatusCode::NOT_FOUND, Code::NotFound, "Not found.")
    }

    /// 405: the path does not support the method. `allow` is the value of the `Allow` header.
    pub fn method_not_allowed(method: &str, allow: HeaderValue) -> Self {
        let text = format!("Method \"{method}\" not allowed.");
        Self::detail(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, text).with(Extra::Allow(allow))
    }

    /// 406: the client accepts neither of our media types.
    pub fn not_acceptable() -> Self {
        Self::detail(StatusCode::NOT_ACCEPTABLE, Code::NotAcceptable, "Could not satisfy the request Accept header.")
    }

    /// 413: more than `limit_bytes` were sent or announced.
    pub fn payload_too_large(limit_bytes: usize) -> Self {
        let text = format!("Request body is too large. At most {limit_bytes} bytes are accepted.");
        Self::detail(StatusCode::PAYLOAD_TOO_LARGE, Code::PayloadTooLarge, text)
    }

    /// 415: an unsupported content type. `sent` is the `Content-Type` header, empty if there was none.
    pub fn unsupported_media_type(sent: &str) -> Self {
        let text = format!("Unsupported media type \"{sent}\" in request.");
        Self::detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::UnsupportedMediaType, text)
    }

    /// 400: the body does not match its content type.
    pub fn parse_error(text: impl Into<Message>) -> Self {
        Self::detail(StatusCode::BAD_REQUEST, Code::ParseError, text)
    }

    /// 408: the body did not arrive in time.
    pub fn request_timeout() -> Self {
        let text = "The request body did not arrive in time.";
        Self::detail(StatusCode::REQUEST_TIMEOUT, Code::RequestTimeout, text)
    }

    /// 401 with `WWW-Authenticate` and the challenge of the contract.
    pub fn unauthenticated(code: Code, text: impl Into<Message>) -> Self {
        Self::detail(StatusCode::UNAUTHORIZED, code, text).with(Extra::Authenticate)
    }

    /// 401 whose JSON contains the code too, and a note if there is one.
    pub(crate) fn unauthenticated_with_code(code: Code, text: impl Into<Message>, note: Option<Note>) -> Self {
        Self::of(StatusCode::UNAUTHORIZED, code, Content::Coded(text.into(), note)).with(Extra::Authenticate)
    }

    /// Returns the same fault with another challenge than the contract's.
    pub(crate) fn challenging(self, challenge: &HeaderValue) -> Self {
        self.with(Extra::Challenge(challenge.clone()))
    }

    /// 403: the client is known, but not allowed to do this.
    pub fn forbidden(code: Code, text: impl Into<Message>) -> Self {
        Self::detail(StatusCode::FORBIDDEN, code, text)
    }

    /// 429: too many requests; the client may try again after `retry_after`.
    pub fn too_many_requests(retry_after: Seconds) -> Self {
        let unit = if retry_after == Seconds::new(1) { "second" } else { "seconds" };
        let text = format!("Request was throttled. Expected available in {} {unit}.", retry_after.get());
        Self::detail(StatusCode::TOO_MANY_REQUESTS, Code::Throttled, text).with(Extra::RetryAfter(retry_after))
    }

    /// Returns the same 429, which also tells of the budget that refused.
    pub(super) fn limited_by(self, limit: RateLimit) -> Self {
        match self.0.extra {
            Extra::RetryAfter(retry_after) => self.with(Extra::Throttled(retry_after, limit)),
            _ => self,
        }
    }

    /// 503: the queues are full; the client may try again after `retry_after`.
    pub fn unavailable(retry_after: Seconds) -> Self {
        let text = "The server is busy. Please try again later.";
        Self::detail(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, text).with(Extra::RetryAfter(retry_after))
    }

    /// 503: an identity provider cannot be used now; the client may try again after `retry_after`.
    pub fn provider_unavailable(retry_after: Seconds) -> Self {
        let text = "The identity provider does not answer. Please try again later.";
        Self::detail(StatusCode::SERVICE_UNAVAILABLE, Code::ProviderUnavailable, text)
            .with(Extra::RetryAfter(retry_after))
    }

    /// Returns the same fault, which the client may repeat after `retry_after`.
    pub(super) fn retrying_after(self, retry_after: Seconds) -> Self {
        self.with(Extra::RetryAfter(retry_after))
    }

    /// Returns the same fault, with a cause for the log.
    #[must_use]
    pub(crate) fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string().into_boxed_str());
        self
    }

    /// 500: one fixed sentence for the client. The chain of causes goes to the log when the answer is written.
    pub fn internal(cause: impl Error) -> Self {
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(source) = next {
            chain.push_str(": ");
            chain.push_str(&source.to_string());
            next = source.source();
        }
        Self::internal_text(chain)
    }

    pub(crate) fn internal_text(cause: String) -> Self {
        Self::detail(StatusCode::INTERNAL_SERVER_ERROR, Code::ServerError, SERVER_ERROR).because(cause)
    }

    /// Returns the fault inside an actix error, or a new one that replaces an error of actix's own.
    pub(super) fn from_error(error: &actix_web::Error) -> Self {
        if let Some(fault) = error.as_error::<Self>() {
            return fault.clone();
        }
        let status = error.as_response_error().status_code();
        if status.is_server_error() { Self::internal_text(error.to_string()) } else { Self::of_status(status) }
    }

    /// Returns the fault that replaces an error answer of other code than ours.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::REQUEST_TIMEOUT => Self::request_timeout(),
            StatusCode::BAD_REQUEST => Self::detail(status, Code::BadRequest, "Malformed request."),
            _ if status.is_server_error() => Self::detail(status, Code::ServerError, SERVER_ERROR),
            _ => {
                let reason = status.canonical_reason().unwrap_or("Request refused");
                Self::detail(status, Code::Refused, format!("{reason}."))
            }
        }
    }

    /// Returns the status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the cause, for the log only.
    pub(super) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Returns what went wrong, for programs.
    pub fn code(&self) -> Code {
        self.0.code
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status().as_u16(), self.code().as_str())
    }
}

impl Error for Fault {}
