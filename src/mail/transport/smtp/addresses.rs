//! The addresses of the mail server's name, and which of them takes mails.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::net::lookup_host;
use tokio::time::timeout;

use super::failure::Failure;
use super::stage::Stage;
use crate::mail::settings::{Resolution, SmtpRelay};

/// Which address took a mail last and which failed last, so that a faulty address costs its time limit once and not for
/// each mail.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    standing: Mutex<Standing>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    took_last: Option<SocketAddr>,
    failed_last: Option<SocketAddr>,
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
        let Standing { took_last, failed_last } = *self.standing();
        // Stable: the others stay in the order that the resolver prefers.
        addresses.sort_by_key(|address| match Some(*address) {
            address if address == took_last => 0,
            address if address == failed_last => 2,
            _ => 1,
        });
        Ok(addresses)
    }

    /// Moves this address to the front for the next mails.
    pub(super) fn prefer(&self, address: SocketAddr) {
        let mut standing = self.standing();
        standing.took_last = Some(address);
        standing.failed_last.take_if(|failed| *failed == address);
    }

    /// Moves this address to the end for the next mails.
    pub(super) fn demote(&self, address: SocketAddr) {
        let mut standing = self.standing();
        standing.failed_last = Some(address);
        standing.took_last.take_if(|took| *took == address);
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
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
