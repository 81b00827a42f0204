//! Commits small pieces of PostgreSQL work together, in one transaction.
//!
//! Each commit costs the server about as much as a small update, and a wait for its disk.

use crossbeam_channel::Receiver;
use diesel::result::QueryResult;

use super::pool::Pool;
use super::work::{Attempt, Shape, Work};
use crate::store::StoreError;
use crate::store::connection::AnyConnection;

/// The most pieces of work that share a transaction. The limit is low because their locks are held until the end of the
/// transaction, and other threads may be idle meanwhile.
const MOST: usize = 16;

type Job = Box<dyn Work>;

/// Runs a thread that works on PostgreSQL.
pub(super) fn work_off(pool: &Pool, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let (batch, next) = take(first, jobs);
        pool.settle_together(batch);
        if let Some(next) = next {
            pool.settle(next);
        }
    }
}

/// Receives the waiting jobs that may share the transaction of `first`, up to the first job that may not. Returns that
/// job separately.
fn take(first: Job, jobs: &Receiver<Job>) -> (Vec<Job>, Option<Job>) {
    let mut batch = vec![first];
    if batch[0].shape().may_be_shared() {
        while batch.len() < MOST {
            match jobs.try_recv() {
                Ok(work) if work.shape().may_be_shared() => batch.push(work),
                Ok(other) => return (batch, Some(other)),
                Err(_) => break,
            }
        }
    }
    (batch, None)
}

/// Several pieces of work as one, committed or rolled back as a whole.
struct Together<'a>(&'a mut [Job]);

impl Attempt for Together<'_> {
    fn shape(&self) -> Shape {
        Shape::Transaction
    }

    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()> {
        self.0.iter_mut().try_for_each(|work| work.attempt(connection))
    }
}

impl Pool {
    /// Runs several pieces of work in one transaction and sends the answers. If the transaction fails, runs each alone.
    fn settle_together(&self, mut batch: Vec<Job>) {
        if batch.len() == 1 {
            return batch.into_iter().for_each(|work| self.settle(work));
        }
        match self.attempt(&mut Together(&mut batch)) {
            Ok(()) => batch.into_iter().for_each(|work| work.settle(Ok(()))),
            // There is no connection, or the outcome of the transaction is unknown.
            Err(unsettled) if matches!(unsettled.error, StoreError::Unavailable(_)) && !unsettled.may_be_repeated => {
                batch.into_iter().for_each(|work| work.settle(Err(unsettled.error.for_another())));
            }
            Err(_) => batch.into_iter().for_each(|work| self.settle(work)),
        }
    }
}
