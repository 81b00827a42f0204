//! The HTTP face: actix-web lives here and nowhere else.
//!
//! What every endpoint shares is in the files below; each capability has one file of its own beside them.
//!
//! ```text
//! envelope     request id, security headers, JSON for whatever else fails
//!   cors       answers browsers of other origins
//!     endpoint negotiation → gate (login) → method → switch → body → the handler
//!       fields reads a body, collecting all field errors
//!       faults what an error answer says, and how it is written
//! ```

mod authentication;
pub mod body;
mod client_address;
mod connections;
mod cookies;
pub mod cors;
mod email;
pub mod endpoint;
pub mod envelope;
mod face;
pub mod faults;
pub mod fields;
mod health;
mod members;
pub mod negotiation;
mod origins;
mod outcome;
mod passwords;
mod profile;
mod registration;
pub mod reply;
mod same_origin;
mod served;
mod sessions;
mod throttle;
mod user_object;

#[cfg(test)]
mod tests;

use actix_web::HttpRequest;

pub use actix_web::web::ServiceConfig;

pub use body::{Body, BodyLimits};
pub use connections::Connections;
pub use endpoint::{Endpoint, unknown_path};
pub use envelope::Envelope;
pub use face::{Face, application, mount};
pub use faults::{ErrorStyle, Fault};
pub use origins::AllowedOrigins;
pub use served::served_request;

use face::service_fault;

/// What a site decides about its HTTP face; handed to actix as app data.
///
/// Without it every answer follows the defaults.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// How much of a body is read, and for how long.
    pub body: BodyLimits,
    /// How errors are written.
    pub errors: ErrorStyle,
    /// The origins whose pages may have browsers change something, besides the API's own.
    pub origins: AllowedOrigins,
}

static DEFAULT_OPTIONS: HttpOptions =
    HttpOptions { body: BodyLimits::DEFAULT, errors: ErrorStyle::DEFAULT, origins: AllowedOrigins::NONE };

/// The options this request is served under.
pub fn options_of(request: &HttpRequest) -> &HttpOptions {
    request.app_data::<HttpOptions>().unwrap_or(&DEFAULT_OPTIONS)
}
