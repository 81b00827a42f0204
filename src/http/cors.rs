//! Lets the configured frontends of other origins call the API from a browser.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_cors::Cors;
use actix_web::Error;
use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    RETRY_AFTER, VARY,
};
use futures_util::future::{FutureExt, LocalBoxFuture};
use pin_project_lite::pin_project;

use crate::clock::Seconds;

use super::envelope::X_REQUEST_ID;
use super::faults::{RATELIMIT_REMAINING, RATELIMIT_RESET};

/// Which browsers may call the API from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsOptions {
    /// Origins as browsers send them: scheme, host and, where it is not the scheme's own, port. No final slash.
    pub origins: Vec<String>,
    /// Whether requests may carry cookies.
    pub credentials: Credentials,
}

/// Whether a request from another origin may carry the user's cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Tokens only.
    #[default]
    Omitted,
    /// Cookies too: for sites that log in by cookie across origins.
    Included,
}

/// How long a browser may remember what it was allowed.
const REMEMBERED_FOR: Seconds = Seconds::new(3600);

/// Makes the middleware; without origins it is not in the way of any request.
pub fn cors(options: &CorsOptions) -> CrossOrigin {
    let allowed = options.origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    let allowed = allowed
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers([ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE, X_REQUEST_ID])
        .allowed_header(HeaderName::from_static("x-csrftoken"))
        .expose_headers([X_REQUEST_ID, RETRY_AFTER, RATELIMIT_REMAINING, RATELIMIT_RESET])
        .max_age(usize::try_from(REMEMBERED_FOR.get()).ok());
    let allowed = match options.credentials {
        Credentials::Omitted => allowed,
        Credentials::Included => allowed.supports_credentials(),
    };
    CrossOrigin((!options.origins.is_empty()).then_some(allowed))
}

/// The middleware made by [`cors`]. Requests that no browser marked with an origin go past `actix-cors`, which takes
/// time and memory for each of them and has nothing to say.
pub struct CrossOrigin(Option<Cors>);

impl<S> Transform<S, ServiceRequest> for CrossOrigin
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error> + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Crossing<S, <Cors as Transform<Rc<S>, ServiceRequest>>::Transform>;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let inner = Rc::new(inner);
        let judge = self.0.as_ref().map(|cors| cors.new_transform(Rc::clone(&inner)));
        async move {
            let judge = match judge {
                Some(judge) => Some(judge.await?),
                None => None,
            };
            Ok(Crossing { inner, judge })
        }
        .boxed_local()
    }
}

/// A service whose callers from other origins are judged; made by [`CrossOrigin`].
pub struct Crossing<S, J> {
    inner: Rc<S>,
    judge: Option<J>,
}

impl<S, J> Service<ServiceRequest> for Crossing<S, J>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    J: Service<ServiceRequest, Response = ServiceResponse<EitherBody<BoxBody>>, Error = Error>,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Crossed<S::Future, J::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        match &self.judge {
            Some(judge) if request.headers().contains_key(ORIGIN) => Crossed::Judged { answer: judge.call(request) },
            judge => Crossed::Passed { answer: self.inner.call(request), varies_by_origin: judge.is_some() },
        }
    }
}

pin_project! {
    /// An answer on its way to another origin, or to a caller who named none.
    #[project = CrossedProjection]
    pub enum Crossed<P, J> {
        Judged { #[pin] answer: J },
        Passed { #[pin] answer: P, varies_by_origin: bool },
    }
}

impl<P, J> Future for Crossed<P, J>
where
    P: Future<Output = Result<ServiceResponse, Error>>,
    J: Future<Output = Result<ServiceResponse<EitherBody<BoxBody>>, Error>>,
{
    type Output = Result<ServiceResponse, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            CrossedProjection::Judged { answer } => answer.poll(context).map_ok(ServiceResponse::map_into_boxed_body),
            CrossedProjection::Passed { answer, varies_by_origin } => answer.poll(context).map_ok(|mut response| {
                if *varies_by_origin {
                    vary_by_origin(response.headers_mut());
                }
                response
            }),
        }
    }
}

/// Tells caches that a request with an origin would have been answered otherwise.
fn vary_by_origin(headers: &mut HeaderMap) {
    match headers.get_mut(VARY) {
        Some(varies) if varies.as_bytes() == b"Accept" => *varies = HeaderValue::from_static("Accept, Origin"),
        _ => headers.append(VARY, HeaderValue::from_static("Origin")),
    }
}
