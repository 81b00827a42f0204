//! `/.well-known/jwks.json`: the public keys that verify JSON Web Tokens, for other services (RFC 7517).
//!
//! It stands at the root of the site, where a contract serves tokens that private keys sign. Pages of every origin may
//! read it, since it holds nothing that is secret.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource};

use super::site::{Site, SiteHandle};
use crate::http::Envelope;
use crate::http::endpoint::{DescribedEndpoint, Member, Operation, Shape};
use crate::http::reply::JSON;

const PATH: &str = "/.well-known/jwks.json";

/// How long clients may keep the keys. `settings.toml` and `docs/tokens.md` name this time: a new key must be published
/// for as long before it signs.
const KEPT_FOR: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Mounts the keys in the program's own application, if there are any.
pub(super) fn mount(site: &Site, config: &mut ServiceConfig) {
    if site.public_keys.is_some() {
        config.service(resource());
    }
}

/// Mounts the keys in another program's application, if there are any.
pub(super) fn mount_embedded(site: &Site, config: &mut ServiceConfig) {
    if site.public_keys.is_some() {
        config.service(resource().wrap(Envelope::behind(&site.trusted_proxies)));
    }
}

/// Describes the path, if there are keys.
pub(super) fn described(site: &Site) -> Option<DescribedEndpoint> {
    let keys = Shape::object([Member::new("keys", Shape::AnyObject.listed())]);
    let operation = Operation::new("key_set", "The public keys that verify JSON Web Tokens").answers(
        StatusCode::OK,
        "A JSON Web Key Set (RFC 7517).",
        keys,
    );
    site.public_keys.as_ref().map(|_| DescribedEndpoint::beside_contracts(PATH, operation))
}

fn resource() -> Resource {
    web::resource(PATH).route(web::get().to(public_keys)).route(web::head().to(public_keys))
}

async fn public_keys(site: SiteHandle) -> HttpResponse {
    let keys = site.public_keys.clone().unwrap_or_default();
    let mut response = HttpResponse::Ok().body(keys);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, KEPT_FOR);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
