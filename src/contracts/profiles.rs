//! The profiles of a well-known tutorial on djoser: `all-profiles` and `profile/{id}`, over the declared fields.
//!
//! `docs/http-api/profiles.md` describes the paths, their requests and their answers.

mod collection;
mod one;
mod operations;
mod shown;
mod state;
mod words;

use std::sync::Arc;

use actix_web::dev::Extensions;

use super::contract::Contract;
use crate::http::ErrorStyle;
use crate::http::endpoint::Endpoints;
use state::Handle;

pub(super) use state::ProfilesContract;

impl Contract for ProfilesContract {
    fn title(&self) -> (&'static str, &'static str) {
        ("profiles", "The profiles of a tutorial on djoser, over the declared fields.")
    }

    fn base_path(&self) -> &str {
        &self.base_path
    }

    fn error_style(&self) -> ErrorStyle {
        ErrorStyle { challenge: self.challenge.clone(), ..ErrorStyle::DEFAULT }
    }

    fn add_state(self: Arc<Self>, data: &mut Extensions) {
        data.insert(Handle::new(self));
    }

    fn register(&self, endpoints: &mut Endpoints<'_>) {
        endpoints.add(collection::endpoint(self)).add(one::endpoint(self));
    }
}
