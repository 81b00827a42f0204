//! A path of the API: its methods, its descriptions (for OPTIONS, and for the document of the API), and the order of the
//! checks of a request.
//!
//! `Accept` (406) → gate (401, 403) → method (405) → switch (404) → body and fields → the handler. The path is served
//! with and without a final slash, and every answer has `Allow` and `Vary: Accept`.

mod described;
mod gate;
mod measured;
mod metadata;
mod operation;
mod registrar;
mod shape;

use std::borrow::Cow;
use std::marker::PhantomData;
use std::rc::Rc;

use actix_web::dev::{
    AppService, Extensions, HttpServiceFactory, Payload, ResourceDef, ServiceRequest, ServiceResponse, fn_service,
};
use actix_web::http::header::{ALLOW, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

use super::faults::Fault;
use super::negotiation::{NotAcceptable, Representation, representation};
use super::rate_limit;
use super::reply::{Answer, written};

pub(crate) use described::{Access, DescribedEndpoint, DescribedMethod};
pub(crate) use gate::{Admitted, Anyone, Gate};
pub(crate) use measured::Counted;
pub(crate) use metadata::{FieldDescription, FieldKind, Limit};
pub(crate) use operation::{Login, Operation, Success};
pub(crate) use registrar::Endpoints;
pub(crate) use shape::{Member, Shape};

use gate::{admit, into_fault};
use measured::Measured;
use metadata::Metadata;

/// Whether a feature is offered. A feature that is not offered answers 404.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Switch {
    /// The feature is offered.
    On,
    /// The feature is not offered on this site.
    Off,
}

/// The handler of one method, as a type without the handler's arguments.
type Answerer = Rc<dyn Fn(ServiceRequest) -> LocalBoxFuture<'static, Result<ServiceResponse, actix_web::Error>>>;

type MakeAnswerer = Box<dyn FnOnce(HeaderValue, Switch) -> Answerer>;

/// Makes the description of one method.
type Describe<'d> = Box<dyn FnOnce() -> Operation + 'd>;

/// One path with its handlers; a service for actix's `App`, `Scope` and `ServiceConfig`.
pub(crate) struct Endpoint<'d, G = Anyone> {
    path: Cow<'static, str>,
    /// The app data of its requests, beside that of the application.
    data: Rc<Extensions>,
    counted: Counted,
    metadata: Metadata,
    switch: Switch,
    /// Whether the document of the API has it.
    listing: Switch,
    methods: Vec<(Method, MakeAnswerer)>,
    operations: Vec<(Method, Describe<'d>)>,
    gate: PhantomData<G>,
}

impl Endpoint<'_, Anyone> {
    /// Returns an endpoint without a gate at `path`, given without the final slash; empty for the base path itself.
    /// `name` is its title in OPTIONS.
    pub(crate) fn open(path: impl Into<Cow<'static, str>>, name: &'static str) -> Self {
        Self::guarded(path, name)
    }
}

impl<'d, G: Gate> Endpoint<'d, G> {
    /// Returns an endpoint for requests that `G` admits.
    pub(crate) fn guarded(path: impl Into<Cow<'static, str>>, name: &'static str) -> Self {
        Self {
            path: path.into(),
            data: Rc::default(),
            counted: Counted::default(),
            metadata: Metadata::new(name),
            switch: Switch::On,
            listing: Switch::On,
            methods: Vec::new(),
            operations: Vec::new(),
            gate: PhantomData,
        }
    }

    /// Sets whether the feature is offered. A handler that reads the body first checks its switch itself.
    #[must_use]
    pub(crate) fn switched(self, switch: Switch) -> Self {
        Self { switch, listing: switch, ..self }
    }

    /// Sets whether the feature is offered, where the handler checks that itself: the document of the API lacks the
    /// endpoint otherwise.
    #[must_use]
    pub(crate) fn listed(self, listing: Switch) -> Self {
        Self { listing, ..self }
    }

    /// Describes a method in the document of the API. Every method must be described. `describe` is only called to write
    /// the document: a server that is not asked for it spends neither time nor memory on it.
    #[must_use]
    pub(crate) fn described(mut self, method: Method, describe: impl FnOnce() -> Operation + 'd) -> Self {
        self.operations.push((method, Box::new(describe)));
        self
    }

    /// Returns the same endpoint without descriptions, at `path`, with this app data, counted by `counted`.
    fn served(self, path: Cow<'static, str>, data: Rc<Extensions>, counted: Counted) -> Endpoint<'static, G> {
        let Self { metadata, switch, listing, methods, gate, .. } = self;
        Endpoint { path, data, counted, metadata, switch, listing, methods, operations: Vec::new(), gate }
    }

    /// Describes the fields that `method` (POST or PUT) accepts, for OPTIONS.
    #[must_use]
    pub(crate) fn taking(mut self, method: &'static str, fields: Vec<FieldDescription>) -> Self {
        self.metadata.add(method, fields);
        self
    }

    /// Registers `handler` for `method`; GET answers HEAD as well.
    #[must_use]
    pub(crate) fn on<H, Args>(mut self, method: Method, handler: H) -> Self
    where
        H: Handler<Args, Output = Answer>,
        Args: FromRequest + 'static,
    {
        let make: MakeAnswerer = Box::new(move |allow, switch| {
            let shared = Rc::new((handler, allow));
            Rc::new(move |request| {
                let shared = Rc::clone(&shared);
                Box::pin(async move {
                    let (handler, allow) = &*shared;
                    judged::<G, _>(request, allow, async |request, payload| {
                        if switch == Switch::Off {
                            return Err(Fault::not_found());
                        }
                        let taken = Args::from_request(request, payload).await.map_err(into_fault)?;
                        handler.call(taken).await
                    })
                    .await
                })
            })
        });
        self.methods.push((method, make));
        self
    }

    /// Returns the methods in the order in which the contract lists them.
    fn allow(&self) -> HeaderValue {
        let offers = |name: &str| self.methods.iter().any(|(offered, _)| offered.as_str() == name);
        let mut listed = ["GET", "POST", "PUT", "PATCH", "DELETE"].map(|name| offers(name).then_some(name)).to_vec();
        listed.extend([offers("GET").then_some("HEAD"), Some("OPTIONS")]);
        let listed: Vec<&str> = listed.into_iter().flatten().collect();
        HeaderValue::try_from(listed.join(", ")).expect("methods are fit for a header")
    }
}

/// Checks that the endpoint supports the method.
fn answerer_of_the_rest<G: Gate>(allow: HeaderValue, metadata: Bytes) -> Answerer {
    Rc::new(move |request| {
        let (allow, metadata) = (allow.clone(), metadata.clone());
        Box::pin(async move {
            judged::<G, _>(request, &allow, async |request, _| match request.method() {
                &Method::OPTIONS => Ok(written(StatusCode::OK, metadata.to_vec())),
                other => Err(Fault::method_not_allowed(other.as_str(), allow.clone())),
            })
            .await
        })
    })
}

/// Registered as a service of its own, rather than as a `Resource` of actix with a `Route` for each method: actix would
/// check one method guard after the other, and allocate each answer once more.
impl<G: Gate> HttpServiceFactory for Endpoint<'_, G> {
    fn register(self, config: &mut AppService) {
        let (allow, metadata) = (self.allow(), Bytes::from(self.metadata.to_json()));
        let make = |(method, make): (Method, MakeAnswerer)| (method, make(allow.clone(), self.switch));
        let methods: Rc<[(Method, Answerer)]> = self.methods.into_iter().map(make).collect();
        let rest = answerer_of_the_rest::<G>(allow.clone(), metadata);
        let path = self.path.trim_matches('/');
        // Two paths rather than one list of patterns, which actix would match with a set of regular expressions.
        let paths = match path {
            "" => ["/".to_owned(), String::new()],
            path => [format!("/{path}/"), format!("/{path}")],
        };
        let measured = Measured::of(&self.counted, &paths[0]);
        for path in paths {
            let measured = measured.clone();
            let (methods, rest, data) = (Rc::clone(&methods), Rc::clone(&rest), Rc::clone(&self.data));
            let answerer = fn_service(move |mut request: ServiceRequest| {
                request.add_data_container(Rc::clone(&data));
                let asked = match request.method() {
                    &Method::HEAD => &Method::GET,
                    asked => asked,
                };
                let offered = methods.iter().find(|(offered, _)| offered == asked);
                let answerer = offered.map_or(&rest, |(_, answerer)| answerer);
                let method = measured.method_of(&request);
                measured.count(method, answerer(request))
            });
            config.register_service(ResourceDef::new(path), None, answerer, None);
        }
    }
}

/// Answers an unknown path; actix's default service.
pub(crate) async fn unknown_path(request: HttpRequest) -> HttpResponse {
    Fault::not_found().respond(&request)
}

/// Makes the checks that precede the method, then calls `proceed`, and writes its answer or fault.
async fn judged<G: Gate, P>(
    request: ServiceRequest,
    allow: &HeaderValue,
    proceed: P,
) -> Result<ServiceResponse, actix_web::Error>
where
    P: AsyncFnOnce(&HttpRequest, &mut Payload) -> Answer,
{
    let (request, mut payload) = request.into_parts();
    let (language, answer) = match representation(request.headers()) {
        Err(NotAcceptable) => (Representation::Json, Err(Fault::not_acceptable())),
        Ok(language) => match admit::<G>(&request).await {
            Err(fault) => (language, Err(fault)),
            Ok(()) => (language, proceed(&request, &mut payload).await),
        },
    };
    let mut response = match answer {
        Err(fault) => fault.respond_in(language, &request),
        Ok(response) if response.headers().contains_key(VARY) => response,
        Ok(mut response) => {
            response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
            response
        }
    };
    rate_limit::announce(&request, &mut response);
    response.headers_mut().insert(ALLOW, allow.clone());
    Ok(ServiceResponse::new(request, response))
}
