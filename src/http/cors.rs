//! Lets the configured frontends of other origins call the API from a browser.

use actix_cors::Cors;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, RETRY_AFTER,
};
use actix_web::middleware::Condition;

use crate::clock::Seconds;

use super::envelope::X_REQUEST_ID;
use super::faults::{RATELIMIT_REMAINING, RATELIMIT_RESET};

/// Which browsers may call the API from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsOptions {
    /// Origins as browsers send them: scheme, host and, where it is not the scheme's own, port. No final slash.
    pub origins: Vec<String>,
    /// Whether requests may carry cookies.
    pub credentials: Credentials,
}

/// Whether a request from another origin may carry the user's cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Tokens only.
    #[default]
    Omitted,
    /// Cookies too: for sites that log in by cookie across origins.
    Included,
}

/// How long a browser may remember what it was allowed.
const REMEMBERED_FOR: Seconds = Seconds::new(3600);

/// Makes the middleware; without origins it is not in the way of any request.
pub fn cors(options: &CorsOptions) -> Condition<Cors> {
    let allowed = options.origins.iter().fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    let allowed = allowed
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers([ACCEPT, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE, X_REQUEST_ID])
        .allowed_header(HeaderName::from_static("x-csrftoken"))
        .expose_headers([X_REQUEST_ID, RETRY_AFTER, RATELIMIT_REMAINING, RATELIMIT_RESET])
        .max_age(usize::try_from(REMEMBERED_FOR.get()).ok());
    let allowed = match options.credentials {
        Credentials::Omitted => allowed,
        Credentials::Included => allowed.supports_credentials(),
    };
    Condition::new(!options.origins.is_empty(), allowed)
}
