//! The interface between a contract and the application that mounts it.

use std::sync::Arc;

use actix_web::web::ServiceConfig;

use crate::http::HttpOptions;

/// What a contract must provide to be mounted.
pub(super) trait Contract: Send + Sync {
    /// Returns the base path of all its endpoints, without the final slash; empty at the root.
    fn prefix(&self) -> &str;

    /// Returns the options for reading its requests and writing its errors.
    fn http_options(&self) -> HttpOptions;

    /// Registers the endpoints, and the state of their handlers.
    fn register(self: Arc<Self>, scope: &mut ServiceConfig);
}
