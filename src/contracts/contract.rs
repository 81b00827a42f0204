//! What a contract is to the application that mounts it.

use std::sync::Arc;

use actix_web::web::ServiceConfig;

use crate::http::HttpOptions;

/// What a contract must tell to be mounted.
pub(super) trait Contract: Send + Sync {
    /// Returns the path that all its endpoints stand below, without the final slash; empty at the root.
    fn prefix(&self) -> &str;

    /// Returns how its requests are read and its errors are written.
    fn http_options(&self) -> HttpOptions;

    /// Registers the endpoints, and the state that their handlers take.
    fn register(self: Arc<Self>, scope: &mut ServiceConfig);
}
