//! The addresses of the mail server's name, and which of them answers.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use tokio::net::lookup_host;
use tokio::time::timeout;

use super::stage::{Failure, Stage};
use crate::mail::settings::{Resolution, SmtpRelay};

/// The address that answered last, so that an unreachable address costs its time limit once and not for each mail.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    answered_last: Mutex<Option<SocketAddr>>,
}

impl Addresses {
    /// Returns the addresses to try, one after the other.
    ///
    /// # Errors
    ///
    /// [`Stage::Connect`] if there is none.
    pub(super) async fn in_order(&self, settings: &SmtpRelay) -> Result<Vec<SocketAddr>, Failure> {
        let mut addresses = match &settings.resolution {
            Resolution::Fixed(addresses) => addresses.clone(),
            Resolution::System => resolve(settings).await?,
        };
        if addresses.is_empty() {
            return Err(Failure::broken(Stage::Connect, "the mail server's name has no address"));
        }
        let answered_last = *self.answered_last.lock().unwrap_or_else(PoisonError::into_inner);
        // Stable: the others stay in the order that the resolver prefers.
        addresses.sort_by_key(|address| Some(*address) != answered_last);
        Ok(addresses)
    }

    /// Moves this address to the front for the next mails.
    pub(super) fn prefer(&self, address: SocketAddr) {
        *self.answered_last.lock().unwrap_or_else(PoisonError::into_inner) = Some(address);
    }
}

async fn resolve(settings: &SmtpRelay) -> Result<Vec<SocketAddr>, Failure> {
    let limit = Stage::Connect.limit(settings);
    match timeout(limit, lookup_host((settings.host.as_str(), settings.port))).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(Failure::broken(Stage::Connect, &error.to_string())),
        Err(_) => Err(Failure::silence(Stage::Connect, limit)),
    }
}
