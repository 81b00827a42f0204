//! SQLite's one writing thread: commits what waits together.

use crossbeam_channel::Receiver;
use diesel::Connection;
use diesel::result::QueryResult;

use super::attempt::in_transaction;
use super::kept::Kept;
use super::work::{Shape, Work};
use crate::store::StoreError;
use crate::store::checkpoint::Checkpointer;
use crate::store::connection::AnyConnection;
use crate::store::errors::is_refused_statement;

/// The most writes that share a transaction: bounds how long the first of them waits for the last.
const LARGEST_BATCH: usize = 512;

/// The life of SQLite's one writing thread.
pub fn in_batches(mut kept: Kept, mut copier: Checkpointer, jobs: &Receiver<Box<dyn Work>>) {
    let mut batch = Vec::with_capacity(LARGEST_BATCH);
    while let Ok(first) = jobs.recv() {
        batch.push(first);
        batch.extend(jobs.try_iter().take(LARGEST_BATCH - 1));
        let size = batch.len();
        let together = batch.len() > 1 && batch.iter().all(|work| work.shape() != Shape::Exclusive);
        let outcomes = together.then(|| {
            kept.with(|connection| in_transaction(connection, |connection| attempt_all(connection, &mut batch)))
        });
        match outcomes {
            Some(Ok(outcomes)) => {
                for (work, outcome) in batch.drain(..).zip(outcomes) {
                    work.settle(outcome.map_err(StoreError::from));
                }
            }
            // No piece of work is to blame, and each alone would only wait for the same.
            Some(Err(error)) if error.is_transient() => {
                batch.drain(..).for_each(|work| work.settle(Err(error.for_another())));
            }
            // Something beyond one statement went wrong: nothing of the batch was kept, so each goes alone.
            Some(Err(_)) | None => batch.drain(..).for_each(|work| kept.settle_alone(work)),
        }
        copier.count(size);
    }
}

/// Does every piece of work inside the open transaction, and tells of each whether it held.
///
/// # Errors
///
/// The first error that is more than a refused statement: SQLite may have ended the transaction with it.
fn attempt_all(connection: &mut AnyConnection, batch: &mut [Box<dyn Work>]) -> QueryResult<Vec<QueryResult<()>>> {
    batch
        .iter_mut()
        .map(|work| {
            let outcome = match work.shape() {
                Shape::Transaction => connection.transaction(|connection| work.attempt(connection)),
                Shape::Read | Shape::Statement | Shape::Shared | Shape::Exclusive => work.attempt(connection),
            };
            match outcome {
                Err(error) if !is_refused_statement(&error) => Err(error),
                outcome => Ok(outcome),
            }
        })
        .collect()
}
