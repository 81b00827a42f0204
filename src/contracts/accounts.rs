//! The contract of django-rest-registration: one file for each capability.
//!
//! `docs/http-api/accounts.md` describes the paths, their requests and their answers.

mod claims;
mod confirmation;
mod email;
mod email_links;
mod new_password;
mod operations;
mod options;
mod passwords;
mod profile;
mod provider_operations;
mod providers;
mod registration;
mod sessions;
mod state;
mod tokens;
mod user_object;
mod welcome;
mod words;

use std::sync::Arc;

use actix_web::dev::Extensions;

use super::contract::Contract;
use crate::http::ErrorStyle;
use crate::http::endpoint::Endpoints;
use state::Handle;

pub(super) use state::AccountsContract;

impl Contract for AccountsContract {
    fn title(&self) -> (&'static str, &'static str) {
        ("accounts", "The endpoints of django-rest-registration, and more: sessions, identity providers.")
    }

    fn base_path(&self) -> &str {
        &self.options.base_path
    }

    fn error_style(&self) -> ErrorStyle {
        let (non_field_errors_key, challenge) =
            (self.options.non_field_errors_key.clone(), self.options.challenge.clone());
        ErrorStyle { non_field_errors_key, challenge }
    }

    fn add_state(self: Arc<Self>, data: &mut Extensions) {
        data.insert(Handle::new(self));
    }

    fn register(&self, endpoints: &mut Endpoints<'_>) {
        for endpoint in registration::endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints.add(sessions::open_endpoint(self));
        if self.pairs.is_some() {
            for endpoint in tokens::endpoints() {
                endpoints.add(endpoint);
            }
        } else {
            endpoints.add(sessions::logout_endpoint());
        }
        endpoints.add(sessions::list_endpoint());
        for endpoint in passwords::open_endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints
            .add(profile::endpoint(self))
            .add(passwords::guarded_endpoint(self))
            .add(email::verify_endpoint(self))
            .add(email::correct_endpoint(self))
            .add(email::guarded_endpoint(self));
        for endpoint in providers::open_endpoints(self) {
            endpoints.add(endpoint);
        }
        if !self.accounts.providers().is_empty() {
            endpoints.add(providers::own_endpoint()).add(providers::own_account_endpoint());
        }
        endpoints
            // Registered last, because actix matches it with a regular expression, which costs the requests of all
            // later endpoints time.
            .add(sessions::session_endpoint());
    }
}
