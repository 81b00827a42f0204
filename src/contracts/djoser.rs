//! The contract of djoser: users, activation, passwords, login names and tokens.
//!
//! `docs/http-api/djoser.md` describes the paths, their requests and their answers.

mod activation;
mod claims;
mod current_password;
mod jwt;
mod login_name;
mod naming;
mod operations;
mod options;
mod passwords;
mod provider_operations;
mod providers;
mod record;
mod records;
mod retype;
mod root;
mod state;
mod tokens;
mod users;
mod words;

use std::sync::Arc;

use actix_web::dev::Extensions;

use super::contract::Contract;
use crate::http::ErrorStyle;
use crate::http::endpoint::Endpoints;
use state::Handle;

pub(super) use state::DjoserContract;

impl Contract for DjoserContract {
    fn title(&self) -> (&'static str, &'static str) {
        ("djoser", "The endpoints of djoser, a package for Django REST framework.")
    }

    fn base_path(&self) -> &str {
        &self.options.base_path
    }

    fn error_style(&self) -> ErrorStyle {
        ErrorStyle { challenge: self.options.challenge.clone(), ..ErrorStyle::DEFAULT }
    }

    fn add_state(self: Arc<Self>, data: &mut Extensions) {
        data.insert(Handle::new(self));
    }

    fn register(&self, endpoints: &mut Endpoints<'_>) {
        for endpoint in activation::endpoints(self) {
            endpoints.add(endpoint);
        }
        if self.options.serves_tokens {
            endpoints.add(tokens::login_endpoint(self)).add(tokens::logout_endpoint());
        }
        for endpoint in jwt::endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints.add(records::own_endpoint(self)).add(users::endpoint(self));
        endpoints.add(passwords::set_endpoint(self));
        for endpoint in passwords::reset_endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints.add(login_name::set_endpoint(self));
        for endpoint in login_name::reset_endpoints(self) {
            endpoints.add(endpoint);
        }
        for endpoint in providers::endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints
            .add(root::endpoint())
            // Registered last, because actix matches it with a regular expression, and it also matches the paths above.
            .add(records::endpoint(self));
    }
}
