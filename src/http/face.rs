//! The face: what the handlers work with, and how they are mounted.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::{self, Data, ServiceConfig};

use super::body::BodyLimits;
use super::cors::{CorsOptions, Credentials, cors};
use super::endpoint::unknown_path;
use super::envelope::Envelope;
use super::throttle::Throttle;
use super::{HttpOptions, health, registration};
use crate::accounts::{Accounts, ServiceError};
use crate::clock::Seconds;
use crate::http::Fault;
use crate::settings::{Rate, Settings};

/// What the handlers work with. One for all threads.
pub struct Face {
    pub(super) accounts: Accounts,
    pub(super) throttles: Throttles,
    pub(super) register_password_confirm: bool,
    pub(super) password_max_length: usize,
    base_path: String,
    options: HttpOptions,
    cors: CorsOptions,
}

/// A budget for each endpoint that costs something.
pub(super) struct Throttles {
    pub(super) register: Throttle,
    pub(super) resend_verification: Throttle,
}

impl Face {
    /// A face for these accounts.
    pub fn new(accounts: Accounts, settings: &Settings) -> Self {
        let throttle = |rate: Rate| {
            if settings.throttle.enabled { Throttle::new(rate.per_hour, rate.burst) } else { Throttle::off() }
        };
        Self {
            accounts,
            throttles: Throttles {
                register: throttle(settings.throttle.register),
                resend_verification: throttle(settings.throttle.resend_verification),
            },
            register_password_confirm: settings.registration.password_confirm,
            password_max_length: settings.passwords.max_length,
            base_path: settings.server.base_path.clone(),
            options: HttpOptions {
                body: BodyLimits {
                    size_bytes: settings.server.body_limit_bytes,
                    read_for: settings.server.request_timeout,
                },
                ..HttpOptions::default()
            },
            cors: CorsOptions {
                origins: settings.cors.allowed_origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
                credentials: Credentials::Omitted,
            },
        }
    }

    /// The address that counts as the client's.
    pub(super) fn client_of(&self, request: &HttpRequest) -> Option<IpAddr> {
        request.peer_addr().map(|address| address.ip())
    }
}

/// Mounts the API beside an embedding program's own routes. Unknown paths below the base path get our 404.
pub fn mount(face: &Arc<Face>, config: &mut ServiceConfig) {
    config.service(
        web::scope(face.base_path.trim_end_matches('/'))
            .app_data(Data::from(Arc::clone(face)))
            .app_data(face.options.clone())
            .configure(|scope| api(face, scope))
            .default_service(web::to(unknown_path))
            .wrap(cors(&face.cors))
            .wrap(Envelope),
    );
}

fn api(face: &Face, config: &mut ServiceConfig) {
    for endpoint in registration::endpoints(face) {
        config.service(endpoint);
    }
}

/// Mounts the API, health checks, and our 404 for everything else.
pub fn mount_alone(face: &Arc<Face>, config: &mut ServiceConfig) {
    // Before the API, which answers for every path below its own: it may lie at the root.
    health::mount(face, config);
    mount(face, config);
    config.service(web::scope("").default_service(web::to(unknown_path)).wrap(Envelope));
    // `OPTIONS *` has no path at all.
    config.default_service(web::to(unknown_path));
}

/// Turns what no request is to blame for into 503, where trying again helps, or 500.
pub(super) fn service_fault(error: ServiceError) -> Fault {
    if error.is_transient() {
        tracing::warn!(%error, "a request is put off");
        return Fault::unavailable(Seconds::new(1));
    }
    Fault::internal(error)
}
