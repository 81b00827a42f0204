//! The counters of one endpoint, as one thread holds them: after its first answer of a kind, counting another takes
//! neither a lock nor an allocation for the labels.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::labels::{EndpointLabels, MethodLabels, RequestLabels};

/// Upper bounds of the buckets for durations in seconds: from refusals, which take microseconds, to a client that waits
/// for hashing under load.
pub(super) const SECONDS: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Methods that have a label of their own.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The counters of all endpoints.
#[derive(Clone)]
pub(super) struct RequestCounters {
    requests: Family<RequestLabels, Counter>,
    seconds: Family<MethodLabels, Histogram, fn() -> Histogram>,
    throttled: Family<EndpointLabels, Counter>,
}

/// The counters of one endpoint. Each thread that answers has its own handle to the common counters.
pub(crate) struct EndpointMetrics {
    common: RequestCounters,
    contract: &'static str,
    path: Arc<str>,
    seen: RefCell<Vec<Seen>>,
}

/// The counters of one method and class of status.
struct Seen {
    method: &'static str,
    status: &'static str,
    requests: Counter,
    seconds: Histogram,
}

impl Default for RequestCounters {
    fn default() -> Self {
        let seconds = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        Self { requests: Family::default(), seconds, throttled: Family::default() }
    }
}

impl RequestCounters {
    pub(super) fn register(&self, registry: &mut Registry) {
        let requests = "Requests answered, by contract, endpoint, method and class of the status";
        registry.register("countersign_http_requests", requests, self.requests.clone());
        let seconds = "Time from a request's headers to its answer";
        let family = self.seconds.clone();
        registry.register_with_unit("countersign_http_request_duration", seconds, Unit::Seconds, family);
        let throttled = "Requests refused because the client or account asked too often (429)";
        registry.register("countersign_http_requests_throttled", throttled, self.throttled.clone());
    }
}

impl EndpointMetrics {
    pub(super) fn new(common: RequestCounters, contract: &'static str, path: &str) -> Self {
        Self { common, contract, path: path.into(), seen: RefCell::default() }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, method: &str, status: u16, elapsed: Duration) {
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        if status == 429 {
            let labels = EndpointLabels { contract: self.contract, endpoint: Arc::clone(&self.path) };
            self.common.throttled.get_or_create(&labels).inc();
        }
        let status = class(status);
        let mut seen = self.seen.borrow_mut();
        let known = seen.iter().position(|known| known.method == method && known.status == status);
        let index = known.unwrap_or_else(|| {
            seen.push(self.first(method, status));
            seen.len() - 1
        });
        seen[index].requests.inc();
        seen[index].seconds.observe(elapsed.as_secs_f64());
    }

    fn first(&self, method: &'static str, status: &'static str) -> Seen {
        let (contract, endpoint) = (self.contract, Arc::clone(&self.path));
        let labels = MethodLabels { contract, endpoint: Arc::clone(&endpoint), method };
        let seconds = self.common.seconds.get_or_create(&labels).clone();
        let labels = RequestLabels { contract, endpoint, method, status };
        Seen { method, status, requests: self.common.requests.get_or_create(&labels).clone(), seconds }
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
