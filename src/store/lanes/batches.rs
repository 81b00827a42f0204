//! SQLite's one writing thread: commits all waiting work in one transaction.

use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::result::QueryResult;

use super::attempt::in_transaction;
use super::kept::Kept;
use super::work::{Shape, Work};
use crate::lane::Queue;
use crate::store::StoreError;
use crate::store::checkpoint::{Checkpointer, empty_log};
use crate::store::connection::AnyConnection;
use crate::store::errors::is_refused_statement;

/// The most writes that share a transaction: bounds how long the first of them waits for the last.
const LARGEST_BATCH: usize = 512;
/// How long work that can wait is delayed so that it can share a commit. Not longer: if the program is killed before the
/// commit, a mail that was sent is sent again.
const PUT_OFF_FOR: Duration = Duration::from_millis(10);

/// Runs SQLite's one writing thread.
pub(super) fn in_batches(mut kept: Kept, mut copier: Checkpointer, jobs: &Queue<Box<dyn Work>>) {
    let mut batch = Vec::with_capacity(LARGEST_BATCH);
    let mut has_written = false;
    while gather(jobs, &mut batch) {
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
            // The cause is not in one piece of work: each would fail alone too.
            Some(Err(error)) if error.is_transient() => {
                batch.drain(..).for_each(|work| work.settle(Err(error.for_another())));
            }
            // The failure concerns more than one statement. Nothing of the batch was committed, so each piece of work
            // runs alone.
            Some(Err(_)) | None => batch.drain(..).for_each(|work| kept.settle_alone(work)),
        }
        copier.count(size);
        has_written = true;
    }
    // Waits for its thread, which may be copying.
    drop(copier);
    if has_written {
        kept.leave(empty_log);
    }
}

/// Moves all waiting work into `batch`, and waits for at least one piece. Returns `false` once the lane is closed and
/// empty.
fn gather(jobs: &Queue<Box<dyn Work>>, batch: &mut Vec<Box<dyn Work>>) -> bool {
    let Some(first) = jobs.next() else { return false };
    let put_off_until = Instant::now() + PUT_OFF_FOR;
    batch.push(first);
    loop {
        jobs.take(LARGEST_BATCH - batch.len(), batch);
        let is_urgent = batch.iter().any(|work| !work.can_wait());
        if is_urgent || batch.len() == LARGEST_BATCH {
            return true;
        }
        match jobs.next_until(put_off_until) {
            Some(work) => batch.push(work),
            None => return true,
        }
    }
}

/// Runs every piece of work inside the open transaction, and returns the result of each.
///
/// # Errors
///
/// The first error that is more than a refused statement: SQLite may have ended the transaction.
fn attempt_all(connection: &mut AnyConnection, batch: &mut [Box<dyn Work>]) -> QueryResult<Vec<QueryResult<()>>> {
    batch
        .iter_mut()
        .map(|work| {
            let outcome = match work.shape() {
                Shape::Transaction | Shape::Several => connection.transaction(|connection| work.attempt(connection)),
                Shape::Read | Shape::Statement | Shape::Shared | Shape::Exclusive => work.attempt(connection),
            };
            match outcome {
                Err(error) if !is_refused_statement(&error) => Err(error),
                outcome => Ok(outcome),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use diesel::connection::SimpleConnection;
    use diesel::dsl::sql;
    use diesel::prelude::*;
    use diesel::result::{DatabaseErrorKind, Error};
    use diesel::sql_types::Text;
    use tempfile::TempDir;
    use tokio::sync::oneshot;

    use super::super::work::Waiting;
    use super::*;
    use crate::lane::Urgency;
    use crate::settings::{DatabaseUrl, Settings};
    use crate::store::access::Access;
    use crate::store::connection::Connector;

    fn work(can_wait: bool) -> Box<dyn Work> {
        let (answer, _) = oneshot::channel();
        let work = Waiting::new(Shape::Transaction, |_: &mut AnyConnection| Ok(()), answer);
        Box::new(work.that_can_wait(can_wait))
    }

    /// Returns which work is gathered from an open queue, by whether it can wait, and how long that takes.
    fn gathered(queued: &[bool]) -> (Vec<bool>, Duration) {
        let jobs = Queue::new(NonZeroUsize::MAX, 1);
        queued.iter().for_each(|can_wait| jobs.submit(work(*can_wait), Urgency::Now).expect("the queue is open"));
        let (mut batch, began) = (Vec::new(), Instant::now());
        assert!(gather(&jobs, &mut batch));
        (batch.iter().map(|work| work.can_wait()).collect(), began.elapsed())
    }

    #[test]
    fn work_that_can_wait_goes_with_the_next_that_cannot() {
        let queued = [true, true, false, true];
        assert_eq!(gathered(&queued).0, queued);
    }

    #[test]
    fn work_that_can_wait_is_put_off_for_a_moment_only() {
        let (gathered, took) = gathered(&[true]);
        assert_eq!(gathered, [true]);
        assert!(took >= PUT_OFF_FOR, "{took:?}");
    }

    #[test]
    fn what_is_left_in_a_closed_queue_is_taken_before_the_end() {
        let jobs = Queue::new(NonZeroUsize::MAX, 1);
        jobs.submit(work(true), Urgency::Now).expect("the queue is open");
        jobs.close();
        let mut batch = Vec::new();
        assert!(gather(&jobs, &mut batch));
        assert_eq!(batch.len(), 1);
        batch.clear();
        assert!(!gather(&jobs, &mut batch));
    }

    /// Work that inserts these numbers, one after the other.
    fn inserting(numbers: &'static [i64]) -> Box<dyn Work> {
        let insert = |connection: &mut AnyConnection, number: &i64| {
            diesel::sql_query(format!("INSERT INTO numbers VALUES ({number})")).execute(connection).map(drop)
        };
        let insert = move |connection: &mut AnyConnection| numbers.iter().try_for_each(|it| insert(connection, it));
        Box::new(Waiting::new(Shape::Transaction, insert, oneshot::channel().0))
    }

    #[test]
    fn refused_work_leaves_nothing_behind_and_all_other_work_is_done() {
        let directory = TempDir::new().expect("a temporary directory");
        let mut settings = Settings::defaults().database;
        settings.url = DatabaseUrl::Sqlite(directory.path().join("numbers.sqlite3"));
        let connector = Connector::new(settings);
        connector.make_missing().expect("it can be made");
        let mut kept = Kept::open(&connector, Access::ReadWrite).expect("it is there");
        let made = kept.with(|connection| {
            in_transaction(connection, |it| it.batch_execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
        });
        made.expect("it is SQL");

        let mut batch = vec![inserting(&[1]), inserting(&[2, 1]), inserting(&[3]), inserting(&[4, 5])];
        let outcomes = kept.with(|connection| in_transaction(connection, |it| attempt_all(it, &mut batch)));
        let outcomes = outcomes.expect("it is committed");
        let refused = DatabaseErrorKind::UniqueViolation;
        assert!(
            matches!(&outcomes[..], [Ok(()), Err(Error::DatabaseError(kind, _)), Ok(()), Ok(())] if *kind == refused),
            "{outcomes:?}"
        );
        let all = diesel::select(sql::<Text>("(SELECT group_concat(number) FROM numbers)"));
        let stored = kept.with(|connection| in_transaction(connection, |it| all.get_result::<String>(it)));
        assert_eq!(stored.expect("it can be read"), "1,3,4,5");
    }

    #[test]
    fn a_batch_has_its_largest_size() {
        assert_eq!(gathered(&[true; LARGEST_BATCH + 1]).0.len(), LARGEST_BATCH);
    }
}
