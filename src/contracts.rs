//! The HTTP contracts: for each family of frontends the paths, fields, messages and statuses that it expects.
//!
//! Each contract is a folder that can be read alone, and none imports another. The other files hold what they share:
//! the site's state ([`site`]), the logged-in user ([`credentials`]), the session's cookies, the sentences of Django.

mod access_tokens;
mod accounts;
mod activation;
mod contract;
mod cookies;
mod credentials;
mod declared_fields;
mod dj_rest_auth;
mod djoser;
mod health;
mod id_value;
mod key_set;
mod names;
mod openapi;
mod paging;
mod password_field;
mod profiles;
mod provider_logins;
mod registering;
mod service_faults;
mod session_tokens;
mod site;
mod token_pairs;
mod tutorial;
mod user_values;
mod words;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::App;
use actix_web::dev::{Extensions, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::web::{self, ServiceConfig};

use crate::accounts::Accounts;
use crate::http::cors::cors;
use crate::http::endpoint::{Counted, Endpoints};
use crate::http::{Envelope, ErrorStyle, unknown_path};
use crate::settings::Settings;
pub use credentials::{LoggedInUser, require_login};

use contract::Contract;
use openapi::{DescribedContract, Schemes};
use site::{Site, SiteHandle};

/// The contracts that a site serves, ready to be mounted. All threads use the same ones.
pub(crate) struct Contracts {
    site: Arc<Site>,
    served: Vec<Arc<dyn Contract>>,
    /// The name of each contract in the settings, by its base path.
    names: BTreeMap<String, &'static str>,
}

impl Contracts {
    /// Creates the contracts that the settings switch on.
    pub(crate) fn new(accounts: Accounts, settings: &Settings) -> Self {
        let site = Arc::new(Site::new(accounts, settings));
        let mut served: Vec<Arc<dyn Contract>> = Vec::new();
        if settings.contracts.accounts.enabled {
            served.push(Arc::new(accounts::AccountsContract::new(&site, settings)));
        }
        if settings.contracts.djoser.enabled {
            served.push(Arc::new(djoser::DjoserContract::new(&site, settings)));
        }
        for edition in dj_rest_auth::Edition::ALL {
            if edition.settings(settings).enabled {
                served.push(Arc::new(dj_rest_auth::DjRestAuthContract::new(&site, settings, edition)));
            }
        }
        if settings.contracts.profiles.enabled {
            served.push(Arc::new(profiles::ProfilesContract::new(&site, settings)));
        }
        if settings.contracts.tutorial.enabled {
            served.push(Arc::new(tutorial::TutorialContract::new(&site, settings)));
        }
        // The longest base path first: one contract may stand below the base path of another.
        served.sort_by_key(|contract| Reverse(contract.base_path().len()));
        let names = settings.contracts.enabled().map(|(name, base_path)| (base_path.to_owned(), name)).collect();
        Self { site, served, names }
    }

    /// Mounts the contracts beside an embedding program's own routes. Unknown paths below a contract's base path get
    /// our 404; the program's own routes are not affected.
    pub(crate) fn mount(&self, config: &mut ServiceConfig) {
        config.app_data(SiteHandle::new(Arc::clone(&self.site)));
        // First: the scope of a contract at the root takes all that comes after it.
        key_set::mount_embedded(&self.site, config);
        for contract in &self.served {
            config.service(
                web::scope(prefix_of(contract))
                    .configure(|scope| self.register(contract, "", scope))
                    .default_service(web::to(unknown_path))
                    .wrap(cors(&self.site.cors))
                    .wrap(Envelope::behind(&self.site.trusted_proxies)),
            );
        }
    }

    /// Configures an application with the contracts, health checks, what `beside` adds, and our 404 for everything else.
    pub(crate) fn application(
        &self,
        beside: &dyn Fn(&mut ServiceConfig),
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse,
            Error = actix_web::Error,
            InitError = (),
        > + use<>,
    > {
        App::new()
            .app_data(SiteHandle::new(Arc::clone(&self.site)))
            .configure(|config| {
                for contract in &self.served {
                    self.register(contract, prefix_of(contract), config);
                }
            })
            .configure(health::mount)
            .configure(|config| key_set::mount(&self.site, config))
            .configure(beside)
            .default_service(web::to(unknown_path))
            .wrap(cors(&self.site.cors))
            .wrap(Envelope::behind(&self.site.trusted_proxies))
    }

    /// Returns the description of the HTTP API that [`Contracts::application`] serves: OpenAPI 3.1, as JSON.
    pub(crate) fn openapi(&self) -> String {
        let site = &self.site;
        let contracts = self.served.iter().map(|contract| {
            let (name, about) = contract.title();
            let mut endpoints = Vec::new();
            contract.register(&mut Endpoints::collecting(&mut endpoints, prefix_of(contract)));
            let login_faults = credentials::refusals(site, contract.token_answers());
            DescribedContract { name, about, style: contract.error_style(), login_faults, endpoints }
        });
        let beside = DescribedContract {
            name: "server",
            about: "For monitoring, load balancers and other services.",
            style: ErrorStyle::DEFAULT,
            login_faults: Vec::new(),
            endpoints: health::described().into_iter().chain(key_set::described(site)).collect(),
        };
        let contracts: Vec<_> = contracts.chain([beside]).collect();
        openapi::document(&contracts, Schemes::new(site.access_tokens.is_some(), &site.login_cookies()))
    }

    fn register(&self, contract: &Arc<dyn Contract>, prefix: &str, config: &mut ServiceConfig) {
        let mut data = Extensions::new();
        data.insert(self.site.http_options(contract.error_style()));
        Arc::clone(contract).add_state(&mut data);
        let counted = Counted {
            contract: self.names.get(contract.base_path()).copied().unwrap_or("other"),
            metrics: self.site.accounts.metrics().clone(),
        };
        contract.register(&mut Endpoints::new(config, prefix, data, counted));
    }
}

/// Returns the base path without the final slash; empty at the root.
fn prefix_of(contract: &Arc<dyn Contract>) -> &str {
    contract.base_path().trim_end_matches('/')
}
