//! The interface between a contract and the application that mounts it.

use std::sync::Arc;

use actix_web::dev::Extensions;

use crate::http::ErrorStyle;
use crate::http::endpoint::Endpoints;

/// What a contract must provide to be mounted.
pub(super) trait Contract: Send + Sync {
    /// Returns the base path of all its endpoints; begins and ends with a slash.
    fn base_path(&self) -> &str;

    /// Returns how its errors are written.
    fn error_style(&self) -> ErrorStyle {
        ErrorStyle::DEFAULT
    }

    /// Adds the state of its handlers to the app data of its requests.
    fn add_state(self: Arc<Self>, data: &mut Extensions);

    /// Registers its endpoints.
    fn register(&self, endpoints: &mut Endpoints<'_>);
}
