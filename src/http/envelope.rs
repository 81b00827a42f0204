//! Completes every answer: a request id, security headers, and JSON for errors of actix.
//!
//! This is the outermost middleware. Its future is a named type without allocation, and it holds little but the id.

pub(super) mod request_id;

use std::future::{Future, Ready, ready};
use std::hint::cold_path;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::InternalError;
use actix_web::http::ConnectionType;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::{Error, HttpResponse};
use ipnet::IpNet;
use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

use super::connections::InFlight;
use super::faults::{Bodiless, ErrorStyle, Fault};
use super::negotiation::Representation;
use super::outcome;
use super::served::{Served, last_word, serving};

pub(crate) use request_id::X_REQUEST_ID;

/// The middleware that completes every answer. `Strict-Transport-Security` is left to the proxy that terminates TLS.
///
/// A request id that a client or proxy sends (`X-Request-Id`, 1 to 128 of `A-Z a-z 0-9 . _ -`) is kept, else one is
/// generated. A handler's own `Cache-Control` and `Content-Security-Policy` are kept; a page that sets the latter may also
/// set `Referrer-Policy` and `X-Frame-Options`. Handlers must not set the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    /// The proxies that are trusted to report the client's address.
    trusted_proxies: Rc<[IpNet]>,
}

impl Envelope {
    /// Returns an envelope for a server behind these proxies.
    pub(crate) fn behind(trusted_proxies: &[IpNet]) -> Self {
        Self { trusted_proxies: trusted_proxies.into() }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Envelope
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Sealing<S>;
    type InitError = ();
    type Future = Ready<Result<Sealing<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Sealing { inner, trusted_proxies: Rc::clone(&self.trusted_proxies) }))
    }
}

/// A service whose answers are completed; created by [`Envelope`].
pub(crate) struct Sealing<S> {
    inner: S,
    trusted_proxies: Rc<[IpNet]>,
}

pin_project! {
    /// The future of an answer, and what was noted of its request.
    pub struct Answering<F> {
        #[pin]
        inner: F,
        in_flight: Option<InFlight>,
    }
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    type Output = Result<ServiceResponse, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let outcome = ready!(this.inner.poll(context));
        let is_last = this.in_flight.take().is_some_and(|in_flight| in_flight.is_last());
        Poll::Ready(seal(outcome, is_last))
    }
}

impl<S, B> Service<ServiceRequest> for Sealing<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = TaskLocalFuture<Served, Answering<S::Future>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let served = Served::new(request.request(), &self.trusted_proxies);
        let in_flight = InFlight::begin(&request);
        serving(served, Answering { inner: self.inner.call(request), in_flight })
    }
}

fn seal<B: MessageBody + 'static>(
    outcome: Result<ServiceResponse<B>, Error>,
    is_last: bool,
) -> Result<ServiceResponse, Error> {
    match outcome {
        Ok(response) => {
            let is_foreign = is_foreign_error(&response);
            let mut response = if is_foreign { translated(response) } else { response.map_into_boxed_body() };
            stamp(response.headers_mut());
            if is_last {
                response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
            }
            Ok(response)
        }
        Err(error) => {
            cold_path();
            let fault = Fault::from_error(&error);
            outcome::log(&fault, None);
            let mut response = fault.write(Representation::Json, &ErrorStyle::DEFAULT);
            stamp(response.headers_mut());
            if is_last {
                response.head_mut().set_connection_type(ConnectionType::Close);
            }
            Err(InternalError::from_response("sealed", response).into())
        }
    }
}

/// Returns whether an error answer is not ours. Our endpoints write JSON, or nothing where a contract wants that; actix
/// and its middlewares write plain text or nothing.
fn is_foreign_error<B>(response: &ServiceResponse<B>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && match response.headers().get(CONTENT_TYPE) {
            Some(sent) => sent.as_bytes().starts_with(b"text/plain"),
            None => !response.response().extensions().contains::<Bodiless>(),
        }
}

#[cold]
fn translated<B>(foreign: ServiceResponse<B>) -> ServiceResponse {
    let (request, foreign) = foreign.into_parts();
    let fault = match foreign.error() {
        Some(error) if error.as_response_error().status_code() == foreign.status() => Fault::from_error(error),
        _ => Fault::of_status(foreign.status()),
    };
    let mut response: HttpResponse = fault.respond(&request);
    for (name, value) in foreign.headers() {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH && !response.headers().contains_key(name) {
            response.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, response)
}

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const DENY: HeaderValue = HeaderValue::from_static("DENY");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Adds the headers once, also if an envelope lies within another. They forbid browsers to frame, sniff or execute an
/// answer.
///
/// It uses `append` instead of `insert`, one header at a time: this moves less memory, and is a large part of the cost
/// of a small answer.
fn stamp(headers: &mut HeaderMap) {
    if headers.contains_key(X_REQUEST_ID) {
        return;
    }
    headers.append(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.append(CROSS_ORIGIN_OPENER_POLICY, SAME_ORIGIN);
    // A page for people may set these itself.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.append(CACHE_CONTROL, NO_STORE);
    }
    if headers.contains_key(CONTENT_SECURITY_POLICY) {
        complete_page(headers);
    } else {
        headers.append(X_FRAME_OPTIONS, DENY);
        headers.append(REFERRER_POLICY, SAME_ORIGIN);
        headers.append(CONTENT_SECURITY_POLICY, NOTHING);
    }
    headers.append(X_REQUEST_ID, last_word());
}

/// Adds the headers that a page with a policy of its own has not set. Few answers are pages.
#[cold]
fn complete_page(headers: &mut HeaderMap) {
    for (name, value) in [(X_FRAME_OPTIONS, DENY), (REFERRER_POLICY, SAME_ORIGIN)] {
        if !headers.contains_key(&name) {
            headers.append(name, value);
        }
    }
}
