//! The interface between a contract and the application that mounts it.

use std::sync::Arc;

use actix_web::dev::Extensions;

use super::access_tokens::TokenAnswers;
use crate::http::ErrorStyle;
use crate::http::endpoint::Endpoints;

/// What a contract must provide to be mounted.
pub(super) trait Contract: Send + Sync {
    /// Returns its name in the settings, with what it is for: for the description of the API.
    fn title(&self) -> (&'static str, &'static str);

    /// Returns what a refused access token is answered, where that is not what the site answers.
    fn token_answers(&self) -> Option<TokenAnswers> {
        None
    }

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
