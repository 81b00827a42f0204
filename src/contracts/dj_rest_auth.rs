//! The contract of dj-rest-auth: logins, users, passwords and registration, with tokens or JSON Web Tokens. With a few
//! other answers, and one JSON Web Token instead of two, it is also that of django-rest-auth, the package before it
//! ([`Edition`]); a site may serve both.
//!
//! `docs/http-api/dj-rest-auth.md` describes the paths, their requests and their answers, and
//! `docs/http-api/django-rest-auth.md` what is different in the older package.

mod claims;
mod edition;
mod login;
mod logout;
mod mailed_paths;
mod operations;
mod passwords;
mod record;
mod registration;
mod sessions;
mod social;
mod state;
mod tokens;
mod user;
mod verification;
mod words;

use std::sync::Arc;

use actix_web::dev::Extensions;

use super::access_tokens::TokenAnswers;
use super::contract::Contract;
use crate::http::ErrorStyle;
use crate::http::endpoint::Endpoints;
use state::{Handle, Logins};

pub(super) use edition::Edition;
pub(super) use state::DjRestAuthContract;

impl Contract for DjRestAuthContract {
    fn title(&self) -> (&'static str, &'static str) {
        match self.edition {
            Edition::DjRestAuth => {
                ("dj_rest_auth", "The endpoints of dj-rest-auth, a package for Django REST framework.")
            }
            Edition::DjangoRestAuth => {
                ("django_rest_auth", "The endpoints of django-rest-auth, the package before dj-rest-auth.")
            }
        }
    }

    fn token_answers(&self) -> Option<TokenAnswers> {
        matches!(self.logins, Logins::Single(_)).then_some(TokenAnswers::DrfJwt)
    }

    fn base_path(&self) -> &str {
        &self.base_path
    }

    fn error_style(&self) -> ErrorStyle {
        ErrorStyle { challenge: self.challenge.clone(), ..ErrorStyle::DEFAULT }
    }

    fn add_state(self: Arc<Self>, data: &mut Extensions) {
        if let Some(answers) = self.token_answers() {
            data.insert(answers);
        }
        data.insert(Handle::new(self));
    }

    fn register(&self, endpoints: &mut Endpoints<'_>) {
        for endpoint in verification::endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints.add(login::endpoint(self)).add(logout::endpoint(self));
        for endpoint in tokens::endpoints(self) {
            endpoints.add(endpoint);
        }
        endpoints.add(user::endpoint(self)).add(registration::endpoint(self));
        endpoints.add(passwords::change_endpoint(self)).add(mailed_paths::confirmation_endpoint());
        for endpoint in passwords::reset_endpoints(self) {
            endpoints.add(endpoint);
        }
        let (logins, connections) = social::provider_endpoints(self);
        for endpoint in logins {
            endpoints.add(endpoint);
        }
        for endpoint in connections.into_iter().chain(social::own_endpoints(self)) {
            endpoints.add(endpoint);
        }
    }
}
