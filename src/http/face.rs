//! The face: what the handlers work with, and how they are mounted.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpRequest};
use ipnet::IpNet;

use super::body::BodyLimits;
use super::client_address::{UnknownProxies, client_address};
use super::cookies::Cookies;
use super::cors::{CorsOptions, Credentials, cors};
use super::endpoint::unknown_path;
use super::envelope::Envelope;
use super::origins::AllowedOrigins;
use super::passwords::Confirmation;
use super::throttle::Throttle;
use super::{ErrorStyle, HttpOptions, email, health, passwords, profile, registration, sessions};
use crate::accounts::{Accounts, ServiceError};
use crate::clock::Seconds;
use crate::http::Fault;
use crate::settings::{Rate, Settings, UserField};

/// Characters of a password that is changed, reset or logged in with, at most. The reference has no limit there; this
/// one keeps the work of normalising bounded.
const LONGEST_PASSWORD: usize = 1_024;

/// What the handlers work with. One for all threads.
pub struct Face {
    pub(super) accounts: Accounts,
    pub(super) throttles: Throttles,
    pub(super) shown_fields: Vec<UserField>,
    pub(super) editable_fields: Vec<UserField>,
    pub(super) register_email_required: bool,
    pub(super) register_confirmation: Confirmation,
    pub(super) change_confirmation: Confirmation,
    pub(super) reset_confirmation: Confirmation,
    pub(super) reset_by_email: bool,
    pub(super) reset_conceals_unknown: bool,
    pub(super) register_password_max_length: usize,
    pub(super) password_max_length: usize,
    pub(super) login_token: bool,
    pub(super) login_cookie: bool,
    pub(super) cookies: Cookies,
    pub(super) registration_link_expires_after: Seconds,
    /// The frontends that may call from other origins.
    pub(super) origins: AllowedOrigins,
    trusted_proxies: Vec<IpNet>,
    unknown_proxies: UnknownProxies,
    base_path: String,
    options: HttpOptions,
    cors: CorsOptions,
}

/// A budget for each endpoint that costs something.
pub(super) struct Throttles {
    pub(super) register: Throttle,
    pub(super) resend_verification: Throttle,
    pub(super) login: Throttle,
    pub(super) send_reset_link: Throttle,
    pub(super) reset_password: Throttle,
    pub(super) register_email: Throttle,
    pub(super) sessions: Throttle,
}

/// The face as handlers take it. Each worker has a handle of its own to take copies of: threads that count references in
/// one place slow each other down.
pub(super) type FaceHandle = Data<Arc<Face>>;

impl Face {
    /// A face for these accounts.
    pub fn new(accounts: Accounts, settings: &Settings) -> Self {
        let throttle = |rate: Rate| {
            if settings.throttle.enabled { Throttle::new(rate.per_hour, rate.burst) } else { Throttle::off() }
        };
        // A site without usernames has none to show, whatever its lists say.
        let mut shown_fields = settings.users.fields.clone();
        shown_fields.retain(|field| *field != UserField::Username || accounts.have_usernames());
        let origins = AllowedOrigins::of(settings);
        Self {
            accounts,
            throttles: Throttles {
                register: throttle(settings.throttle.register),
                resend_verification: throttle(settings.throttle.resend_verification),
                login: throttle(settings.throttle.login),
                send_reset_link: throttle(settings.throttle.send_reset_link),
                reset_password: throttle(settings.throttle.reset_password),
                register_email: throttle(settings.throttle.register_email),
                sessions: throttle(settings.throttle.sessions),
            },
            shown_fields,
            editable_fields: settings.users.editable_fields.clone(),
            register_email_required: settings.registration.email_required,
            register_confirmation: Confirmation::asked_if(settings.registration.password_confirm),
            change_confirmation: Confirmation::asked_if(settings.change_password.password_confirm),
            reset_confirmation: Confirmation::asked_if(settings.reset_password.password_confirm),
            reset_by_email: settings.reset_password.by_email,
            reset_conceals_unknown: settings.reset_password.conceal_unknown,
            login_token: settings.login.token,
            login_cookie: settings.login.cookie,
            cookies: Cookies::of(&settings.sessions),
            registration_link_expires_after: settings.registration.expires_after,
            origins: origins.clone(),
            trusted_proxies: settings.server.trusted_proxies.clone(),
            unknown_proxies: UnknownProxies::default(),
            register_password_max_length: settings.passwords.max_length,
            password_max_length: settings.passwords.max_length.max(LONGEST_PASSWORD),
            base_path: settings.server.base_path.clone(),
            options: HttpOptions {
                body: BodyLimits {
                    size_bytes: settings.server.body_limit_bytes,
                    read_for: settings.server.request_timeout,
                },
                errors: ErrorStyle {
                    non_field_errors_key: settings.server.non_field_errors_key.clone().map(Into::into),
                },
                origins: origins.clone(),
            },
            cors: CorsOptions {
                origins,
                headers: settings.cors.allowed_headers.clone(),
                credentials: if settings.login.cookie || settings.registration.auto_login {
                    Credentials::Included
                } else {
                    Credentials::Omitted
                },
            },
        }
    }

    /// The address that counts as the client's.
    pub(super) fn client_of(&self, request: &HttpRequest) -> Option<IpAddr> {
        self.unknown_proxies.watch(request, &self.trusted_proxies);
        client_address(request, &self.trusted_proxies)
    }

    /// What every path begins with; empty at the root.
    fn prefix(&self) -> &str {
        self.base_path.trim_end_matches('/')
    }

    /// Whether users may change this in their profile.
    pub(super) fn is_editable(&self, field: UserField) -> bool {
        self.editable_fields.contains(&field) && self.shown_fields.contains(&field)
    }
}

/// Mounts the API beside an embedding program's own routes. Unknown paths below the base path get our 404.
pub fn mount(face: &Arc<Face>, config: &mut ServiceConfig) {
    config.service(
        web::scope(face.prefix())
            .app_data(FaceHandle::new(Arc::clone(face)))
            .app_data(face.options.clone())
            .configure(|scope| api(face, "", scope))
            .default_service(web::to(unknown_path))
            .wrap(cors(&face.cors))
            .wrap(Envelope::behind(&face.trusted_proxies)),
    );
}

/// An application of the API, health checks, and our 404 for everything else. Its paths are not in a scope, which would
/// cost each request another look for its endpoint and another box.
pub fn application(
    face: &Arc<Face>,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse, Error = actix_web::Error, InitError = ()>
    + use<>,
> {
    App::new()
        .app_data(FaceHandle::new(Arc::clone(face)))
        .app_data(face.options.clone())
        .configure(|config| api(face, face.prefix(), config))
        .configure(health::mount)
        .default_service(web::to(unknown_path))
        .wrap(cors(&face.cors))
        .wrap(Envelope::behind(&face.trusted_proxies))
}

/// Registers the endpoints below `prefix`.
fn api(face: &Face, prefix: &str, config: &mut ServiceConfig) {
    for endpoint in registration::endpoints(face) {
        config.service(endpoint.below(prefix));
    }
    for endpoint in sessions::open_endpoints() {
        config.service(endpoint.below(prefix));
    }
    for endpoint in sessions::guarded_endpoints() {
        config.service(endpoint.below(prefix));
    }
    for endpoint in passwords::open_endpoints(face) {
        config.service(endpoint.below(prefix));
    }
    config
        .service(profile::endpoint(face).below(prefix))
        .service(passwords::guarded_endpoint(face).below(prefix))
        .service(email::verify_endpoint(face).below(prefix))
        .service(email::correct_endpoint(face).below(prefix))
        .service(email::guarded_endpoint(face).below(prefix))
        // Last, because actix matches it with a regular expression, which the requests of all later endpoints pay for.
        .service(sessions::session_endpoint().below(prefix));
}

/// Turns what no value of a request is to blame for into 429, or 503 where trying again helps, or 500.
pub(super) fn service_fault(error: ServiceError) -> Fault {
    if let ServiceError::Throttled { retry_after } = error {
        return Fault::too_many_requests(retry_after);
    }
    if error.is_transient() {
        return Fault::unavailable(Seconds::new(1)).because(error);
    }
    Fault::internal(error)
}
