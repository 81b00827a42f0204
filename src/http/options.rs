//! What a site and a contract decide about their requests and answers.

use actix_web::HttpRequest;

use super::body::BodyLimits;
use super::faults::ErrorStyle;
use super::origins::AllowedOrigins;

/// What a site and a contract decide about their requests and answers; given to actix as app data of a scope.
///
/// Without it every answer follows the defaults.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpOptions {
    /// How much of a body is read, and for how long.
    pub body: BodyLimits,
    /// How errors are written.
    pub errors: ErrorStyle,
    /// The origins whose pages may have browsers change something, besides the API's own.
    pub origins: AllowedOrigins,
}

static DEFAULT_OPTIONS: HttpOptions =
    HttpOptions { body: BodyLimits::DEFAULT, errors: ErrorStyle::DEFAULT, origins: AllowedOrigins::NONE };

/// Returns the options this request is served under.
pub(crate) fn options_of(request: &HttpRequest) -> &HttpOptions {
    request.app_data::<HttpOptions>().unwrap_or(&DEFAULT_OPTIONS)
}
