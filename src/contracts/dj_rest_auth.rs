//! The contract of dj-rest-auth: logins, users, passwords and registration, with tokens.
//!
//! `docs/http-api/dj-rest-auth.md` describes the paths, their requests and their answers.

mod claims;
mod login;
mod mailed_paths;
mod passwords;
mod record;
mod registration;
mod sessions;
mod state;
mod user;
mod verification;
mod words;

use std::sync::Arc;

use actix_web::dev::Extensions;

use super::contract::Contract;
use crate::http::endpoint::Endpoints;
use state::Handle;

pub(super) use state::DjRestAuthContract;

impl Contract for DjRestAuthContract {
    fn base_path(&self) -> &str {
        &self.base_path
    }

    fn add_state(self: Arc<Self>, data: &mut Extensions) {
        data.insert(Handle::new(self));
    }

    fn register(&self, endpoints: &mut Endpoints<'_>) {
        for endpoint in verification::endpoints() {
            endpoints.add(endpoint);
        }
        endpoints.add(login::login_endpoint(self)).add(login::logout_endpoint());
        endpoints.add(user::endpoint(self)).add(registration::endpoint(self));
        endpoints.add(passwords::change_endpoint(self)).add(mailed_paths::confirmation_endpoint());
        for endpoint in passwords::reset_endpoints(self) {
            endpoints.add(endpoint);
        }
    }
}
