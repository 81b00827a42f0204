//! What the threads of a pool share: the connections and how they fare.

use std::sync::{Condvar, Mutex};
use std::time::Instant;

use crate::store::connection::{AnyConnection, Connector};

/// The connections, and the conditions that threads wait for.
pub(super) struct Shared {
    pub(super) connector: Connector,
    /// How many connections there are to be.
    pub(super) most: usize,
    pub(super) state: Mutex<State>,
    /// Signalled when a connection can be lent, and when there is no hope of one.
    pub(super) freed: Condvar,
    /// Signalled when a connection was lost, and when no more are wanted.
    pub(super) lost: Condvar,
}

/// How the connections fare.
pub(super) struct State {
    pub(super) idle: Vec<Lent>,
    /// Idle and lent.
    pub(super) connections: usize,
    /// Attempts to connect that have failed since one succeeded.
    pub(super) failures: u32,
    /// Connections lost, one after the other, soon after they were made.
    pub(super) stillborn: u32,
    /// The last failure, in words.
    pub(super) why: String,
    /// Since when there has been no connection at all.
    pub(super) away_since: Option<Instant>,
    /// When a connection was last lost: the others have probably gone with it.
    pub(super) suspect_before: Option<Instant>,
    /// When work last began or came to an end.
    pub(super) moved_at: Instant,
    pub(super) is_closed: bool,
}

/// A connection that one thread has for itself.
pub(super) struct Lent {
    pub(super) connection: AnyConnection,
    pub(super) made_at: Instant,
    pub(super) used_at: Instant,
}
