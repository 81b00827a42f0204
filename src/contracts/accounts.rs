//! The contract of django-rest-registration: one file for each capability.
//!
//! `docs/http-api/accounts.md` describes the paths, their requests and their answers.

mod claims;
mod confirmation;
mod email;
mod new_password;
mod options;
mod passwords;
mod profile;
mod registration;
mod sessions;
mod state;
mod user_object;
mod welcome;
mod words;

use std::sync::Arc;

use actix_web::web::ServiceConfig;

use super::contract::Contract;
use crate::http::{ErrorStyle, HttpOptions};
use state::Handle;

pub(super) use state::AccountsContract;

impl Contract for AccountsContract {
    fn prefix(&self) -> &str {
        self.options.base_path.trim_end_matches('/')
    }

    fn http_options(&self) -> HttpOptions {
        HttpOptions {
            body: self.site.body,
            errors: ErrorStyle { non_field_errors_key: self.options.non_field_errors_key.clone(), challenge: "Token" },
            origins: self.site.origins.clone(),
        }
    }

    fn register(self: Arc<Self>, scope: &mut ServiceConfig) {
        scope.app_data(Handle::new(Arc::clone(&self)));
        for endpoint in registration::endpoints(&self) {
            scope.service(endpoint);
        }
        scope.service(sessions::open_endpoint());
        for endpoint in sessions::guarded_endpoints() {
            scope.service(endpoint);
        }
        for endpoint in passwords::open_endpoints(&self) {
            scope.service(endpoint);
        }
        scope
            .service(profile::endpoint(&self))
            .service(passwords::guarded_endpoint(&self))
            .service(email::verify_endpoint(&self))
            .service(email::correct_endpoint(&self))
            .service(email::guarded_endpoint(&self))
            // Registered last, because actix matches it with a regular expression, which costs the requests of all
            // later endpoints time.
            .service(sessions::session_endpoint());
    }
}
