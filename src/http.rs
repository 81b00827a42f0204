//! A small REST dialect on actix-web: bodies, fields, faults, endpoints, negotiation, CORS, throttles, connections.
//!
//! This module knows no path, no user and no contract. What differs between contracts is in a value, [`HttpOptions`].
//!
//! ```text
//! envelope     request id, security headers, JSON for whatever else fails
//!   cors       answers browsers of other origins
//!     endpoint negotiation → gate (login) → method → switch → body → the handler
//!       fields reads a body, collecting all field errors
//!       faults what an error answer says, and how it is written
//! ```

pub(crate) mod base_url;
pub(crate) mod body;
pub(crate) mod client_address;
pub(crate) mod connections;
pub(crate) mod cors;
pub(crate) mod endpoint;
pub(crate) mod envelope;
pub(crate) mod faults;
pub(crate) mod fields;
pub(crate) mod idempotency;
mod members;
pub(crate) mod negotiation;
mod options;
mod origins;
mod outcome;
pub(crate) mod query;
mod rate_limit;
pub(crate) mod rebinding;
pub(crate) mod reply;
pub(crate) mod same_origin;
mod served;
pub(crate) mod throttle;

#[cfg(test)]
mod tests;

pub(crate) use actix_web::web::ServiceConfig;

pub(crate) use body::BodyLimits;
pub(crate) use connections::Connections;
pub(crate) use endpoint::unknown_path;
pub(crate) use envelope::Envelope;
pub(crate) use faults::{ErrorStyle, Fault};
pub(crate) use options::{HttpOptions, options_of};
pub(crate) use origins::AllowedOrigins;
pub(crate) use served::served_request;
