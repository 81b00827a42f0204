//! Measures how long an endpoint takes to answer, where metrics are on.

use std::rc::Rc;
use std::time::Instant;

use actix_web::Error;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use futures_util::future::LocalBoxFuture;

use crate::metrics::{EndpointMetrics, Metrics};

/// What counts the requests of a contract: its name in the settings, and the counters of the program.
#[derive(Clone, Default)]
pub(crate) struct Counted {
    pub(crate) contract: &'static str,
    pub(crate) metrics: Metrics,
}

/// The counters of one endpoint; none where nothing is counted.
#[derive(Clone)]
pub(super) struct Measured(Option<Rc<EndpointMetrics>>);

impl Measured {
    /// Returns the counters of the endpoint with this route template.
    pub(super) fn of(counted: &Counted, path: &str) -> Self {
        Self(counted.metrics.endpoint(counted.contract, path).map(Rc::new))
    }

    /// Returns the method of a request that is counted.
    pub(super) fn method_of(&self, request: &ServiceRequest) -> Option<Method> {
        self.0.as_ref().map(|_| request.method().clone())
    }

    /// Counts the answer to a request with this method.
    pub(super) fn count(&self, method: Option<Method>, answering: Answering) -> Answering {
        let (Some(metrics), Some(method)) = (&self.0, method) else { return answering };
        let (metrics, began) = (Rc::clone(metrics), Instant::now());
        Box::pin(async move {
            let answer = answering.await;
            let status = match &answer {
                Ok(response) => response.status(),
                Err(error) => error.as_response_error().status_code(),
            };
            metrics.answered(method.as_str(), status.as_u16(), began.elapsed());
            answer
        })
    }
}

type Answering = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;
