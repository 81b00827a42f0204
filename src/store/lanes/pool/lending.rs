//! Lends connections that are probably alive, and takes them back.

use std::mem;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::shared::{Lent, Shared, State};
use crate::store::StoreError;
use crate::store::connection::AnyConnection;
use crate::store::errors::one_line;

/// How long work waits for the first attempt to replace the last connection. A server that was restarted or that closed
/// idle connections accepts connections again by then.
const GRACE: Duration = Duration::from_millis(500);
/// How long a connection may be idle and still be used without a probe.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// A connection that is lost sooner counts as a failed attempt: the server accepts connections and cannot serve them.
const STILLBORN_WITHIN: Duration = Duration::from_millis(100);

impl Lent {
    pub(super) fn new(connection: AnyConnection) -> Self {
        let now = Instant::now();
        Self { connection, made_at: now, used_at: now }
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a connection that is probably alive. Waits while all connections are lent. If there are none, waits only
    /// for the first attempt to make one.
    pub(super) fn lend(&self) -> Result<Lent, StoreError> {
        let mut state = self.lock();
        loop {
            if let Some(mut lent) = state.idle.pop() {
                state.moved_at = Instant::now();
                if state.trusts(&lent) {
                    return Ok(lent);
                }
                drop(state);
                match self.connector.ask(&mut lent.connection) {
                    Ok(()) => return Ok(lent),
                    Err(error) => self.give_up(lent, &one_line(&error.to_string())),
                }
                state = self.lock();
                continue;
            }
            state = match state.grace() {
                None => self.freed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return Err(StoreError::Unavailable(state.why.clone())),
                Some(left) => self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }

    /// Returns a connection to the pool after use.
    pub(super) fn take_back(&self, lent: Lent) {
        let mut state = self.lock();
        let now = Instant::now();
        state.moved_at = now;
        state.idle.push(Lent { used_at: now, ..lent });
        drop(state);
        self.freed.notify_one();
    }

    /// Closes a lost connection and requests another.
    pub(super) fn give_up(&self, lent: Lent, why: &str) {
        let mut state = self.lock();
        state.note_loss(&lent, why);
        let left = self.close(state, vec![lent]);
        tracing::warn!(error = why, connections = left, "a connection to the database was lost");
    }

    /// Closes a connection to a server that accepts no writes, and all others to that server.
    pub(super) fn leave(&self, lent: Lent, why: &str) {
        let mut state = self.lock();
        state.note_loss(&lent, why);
        let mut all = mem::take(&mut state.idle);
        all.push(lent);
        let left = self.close(state, all);
        tracing::warn!(error = why, connections = left, "the database takes no writes any more; another is looked for");
    }

    /// Closes a connection with an open transaction or stale state, and requests another.
    pub(super) fn retire(&self, lent: Lent) {
        self.close(self.lock(), vec![lent]);
    }

    /// Closes connections and returns how many are left.
    fn close(&self, mut state: MutexGuard<'_, State>, closed: Vec<Lent>) -> usize {
        state.connections -= closed.len();
        state.moved_at = Instant::now();
        if state.connections == 0 {
            state.away_since = Some(state.moved_at);
            // The server answered until now, so the next attempt is made at once, whatever failed before.
            state.failures = 0;
        }
        let left = state.connections;
        drop(state);
        self.lost.notify_one();
        self.freed.notify_all();
        // Closing may block if the server does not answer. The lock on the state is released before.
        drop(closed);
        left
    }
}

impl State {
    fn note_loss(&mut self, lent: &Lent, why: &str) {
        self.why = why.to_owned();
        // Connections that are lost together count once.
        if self.suspect_before.is_some_and(|lost_at| lost_at < lent.made_at) {
            let is_stillborn = lent.made_at.elapsed() < STILLBORN_WITHIN;
            self.stillborn = if is_stillborn { self.stillborn.saturating_add(1) } else { 0 };
        }
        self.suspect_before = Some(Instant::now());
    }

    fn trusts(&self, lent: &Lent) -> bool {
        lent.used_at.elapsed() < TRUSTED_FOR && self.suspect_before.is_none_or(|lost_at| lost_at < lent.used_at)
    }

    /// Returns how long work may still wait for a new connection; `None` if there are connections and all are lent.
    fn grace(&self) -> Option<Duration> {
        if self.connections > 0 {
            return None;
        }
        let since = self.away_since.filter(|_| self.failures == 0);
        Some(since.map_or(Duration::ZERO, |since| GRACE.saturating_sub(since.elapsed())))
    }
}
