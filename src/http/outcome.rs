//! Logs how a request ended, if that is worth a line. No other code does.
//!
//! `accounts` logs changes of accounts; this module logs refusals. Cheap refusals come in large numbers, so a limited
//! number of each kind is logged, together with the number that was left out. Forged links, unknown paths and missing
//! fields are normal for a public server, and are logged at DEBUG only.

use std::hint::cold_path;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use tracing::Level;

use super::faults::Fault;
use super::served::served_request;
use crate::log::Allowance;

static THROTTLED: Allowance = Allowance::new();
static FORBIDDEN: Allowance = Allowance::new();
static PUT_OFF: Allowance = Allowance::new();

/// Logs a refusal. `request` is missing if actix has dropped it.
pub(super) fn log(fault: &Fault, request: Option<&HttpRequest>) {
    match fault.status() {
        StatusCode::TOO_MANY_REQUESTS => warn(&THROTTLED, fault, request, "too many requests"),
        StatusCode::FORBIDDEN => warn(&FORBIDDEN, fault, request, "request forbidden"),
        StatusCode::SERVICE_UNAVAILABLE => warn(&PUT_OFF, fault, request, "a request is put off"),
        status if status.is_server_error() => {
            cold_path();
            let (code, path) = (fault.code().as_str(), path(request));
            let name = served_request();
            let client = name.as_ref().and_then(|name| name.client).map(tracing::field::display);
            let request_id = name.as_ref().map_or("", |name| &name.request_id);
            let cause = fault.cause().unwrap_or("no cause is known");
            tracing::error!(request_id, client, code, path, "request {request_id} failed: {cause}");
        }
        status if tracing::enabled!(Level::DEBUG) => {
            cold_path();
            let (status, code, path) = (status.as_u16(), fault.code().as_str(), path(request));
            tracing::debug!(status, code, path, "request refused");
        }
        _ => {}
    }
}

#[cold]
fn warn(allowance: &Allowance, fault: &Fault, request: Option<&HttpRequest>, what: &str) {
    let Some(withheld) = allowance.take() else { return };
    let (code, path, cause) = (fault.code().as_str(), path(request), fault.cause());
    // The number of such lines that were left out since the last one.
    let withheld = (withheld > 0).then_some(withheld);
    let name = served_request();
    let client = name.as_ref().and_then(|name| name.client).map(tracing::field::display);
    let request_id = name.as_ref().map(|name| name.request_id.as_str());
    tracing::warn!(request_id, client, code, path, cause, withheld, "{what}");
}

/// Returns the endpoint's own path pattern: the path that the client sent may contain anything.
fn path(request: Option<&HttpRequest>) -> Option<String> {
    request.and_then(HttpRequest::match_pattern)
}
