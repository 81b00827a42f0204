//! The state that the threads of a pool share: the connections and their failures.

use std::sync::{Condvar, Mutex};
use std::time::Instant;

use crate::store::connection::{AnyConnection, Connector};

/// The connections, and the condition variables that threads wait for.
pub(super) struct Shared {
    pub(super) connector: Connector,
    /// The size of the pool.
    pub(super) most: usize,
    pub(super) state: Mutex<State>,
    /// Signalled when a connection can be lent, and when work must stop waiting for one.
    pub(super) freed: Condvar,
    /// Signalled when a connection was lost, and when the pool is closed.
    pub(super) lost: Condvar,
}

/// The number of connections and their failures.
pub(super) struct State {
    pub(super) idle: Vec<Lent>,
    /// The number of connections, idle and lent.
    pub(super) connections: usize,
    /// Failed attempts to connect since the last success.
    pub(super) failures: u32,
    /// Consecutive connections that were lost soon after they were made.
    pub(super) stillborn: u32,
    /// The text of the last failure.
    pub(super) why: String,
    /// Since when there has been no connection at all.
    pub(super) away_since: Option<Instant>,
    /// When a connection was last lost. Older connections are probably lost too.
    pub(super) suspect_before: Option<Instant>,
    /// When work last began or ended.
    pub(super) moved_at: Instant,
    pub(super) is_closed: bool,
}

/// A connection lent to one thread.
pub(super) struct Lent {
    pub(super) connection: AnyConnection,
    pub(super) made_at: Instant,
    pub(super) used_at: Instant,
}
