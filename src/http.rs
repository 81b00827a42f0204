//! A small REST dialect on actix-web: bodies, fields, faults, endpoints, negotiation, CORS, throttles, connections.
//!
//! It knows no path, no user and no contract. What differs between contracts comes as a value, [`HttpOptions`].
//!
//! ```text
//! envelope     request id, security headers, JSON for whatever else fails
//!   cors       answers browsers of other origins
//!     endpoint negotiation → gate (login) → method → switch → body → the handler
//!       fields reads a body, collecting all field errors
//!       faults what an error answer says, and how it is written
//! ```

pub mod body;
pub(crate) mod client_address;
pub(crate) mod connections;
pub mod cors;
pub mod endpoint;
pub mod envelope;
pub mod faults;
pub mod fields;
mod members;
pub mod negotiation;
mod options;
mod origins;
mod outcome;
pub mod reply;
pub(crate) mod same_origin;
mod served;
pub(crate) mod throttle;

#[cfg(test)]
mod tests;

pub use actix_web::web::ServiceConfig;

pub use body::{Body, BodyLimits};
pub use connections::Connections;
pub use endpoint::{Endpoint, unknown_path};
pub use envelope::Envelope;
pub use faults::{ErrorStyle, Fault};
pub use options::{HttpOptions, options_of};
pub use origins::AllowedOrigins;
pub use served::served_request;
