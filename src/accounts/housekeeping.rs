//! Housekeeping: deletes expired data in the background, in small batches.

use std::time::Duration;

use tokio::sync::watch;

use super::Accounts;
use super::events::Event;
use crate::clock::Seconds;
use crate::identity::UserId;
use crate::store::{Purged, StoreError};

/// The time between two runs.
const EVERY: Duration = Duration::from_secs(3_600);
/// How long an unverified account is kept after another user has proved its address. During this time its link is
/// refused with the reason.
const OUTRUN_KEPT_FOR: Seconds = Seconds::new(86_400);

/// The background task that deletes unverified accounts, ended sessions, expired idempotency keys, budgets that are full
/// again, and revoked tokens of another system that have expired.
pub struct Housekeeping {
    accounts: Accounts,
}

impl Housekeeping {
    /// Returns the housekeeping of these accounts.
    pub fn new(accounts: Accounts) -> Self {
        Self { accounts }
    }

    /// Runs at once and then every hour, until `stop` turns true.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut are_trimmed = false;
        loop {
            match self.accounts.purge_unverified().await {
                Ok(Purged { expired: 0, outrun: 0 }) => {}
                Ok(Purged { expired, outrun }) => tracing::info!(expired, outrun, "unverified accounts cleared away"),
                Err(error) => tracing::warn!(%error, "unverified accounts could not be cleared away"),
            }
            match self.accounts.purge_sessions().await {
                Ok(0) => {}
                Ok(ended) => tracing::info!(ended, "ended sessions cleared away"),
                Err(error) => tracing::warn!(%error, "ended sessions could not be cleared away"),
            }
            // Once is enough: each login keeps the limit, and only the settings change it.
            if !are_trimmed {
                match self.accounts.trim_sessions().await {
                    Ok(0) => are_trimmed = true,
                    Ok(ended) => {
                        are_trimmed = true;
                        tracing::info!(ended, "sessions beyond the limit ended");
                    }
                    Err(error) => tracing::warn!(%error, "sessions beyond the limit could not be ended"),
                }
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }
}

impl Accounts {
    /// Returns how long after the registration an unverified user is deleted; `None`: never.
    pub(super) fn purged_after(&self) -> Option<Seconds> {
        self.parts.users.unverified_kept_for(&self.parts.login)
    }

    /// Deletes expired sessions and idempotency keys, budgets that are full again, and revoked tokens of another system
    /// that have expired. Returns the number of sessions.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_sessions(&self) -> Result<usize, StoreError> {
        let now = self.parts.clock.now();
        self.parts.store.purge_budgets(now).await?;
        self.parts.store.purge_moved_tokens(now).await?;
        self.parts.store.purge_idempotency_keys(now).await?;
        self.parts.store.purge_sessions(now).await
    }

    /// Ends the oldest sessions of users who have more than `sessions.max_per_user`. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was ended stays ended.
    pub async fn trim_sessions(&self) -> Result<usize, StoreError> {
        self.parts.store.trim_sessions(self.parts.sessions.max_per_user).await
    }

    /// Deletes accounts that were not verified in time. If the site does not conceal which addresses have an owner,
    /// also deletes unverified accounts whose address another user has proved. Where unverified users may log in, none is
    /// deleted: the account may be in use.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_unverified(&self) -> Result<Purged, StoreError> {
        if !self.parts.login.require_verified {
            return Ok(Purged::default());
        }
        let now = self.parts.clock.now();
        let registered_before = self.purged_after().map(|span| now.minus(span));
        // Where the site conceals which addresses have an owner, a username must not become free because another user
        // proves the address: that would reveal it.
        let proved_before = (!self.conceals_taken_emails()).then(|| now.minus(OUTRUN_KEPT_FOR));
        let deleted = |ids: &[UserId]| ids.iter().for_each(|id| self.tell(Event::Purged(id)));
        self.parts.store.purge_unverified(registered_before, proved_before, deleted).await
    }
}
