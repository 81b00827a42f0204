//! Puts the rooms together: opens what the settings name, gives each room its dependencies, and starts the background
//! tasks.

mod background;
pub(crate) mod database;
mod description;
pub(crate) mod identity_providers;
mod metrics;
mod moving;
mod preparation;
mod server;
mod signals;
mod start_error;
mod verification_url;

pub(crate) use crate::http::served_request;
pub(crate) use crate::mail::{ExistingTemplates, ExportTemplatesError};
pub use background::Background;
pub(crate) use description::openapi;
pub use description::served_openapi;
pub(crate) use server::runs_as_root;
pub use server::{Listening, MetricsListening, Signals, Started, listen, listen_for_metrics, serve};
pub use start_error::StartError;
pub use verification_url::{VerificationUrl, VerificationUrlError};

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Notify;

use crate::accounts::{Accounts, Hooks, Parts};
use crate::clock::Clock;
use crate::contracts::Contracts;
use crate::http::ServiceConfig;
use crate::links::{AuthorizationStates, BrowserMarks, IdempotencyDigests, LinkSigner};
use crate::mail::{self, Dispatcher, DispatcherError, MailQueue, MailWorker, PagesByContract, Transport};
use crate::metrics::Metrics;
use crate::passwords::{HashingParameters, PasswordHasher, PasswordRules};
use crate::providers::Providers;
use crate::settings::Settings;
use crate::store::Store;
use crate::tokens::TokenSigner;

/// An account server, ready to be mounted in an actix-web application or to be served alone. Clones share it.
///
/// # Example
///
/// ```no_run
/// use actix_web::{App, HttpServer};
/// use countersign::{Countersign, Settings};
///
/// #[actix_web::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let settings = Settings::load(None, std::env::vars())?;
///     let countersign = Countersign::builder(settings).start().await?;
///     let background = countersign.start_background();
///     let accounts = countersign.clone();
///     HttpServer::new(move || App::new().configure(accounts.routes())).bind(("localhost", 8000))?.run().await?;
///     background.stop().await;
///     countersign.close().await;
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Countersign {
    settings: Arc<Settings>,
    accounts: Accounts,
    worker: Arc<MailWorker>,
    contracts: Arc<Contracts>,
    metrics: Metrics,
    generated_secrets: Vec<PathBuf>,
}

/// A builder of an account server.
pub struct Builder {
    settings: Settings,
    clock: Clock,
    hooks: Option<Arc<dyn Hooks>>,
    mail_transport: Option<Box<dyn Transport>>,
}

impl Builder {
    /// Reports events of accounts to `hooks`.
    #[must_use]
    pub fn hooks(mut self, hooks: impl Hooks) -> Self {
        self.hooks = Some(Arc::new(hooks));
        self
    }

    /// Sends mails through `transport` instead of a built-in one. Requires `mail.transport = "custom"`.
    #[must_use]
    pub fn mail_transport(mut self, transport: impl Transport) -> Self {
        self.mail_transport = Some(Box::new(transport));
        self
    }

    /// Uses `clock` instead of the machine's, for tests.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Opens the database, runs pending migrations if the settings allow it, and builds the server.
    ///
    /// # Errors
    ///
    /// Each [`StartError`] except those of listening and serving.
    pub async fn start(self) -> Result<Countersign, StartError> {
        let Self { mut settings, clock, hooks, mail_transport } = self;
        settings.refuse_what_production_lacks()?;
        let generated_secrets = [settings.generate_missing_link_secret()?, settings.generate_missing_jwt_secret()?]
            .into_iter()
            .flatten()
            .collect();
        let pages = PagesByContract::of(&settings);
        let dispatcher = match mail_transport {
            Some(transport) => Dispatcher::with_transport(&settings.mail, &pages, transport)?,
            None => Dispatcher::open(&settings.mail, &pages)?,
        };
        let store = if settings.database.migrate_at_start {
            Store::open_or_make(settings.database.clone()).await?
        } else {
            Store::open(settings.database.clone()).await?
        };
        preparation::prepare(&store, &settings).await?;
        let passwords = &settings.passwords;
        let cost = HashingParameters::new(passwords.memory_kib, passwords.passes, passwords.parallelism)?;
        let hasher = PasswordHasher::start(cost, passwords.implementation, passwords.threads, passwords.queue)
            .map_err(StartError::Hasher)?;
        let metrics = if settings.metrics.bind.is_some() { Metrics::counting() } else { Metrics::default() };

        let signer_key = settings.passwords.firebase_signer_key.clone();
        let hasher = hasher.with_signer_key(signer_key).counted_by(metrics.clone());
        let parts = parts(&settings, store.clone(), hasher, clock.clone(), hooks, metrics.clone())?;
        let (signer, new_mail) = (Arc::clone(&parts.signer), Arc::clone(&parts.new_mail));
        let accounts = Accounts::new(parts);
        let worker = MailWorker::new(store, signer, dispatcher, pages, clock, new_mail, &settings);
        let worker = worker.counted_by(metrics.clone());
        let contracts = Contracts::new(accounts.clone(), &settings);
        Ok(Countersign {
            settings: Arc::new(settings),
            accounts,
            worker: Arc::new(worker),
            contracts: Arc::new(contracts),
            metrics,
            generated_secrets,
        })
    }
}

impl Countersign {
    /// Returns a builder with these settings.
    pub fn builder(settings: Settings) -> Builder {
        Builder { settings, clock: Clock::System, hooks: None, mail_transport: None }
    }

    /// Returns the routes for [`actix_web::App::configure`]: those of each contract, below its base path, and where
    /// private keys sign JSON Web Tokens `/.well-known/jwks.json`. Services registered earlier go before these.
    pub fn routes(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
        let contracts = Arc::clone(&self.contracts);
        move |config| contracts.mount(config)
    }

    /// Returns the operations, for a program that wants to call them without HTTP.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Returns the settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the worker that sends the mails in the outbox.
    pub fn mail_worker(&self) -> &Arc<MailWorker> {
        &self.worker
    }

    /// Returns the waiting and parked mails, for an operator to list and to retry.
    pub fn mail_queue(&self) -> MailQueue {
        self.worker.queue()
    }

    /// Closes the database. Work that was begun is finished, and on SQLite the write-ahead log is copied into the
    /// database file. Every operation of every clone fails from then on. Without this call, the database is closed with
    /// the last clone, which a server's threads may hold until the process ends.
    pub async fn close(&self) {
        self.accounts.store().close().await;
    }

    /// Starts the mail worker and housekeeping. Without them mails wait in the outbox.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime; actix-web brings one.
    pub fn start_background(&self) -> Background {
        let patience = self.settings.server.shutdown_timeout.duration();
        Background::start(Arc::clone(&self.worker), self.accounts.clone(), patience)
    }
}

/// Puts together what the operations on accounts need.
///
/// # Errors
///
/// When a secret cannot be used, or identity providers cannot be asked.
fn parts(
    settings: &Settings,
    store: Store,
    hasher: PasswordHasher,
    clock: Clock,
    hooks: Option<Arc<dyn Hooks>>,
    metrics: Metrics,
) -> Result<Parts, StartError> {
    let tokens = match settings.contracts.serve_jwt() {
        true => {
            let signer = TokenSigner::new(&settings.jwt)?;
            let serves_single = settings.contracts.django_rest_auth.serves_jwt();
            Some(Arc::new(if serves_single { signer.accepting_single_tokens() } else { signer }))
        }
        false => None,
    };
    let passwords = &settings.passwords;
    Ok(Parts {
        mode: settings.mode,
        store,
        hasher,
        metrics,
        rules: PasswordRules {
            minimum_length: passwords.min_length,
            refuses_similar: passwords.reject_similar,
            refuses_common: passwords.reject_common,
            refuses_numeric: passwords.reject_numeric,
        },
        signer: Arc::new(LinkSigner::new(&settings.links.secrets)?),
        old_links: moving::old_links(&settings.moving),
        old_tokens: moving::old_tokens(&settings.moving),
        tokens,
        browsers: BrowserMarks::new(&settings.links.secrets),
        idempotency: IdempotencyDigests::new(&settings.links.secrets),
        providers: Providers::open_with_clock(&settings.providers, clock.clone())?,
        authorization_states: AuthorizationStates::new(&settings.links.secrets),
        clock,
        new_mail: Arc::new(Notify::new()),
        find_request: served_request,
        hooks,
        profile_fields: settings.profile_fields.clone(),
        registration: settings.registration.clone(),
        users: settings.users.clone(),
        login: settings.login.clone(),
        throttle: settings.throttle.clone(),
        sessions: settings.sessions.clone(),
        jwt: settings.jwt.clone(),
        change_password: settings.change_password.clone(),
        reset_password: settings.reset_password.clone(),
        change_email: settings.change_email.clone(),
    })
}

/// Loads the templates and sets up the mail transport.
///
/// # Errors
///
/// When a template is wrong or the transport cannot be set up.
pub(crate) fn open_dispatcher(settings: &Settings) -> Result<Dispatcher, DispatcherError> {
    Dispatcher::open(&settings.mail, &PagesByContract::of(settings))
}

/// Writes the built-in templates of the mails below `directory`, and returns how many files it wrote.
///
/// # Errors
///
/// When existing files differ and are to be kept, or a file cannot be written.
pub(crate) fn export_templates(directory: &Path, existing: ExistingTemplates) -> Result<usize, ExportTemplatesError> {
    mail::export_templates(directory, existing)
}
