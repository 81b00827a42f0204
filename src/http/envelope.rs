//! What every answer gets, whoever made it: a request id, security headers, and JSON where something else failed.
//!
//! The outermost middleware. Its future is named and unboxed, and it holds little but the id.

mod request_id;

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::error::InternalError;
use actix_web::http::ConnectionType;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::{Error, HttpResponse};
use pin_project_lite::pin_project;

use super::connections::InFlight;
use super::faults::{ErrorStyle, Fault};
use super::negotiation::Representation;

pub use request_id::{X_REQUEST_ID, request_id};

/// The middleware that seals every answer. `Strict-Transport-Security` is for whoever ends TLS.
///
/// A request id that a client or proxy sends (`X-Request-Id`, 1 to 128 of `A-Z a-z 0-9 . _ -`) is kept, else one is
/// made. A handler's own `Cache-Control` and `Content-Security-Policy` stand; the other headers are not for handlers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope;

impl<S, B> Transform<S, ServiceRequest> for Envelope
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = Sealing<S>;
    type InitError = ();
    type Future = Ready<Result<Sealing<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Sealing { inner }))
    }
}

/// A service whose answers are sealed; made by [`Envelope`].
pub struct Sealing<S> {
    inner: S,
}

type Sealed<B> = Result<ServiceResponse<EitherBody<B>>, Error>;

pin_project! {
    /// An answer on its way, and what was noted before the request went in.
    pub struct Answering<F> {
        #[pin]
        inner: F,
        id: Option<HeaderValue>,
        in_flight: Option<InFlight>,
    }
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
{
    type Output = Sealed<B>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Sealed<B>> {
        let this = self.project();
        let outcome = ready!(this.inner.poll(context));
        let id = this.id.take().expect("nobody polls a future that is ready");
        let is_last = this.in_flight.take().is_some_and(|in_flight| in_flight.is_last());
        Poll::Ready(seal(outcome, id, is_last))
    }
}

impl<S, B> Service<ServiceRequest> for Sealing<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Answering<S::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let id = request_id::settle(request.headers_mut());
        let in_flight = InFlight::begin(&request);
        Answering { inner: self.inner.call(request), id: Some(id), in_flight }
    }
}

fn seal<B: MessageBody>(outcome: Result<ServiceResponse<B>, Error>, id: HeaderValue, is_last: bool) -> Sealed<B> {
    match outcome {
        Ok(response) => {
            let mut response = if is_foreign_error(&response) {
                translated(response).map_into_right_body()
            } else {
                response.map_into_left_body()
            };
            stamp(response.headers_mut(), id);
            if is_last {
                response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
            }
            Ok(response)
        }
        Err(error) => {
            let fault = Fault::from_error(&error);
            fault.log(|| id.to_str().unwrap_or_default());
            let mut response = fault.write(Representation::Json, &ErrorStyle::DEFAULT);
            stamp(response.headers_mut(), id);
            if is_last {
                response.head_mut().set_connection_type(ConnectionType::Close);
            }
            Err(InternalError::from_response("sealed", response).into())
        }
    }
}

/// Errors of our endpoints are JSON already; actix and its middlewares answer in plain text or not at all.
fn is_foreign_error<B>(response: &ServiceResponse<B>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && response.headers().get(CONTENT_TYPE).is_none_or(|sent| sent.as_bytes().starts_with(b"text/plain"))
}

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

/// Headers that hold for every answer of an API: nothing of it is to be framed, sniffed or run.
const FIXED: [(HeaderName, HeaderValue); 4] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
];

/// Headers that a page meant for people may set otherwise.
const USUAL: [(HeaderName, HeaderValue); 2] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// Adds the headers once, also where an envelope lies within another.
fn stamp(headers: &mut HeaderMap, id: HeaderValue) {
    if headers.contains_key(X_REQUEST_ID) {
        return;
    }
    // `append` where `insert` would do: it moves less, and this is a good part of what a small answer costs.
    for (name, value) in FIXED {
        headers.append(name, value);
    }
    for (name, value) in USUAL {
        if !headers.contains_key(&name) {
            headers.append(name, value);
        }
    }
    headers.append(X_REQUEST_ID, id);
}
