//! The identity providers that are configured.

use std::sync::Arc;

use super::lane::Lane;
use super::outgoing;
use super::peer::Peer;
use super::provider::Provider;
use crate::clock::Clock;
use crate::settings;

/// Why identity providers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refuses a thread.
    #[error("the thread that speaks to identity providers cannot be started: {0}")]
    Thread(#[from] std::io::Error),
    /// TLS cannot be set up.
    #[error("TLS to identity providers cannot be set up: {0}; see the certificates of this machine")]
    Tls(String),
}

/// The identity providers of the settings, in their order. Clones share them.
#[derive(Clone, Debug)]
pub struct Providers(Arc<[Provider]>);

impl Providers {
    /// Prepares to speak to the providers; asks none of them yet. Without any there is no thread for them.
    ///
    /// # Errors
    ///
    /// Each [`OpenError`].
    pub fn open(settings: &[settings::Provider]) -> Result<Self, OpenError> {
        Self::open_with_clock(settings, Clock::System)
    }

    /// Does the same as [`Self::open`] with another clock than the machine's, for tests.
    ///
    /// # Errors
    ///
    /// Those of [`Self::open`].
    pub fn open_with_clock(settings: &[settings::Provider], clock: Clock) -> Result<Self, OpenError> {
        if settings.is_empty() {
            return Ok(Self(Arc::new([])));
        }
        let client = outgoing::client().map_err(|error| OpenError::Tls(error.to_string()))?;
        let lane = Arc::new(Lane::start()?);
        let providers = settings.iter().map(|settings| {
            let peer = Peer::new(settings.clone(), client.clone(), clock.clone());
            Provider::new(peer, Arc::clone(&lane))
        });
        Ok(Self(providers.collect()))
    }

    /// Finds a provider by its name.
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.iter().find(|provider| provider.name() == name)
    }

    /// Returns all providers in the order of the settings.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.0.iter()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
