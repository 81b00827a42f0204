//! The pool of PostgreSQL connections. Worker threads borrow them; a separate thread replaces lost ones.
//!
//! No work waits for an attempt to connect. A separate thread connects, with growing pauses. While there is no
//! connection at all, work is refused at once.

mod lending;
mod reconnecting;
mod shared;

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use diesel::connection::TransactionManager;

use super::attempt::{Failed, alone};
use super::work::{Attempt, Work};
use crate::lane::survive;
use crate::store::StoreError;
use crate::store::access::Access;
use crate::store::connection::{AnyConnection, Connector};
use crate::store::errors::{is_lost_connection, is_read_only, no_thread, one_line, spares_connection};
use shared::{Lent, Shared, State};

/// How much longer than the server's statement timeout an answer may take.
const SLACK: Duration = Duration::from_secs(2);
/// How much longer than the statement timeout work may take before the pool counts as stuck. It is shorter than
/// [`SLACK`], so that the pool already refuses new work when the first answer times out.
const SLACK_OF_WORK: Duration = Duration::from_secs(1);

/// The connections to one database. When it is dropped, no more are made.
pub(super) struct Pool(Arc<Shared>);

impl Pool {
    /// Makes the first connection, and makes the others in the background.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the first cannot be made.
    pub(super) fn open(connector: &Connector) -> Result<Self, StoreError> {
        let first = Lent::new(connector.open(Access::ReadWrite)?);
        let shared = Arc::new(Shared {
            connector: connector.clone(),
            most: connector.settings.connections.get(),
            state: Mutex::new(State {
                idle: vec![first],
                connections: 1,
                failures: 0,
                stillborn: 0,
                why: String::new(),
                away_since: None,
                suspect_before: None,
                moved_at: Instant::now(),
                is_closed: false,
            }),
            freed: Condvar::new(),
            lost: Condvar::new(),
        });
        reconnecting::start(Arc::clone(&shared)).map_err(no_thread)?;
        Ok(Self(shared))
    }

    /// Returns how long an answer may take. After that the server counts as hung.
    pub(super) fn patience(&self) -> Duration {
        self.0.connector.settings.statement_timeout.duration() + SLACK
    }

    /// Refuses work that would only wait behind stuck work.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if every connection is in use and no work has begun or ended for longer than a
    /// statement may take.
    pub(super) fn admit(&self) -> Result<(), StoreError> {
        let state = self.0.lock();
        let longest = self.0.connector.settings.statement_timeout.duration() + SLACK_OF_WORK;
        if state.connections > 0 && state.idle.is_empty() && state.moved_at.elapsed() > longest {
            return Err(self.no_answer());
        }
        Ok(())
    }

    /// Returns the error for a caller that has waited for [`Pool::patience`].
    pub(super) fn no_answer(&self) -> StoreError {
        StoreError::Unavailable(format!("no answer within {} s", self.patience().as_secs()))
    }

    /// Runs one piece of work and sends the answer. If the connection was lost and certainly nothing was committed, the
    /// work runs once more on another connection.
    pub(super) fn settle(&self, mut work: Box<dyn Work>) {
        let mut done = self.attempt(work.as_mut());
        if done.as_ref().is_err_and(|unsettled| unsettled.may_be_repeated) {
            done = self.attempt(work.as_mut());
        }
        work.settle(done.map_err(|unsettled| unsettled.error));
    }

    pub(super) fn attempt(&self, work: &mut dyn Attempt) -> Result<(), Unsettled> {
        let mut lent = self.0.lend()?;
        match survive(|| alone(&mut lent.connection, work)) {
            Some(Ok(())) => {
                self.0.take_back(lent);
                Ok(())
            }
            Some(Err(Failed { error, is_undone })) if is_lost_connection(&error) => {
                let why = one_line(&error.to_string());
                if is_read_only(&error) {
                    self.0.leave(lent, &why)
                } else {
                    self.0.give_up(lent, &why)
                }
                Err(Unsettled { error: error.into(), may_be_repeated: is_undone })
            }
            Some(Err(Failed { error, .. })) => {
                let is_open = AnyConnection::is_broken_transaction_manager(&mut lent.connection);
                if spares_connection(&error) && !is_open {
                    self.0.take_back(lent)
                } else {
                    self.0.retire(lent)
                }
                Err(StoreError::from(error).into())
            }
            None => {
                self.0.retire(lent);
                Err(StoreError::Stopped.into())
            }
        }
    }
}

/// Why an attempt failed.
pub(super) struct Unsettled {
    pub error: StoreError,
    pub may_be_repeated: bool,
}

impl From<StoreError> for Unsettled {
    fn from(error: StoreError) -> Self {
        Self { error, may_be_repeated: false }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.lost.notify_all();
    }
}
