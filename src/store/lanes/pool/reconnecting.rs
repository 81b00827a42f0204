//! The thread that makes connections: all at the start, and a new one for each lost one.

use std::io;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::shared::{Lent, Shared, State};
use crate::backoff::Backoff;
use crate::store::StoreError;
use crate::store::access::Access;
use crate::store::connection::AnyConnection;

/// The pause between attempts to connect.
const BETWEEN_ATTEMPTS: Backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));

/// Starts the thread. It is never joined: an attempt to connect cannot be cancelled.
pub(super) fn start(shared: Arc<Shared>) -> io::Result<()> {
    thread::Builder::new().name("store-connector".to_owned()).spawn(move || shared.keep_connected())?;
    Ok(())
}

impl Shared {
    fn keep_connected(&self) {
        while self.wait_until_wanted() {
            match self.connector.open(Access::ReadWrite) {
                Ok(connection) => self.add(connection),
                Err(error) => self.note_failure(&error),
            }
        }
    }

    /// Waits until a connection is missing and the pause is over. Returns `false` once the pool is closed.
    fn wait_until_wanted(&self) -> bool {
        let is_idle = |state: &mut State| !state.is_closed && state.connections >= self.most;
        let state = self.lost.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        let pause = BETWEEN_ATTEMPTS.pause(state.setbacks());
        // Losing one connection of several does not shorten the pause.
        let is_pausing = |state: &mut State| !state.is_closed && state.setbacks() > 0;
        let waited = self.lost.wait_timeout_while(state, pause, is_pausing);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.is_closed
    }

    fn add(&self, connection: AnyConnection) {
        let mut state = self.lock();
        let failures = std::mem::take(&mut state.failures);
        if let Some(since) = state.away_since.take().filter(|_| failures > 0) {
            let away_ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(away_ms, "the database is back");
        }
        state.connections += 1;
        state.moved_at = Instant::now();
        state.idle.push(Lent::new(connection));
        drop(state);
        self.freed.notify_one();
    }

    fn note_failure(&self, error: &StoreError) {
        let mut state = self.lock();
        if state.is_closed {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        state.why = match error {
            StoreError::Unavailable(why) => why.clone(),
            other => other.to_string(),
        };
        let (failures, connections) = (state.failures, state.connections);
        drop(state);
        if failures == 1 {
            tracing::warn!(%error, connections, "a connection cannot be made; it is tried again until it can");
        } else {
            tracing::debug!(%error, connections, failures, "a connection cannot be made");
        }
        self.freed.notify_all();
    }
}

impl State {
    /// Returns how many attempts in a row have failed.
    fn setbacks(&self) -> u32 {
        self.failures.max(self.stillborn)
    }
}
