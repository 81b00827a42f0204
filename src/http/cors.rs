//! CORS: lets the frontends of other origins call the API from a browser, and logs the origins that may not.
//!
//! This module replaces `actix-cors`, which answers a refused preflight with an error, and costs each request with an
//! `Origin` two more allocations. `AllowedOrigins` decides here and in the origin check of cookies.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::{Error, HttpResponse};
use pin_project_lite::pin_project;
use std::future::{Ready, ready};

use super::origins::{AllowedOrigins, is_own};
use super::same_origin::site;
use crate::log::Once;
use crate::settings::AllowedHeaders;

/// The rules of CORS for this site.
#[derive(Clone, Debug, Default)]
pub(crate) struct CorsOptions {
    /// The origins whose pages may call.
    pub origins: AllowedOrigins,
    /// The headers that they may send.
    pub headers: AllowedHeaders,
}

/// How long a browser may cache the answer to a preflight, in seconds.
const REMEMBERED_FOR: HeaderValue = HeaderValue::from_static("3600");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// The headers that a page may read besides those that every page may read.
const EXPOSED: HeaderValue = HeaderValue::from_static("x-request-id, retry-after, ratelimit, ratelimit-policy");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// The most refused origins, and the most refused headers, that a process logs: strangers choose them.
const LOGGED: usize = 64;

static REFUSED_ORIGINS: Once = Once::new(LOGGED);
static REFUSED_HEADERS: Once = Once::new(LOGGED);

/// Returns the middleware.
pub(crate) fn cors(options: &CorsOptions) -> CrossOrigin {
    CrossOrigin(Rc::new(options.clone()))
}

/// The middleware made by [`cors`].
pub(crate) struct CrossOrigin(Rc<CorsOptions>);

impl<S> Transform<S, ServiceRequest> for CrossOrigin
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Crossing<S>;
    type InitError = ();
    type Future = Ready<Result<Crossing<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(Crossing { inner, options: Rc::clone(&self.0) }))
    }
}

/// A service that checks the origin of its requests; created by [`CrossOrigin`].
pub(crate) struct Crossing<S> {
    inner: S,
    options: Rc<CorsOptions>,
}

/// What the `Origin` of a request means.
#[derive(Debug)]
enum Verdict {
    /// There is none, or it is our own.
    Own,
    Allowed(HeaderValue),
    Refused(HeaderValue),
}

impl<S> Service<ServiceRequest> for Crossing<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Crossed<S::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let verdict = self.options.judge(request.headers());
        let options = Rc::clone(&self.options);
        let is_preflight =
            request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if is_preflight && !matches!(verdict, Verdict::Own) {
            return Crossed::Preflight { request: Some(request), verdict, options };
        }
        Crossed::Called { answer: self.inner.call(request), verdict, options }
    }
}

impl CorsOptions {
    fn judge(&self, headers: &HeaderMap) -> Verdict {
        let Some(origin) = headers.get(ORIGIN) else { return Verdict::Own };
        let text = origin.to_str().unwrap_or("");
        if self.origins.allow(text) {
            Verdict::Allowed(origin.clone())
        } else if site(headers) == Some("same-origin") || (site(headers).is_none() && is_own(headers, text)) {
            Verdict::Own
        } else {
            Verdict::Refused(origin.clone())
        }
    }

    /// Returns the headers for an answer to a page on an allowed origin.
    ///
    /// It may send cookies, also where logins set none: frontends ask to send them whether or not there are some, and a
    /// browser would keep the answer from them.
    fn allow(&self, headers: &mut HeaderMap, origin: HeaderValue) {
        headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.append(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    }

    /// Answers a preflight: a browser asks what a page may send.
    fn answer_preflight(&self, request: ServiceRequest, verdict: Verdict) -> ServiceResponse {
        let mut response = HttpResponse::Ok().finish();
        let headers = response.headers_mut();
        if !self.origins.are_none() {
            let varies = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
            headers.append(VARY, HeaderValue::from_static(varies));
        }
        match verdict {
            Verdict::Allowed(origin) => {
                headers.append(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
                headers.append(ACCESS_CONTROL_MAX_AGE, REMEMBERED_FOR);
                if let Some(asked) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
                    let (allowed, are_all) = self.headers.of_those(&String::from_utf8_lossy(asked.as_bytes()));
                    let allowed = HeaderValue::try_from(allowed).expect("names of headers are fit for one");
                    headers.append(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
                    if !are_all {
                        note_refused_headers(&origin, asked);
                    }
                }
                self.allow(headers, origin);
            }
            Verdict::Refused(origin) => note_refused(&origin),
            Verdict::Own => {}
        }
        request.into_response(response)
    }
}

/// Logs, for the operator, a page whose calls its browser will block.
fn note_refused(origin: &HeaderValue) {
    let origin = shown(origin);
    if REFUSED_ORIGINS.is_first(&origin) {
        let setting = "cors.allowed_origins";
        tracing::warn!(
            origin,
            setting,
            "a page of an origin that is not allowed was kept from calling; this is told once"
        );
    }
}

fn note_refused_headers(origin: &HeaderValue, headers: &HeaderValue) {
    let (origin, headers) = (shown(origin), shown(headers));
    if REFUSED_HEADERS.is_first(&headers) {
        let setting = "cors.allowed_headers";
        tracing::warn!(
            origin,
            headers,
            setting,
            "a page asked to send headers that are not allowed; this is told once"
        );
    }
}

/// Returns the beginning of a text that a client sent.
fn shown(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).chars().take(200).collect()
}

pin_project! {
    /// The future of an answer, with or without headers for a page.
    #[project = CrossedProjection]
    pub enum Crossed<F> {
        Preflight { request: Option<ServiceRequest>, verdict: Verdict, options: Rc<CorsOptions> },
        Called { #[pin] answer: F, verdict: Verdict, options: Rc<CorsOptions> },
    }
}

impl<F> Future for Crossed<F>
where
    F: Future<Output = Result<ServiceResponse, Error>>,
{
    type Output = Result<ServiceResponse, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            CrossedProjection::Preflight { request, verdict, options } => {
                let request = request.take().expect("a future that is done is not polled");
                Poll::Ready(Ok(options.answer_preflight(request, std::mem::replace(verdict, Verdict::Own))))
            }
            CrossedProjection::Called { answer, verdict, options } => {
                let mut response = ready!(answer.poll(context))?;
                let headers = response.headers_mut();
                if !options.origins.are_none() {
                    vary_by_origin(headers);
                }
                match std::mem::replace(verdict, Verdict::Own) {
                    Verdict::Own => {}
                    // The answer says itself who may read it: all pages.
                    _ if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) => {}
                    Verdict::Refused(origin) => note_refused(&origin),
                    Verdict::Allowed(origin) => {
                        options.allow(headers, origin);
                        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
                    }
                }
                Poll::Ready(Ok(response))
            }
        }
    }
}

/// Adds `Vary`, so that caches know that the answer depends on the origin.
fn vary_by_origin(headers: &mut HeaderMap) {
    match headers.get_mut(VARY) {
        Some(varies) if varies.as_bytes() == b"Accept" => *varies = HeaderValue::from_static("Accept, Origin"),
        _ => headers.append(VARY, HeaderValue::from_static("Origin")),
    }
}
