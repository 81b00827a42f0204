//! A path of the API: its methods, what it says of itself, and the order in which a request is judged.
//!
//! Language (406) → gate (401) → method (405) → switch (404) → body and fields → the handler. Both spellings of the
//! final slash are served, and every answer says `Allow` and `Vary: Accept`.

mod metadata;

use std::any::TypeId;
use std::borrow::Cow;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::rc::Rc;

use actix_web::dev::{AppService, HttpServiceFactory, Payload, ServiceRequest, ServiceResponse, fn_service};
use actix_web::http::header::{ALLOW, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Resource, Route};

use super::faults::Fault;
use super::negotiation::{NotAcceptable, Representation, representation};
use super::reply::{Answer, written};

pub use metadata::{FieldDescription, FieldKind};

use metadata::Metadata;

/// What a request must show before even its method matters: an extractor, such as the session it belongs to.
///
/// A handler behind a gate finds what the gate found as [`Admitted`].
pub trait Gate: FromRequest + Clone + 'static {}

impl<T: FromRequest + Clone + 'static> Gate for T {}

/// The gate that is always open.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl FromRequest for Anyone {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

/// Extracts what the endpoint's gate found.
#[derive(Clone, Debug)]
pub struct Admitted<G>(pub G);

impl<G: Gate> FromRequest for Admitted<G> {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request.extensions().get::<G>().cloned();
        ready(found.map(Self).ok_or_else(|| Fault::internal_text("the endpoint has another gate".to_owned())))
    }
}

/// Whether a feature is offered at all. One that is not answers 404 to its methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// The feature is offered.
    On,
    /// The feature is not offered on this site.
    Off,
}

type MakeRoute = Box<dyn Fn(Method, HeaderValue, Switch) -> Route>;

/// One path and all it answers; a service for actix's `App`, `Scope` and `ServiceConfig`.
pub struct Endpoint<G = Anyone> {
    path: Cow<'static, str>,
    metadata: Metadata,
    switch: Switch,
    methods: Vec<(Method, MakeRoute)>,
    gate: PhantomData<G>,
}

impl Endpoint<Anyone> {
    /// An endpoint for everybody at `path`, given without the final slash. `name` is its title in OPTIONS.
    pub fn open(path: impl Into<Cow<'static, str>>, name: &'static str) -> Self {
        Self::guarded(path, name)
    }
}

impl<G: Gate> Endpoint<G> {
    /// An endpoint for those whom `G` lets through.
    pub fn guarded(path: impl Into<Cow<'static, str>>, name: &'static str) -> Self {
        Self {
            path: path.into(),
            metadata: Metadata::new(name),
            switch: Switch::On,
            methods: Vec::new(),
            gate: PhantomData,
        }
    }

    /// The same endpoint with `prefix` before its path.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        Self { path: format!("{prefix}/{}", self.path).into(), ..self }
    }

    /// Offers the feature or not. A switch that is looked at after the body is the handler's own.
    #[must_use]
    pub fn switched(self, switch: Switch) -> Self {
        Self { switch, ..self }
    }

    /// Describes the fields that `method` (POST or PUT) takes, for OPTIONS.
    #[must_use]
    pub fn taking(mut self, method: &'static str, fields: Vec<FieldDescription>) -> Self {
        self.metadata.add(method, fields);
        self
    }

    /// Answers `method` with `handler`; GET answers HEAD as well.
    #[must_use]
    pub fn on<H, Args>(mut self, method: Method, handler: H) -> Self
    where
        H: Handler<Args, Output = Answer>,
        Args: FromRequest + 'static,
    {
        let make: MakeRoute = Box::new(move |method, allow, switch| {
            let shared = Rc::new((handler.clone(), allow));
            // A service rather than a handler, which actix would box, and take apart, once more.
            web::method(method).service(fn_service(move |request: ServiceRequest| {
                let shared = Rc::clone(&shared);
                async move {
                    let (handler, allow) = &*shared;
                    let (request, mut payload) = request.into_parts();
                    let response = judged::<G, _>(&request, allow, async || {
                        if switch == Switch::Off {
                            return Err(Fault::not_found());
                        }
                        let taken = Args::from_request(&request, &mut payload).await.map_err(into_fault)?;
                        handler.call(taken).await
                    })
                    .await;
                    Ok::<_, Infallible>(ServiceResponse::new(request, response))
                }
            }))
        });
        self.methods.push((method, make));
        self
    }

    /// The methods in the order in which the contract lists them.
    fn allow(&self) -> HeaderValue {
        let offers = |name: &str| self.methods.iter().any(|(offered, _)| offered.as_str() == name);
        let mut listed = ["GET", "POST", "PUT", "PATCH", "DELETE"].map(|name| offers(name).then_some(name)).to_vec();
        listed.extend([offers("GET").then_some("HEAD"), Some("OPTIONS")]);
        let listed: Vec<&str> = listed.into_iter().flatten().collect();
        HeaderValue::try_from(listed.join(", ")).expect("methods are fit for a header")
    }

    fn resource(&self, path: &str, allow: &HeaderValue, metadata: &Bytes) -> Resource {
        let mut resource = web::resource(path);
        for (method, make) in &self.methods {
            resource = resource.route(make(method.clone(), allow.clone(), self.switch));
            if method == Method::GET {
                resource = resource.route(make(Method::HEAD, allow.clone(), self.switch));
            }
        }
        let (allow, metadata) = (allow.clone(), metadata.clone());
        resource.route(web::route().to(move |request: HttpRequest| {
            let (allow, metadata) = (allow.clone(), metadata.clone());
            async move {
                judged::<G, _>(&request, &allow, async || match request.method() {
                    &Method::OPTIONS => Ok(written(StatusCode::OK, metadata.to_vec())),
                    other => Err(Fault::method_not_allowed(other.as_str(), allow.clone())),
                })
                .await
            }
        }))
    }
}

impl<G: Gate> HttpServiceFactory for Endpoint<G> {
    fn register(self, config: &mut AppService) {
        let (allow, metadata) = (self.allow(), Bytes::from(self.metadata.to_json()));
        // Two resources rather than a list of patterns, which actix matches with a set of regular expressions.
        for path in [format!("{}/", self.path), self.path.to_string()] {
            self.resource(&path, &allow, &metadata).register(config);
        }
    }
}

/// Answers a path that nobody serves: actix's default service.
pub async fn unknown_path(request: HttpRequest) -> HttpResponse {
    Fault::not_found().respond(&request)
}

/// Judges what comes before the method, then lets `proceed` answer, and writes whatever comes of it.
async fn judged<G: Gate, P>(request: &HttpRequest, allow: &HeaderValue, proceed: P) -> HttpResponse
where
    P: AsyncFnOnce() -> Answer,
{
    let (language, answer) = match representation(request.headers()) {
        Err(NotAcceptable) => (Representation::Json, Err(Fault::not_acceptable())),
        Ok(language) => match admit::<G>(request).await {
            Err(fault) => (language, Err(fault)),
            Ok(()) => (language, proceed().await),
        },
    };
    let mut response = match answer {
        Err(fault) => fault.respond_in(language, request),
        Ok(response) if response.headers().contains_key(VARY) => response,
        Ok(mut response) => {
            response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
            response
        }
    };
    response.headers_mut().insert(ALLOW, allow.clone());
    response
}

async fn admit<G: Gate>(request: &HttpRequest) -> Result<(), Fault> {
    // An open gate finds nothing worth remembering, and the request's map of findings is not free.
    if TypeId::of::<G>() != TypeId::of::<Anyone>() {
        let found = G::from_request(request, &mut Payload::None).await.map_err(into_fault)?;
        request.extensions_mut().insert(found);
    }
    Ok(())
}

/// Our own extractors fail with faults; those of actix and of others with errors of their own.
fn into_fault(error: impl Into<actix_web::Error>) -> Fault {
    Fault::from_error(&error.into())
}
