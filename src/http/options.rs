//! The options of a site and a contract for their requests and answers.

use actix_web::HttpRequest;

use super::body::BodyLimits;
use super::faults::ErrorStyle;
use super::origins::AllowedOrigins;

/// The options of a site and a contract for their requests and answers; passed to actix as app data of a scope.
///
/// Without them every answer follows the defaults.
#[derive(Clone, Debug, Default)]
pub(crate) struct HttpOptions {
    /// The limits of size and time for reading a body.
    pub body: BodyLimits,
    /// How errors are written.
    pub errors: ErrorStyle,
    /// The origins whose pages may send requests that change data, besides the API's own origin.
    pub origins: AllowedOrigins,
}

static DEFAULT_OPTIONS: HttpOptions =
    HttpOptions { body: BodyLimits::DEFAULT, errors: ErrorStyle::DEFAULT, origins: AllowedOrigins::NONE };

/// Returns the options for this request.
pub(crate) fn options_of(request: &HttpRequest) -> &HttpOptions {
    request.app_data::<HttpOptions>().unwrap_or(&DEFAULT_OPTIONS)
}
