//! Runs small pieces of PostgreSQL work together: writes in one transaction, lookups of one kind with one query.
//!
//! Each commit costs the server about as much as a small update, and a wait for its disk. Each query costs a round trip,
//! and more of the server's time than the row that it finds.

use std::any::{Any, TypeId};

use diesel::result::QueryResult;

use super::pool::Pool;
use super::work::{Attempt, Shape, Work};
use crate::lane::Queue;
use crate::store::StoreError;
use crate::store::connection::AnyConnection;

/// The most pieces of work that share a transaction. The limit is low because their locks are held until the end of the
/// transaction, and other threads may be idle meanwhile.
const MOST_WRITES: usize = 16;
/// The most lookups that share a query. They hold no locks.
const MOST_LOOKUPS: usize = 64;

type Job = Box<dyn Work>;

/// Runs a thread that works on PostgreSQL.
pub(super) fn work_off(pool: &Pool, jobs: &Queue<Job>) {
    while let Some(first) = jobs.next() {
        pool.settle_together(take(first, jobs));
    }
}

/// Takes the waiting jobs that may share the transaction or the query of `first`, up to the first job that may not.
/// That one stays for another thread, which may be idle.
fn take(mut first: Job, jobs: &Queue<Job>) -> Vec<Job> {
    let Some((kind, most)) = sharing(&mut first) else { return vec![first] };
    let mut batch = vec![first];
    while batch.len() < most {
        let Some(work) = jobs.try_next_if(|work| sharing(work).is_some_and(|(other, _)| other == kind)) else { break };
        batch.push(work);
    }
    batch
}

/// What work shares with other work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A transaction.
    Write,
    /// A query, with lookups of the same type.
    Lookup(TypeId),
}

/// Returns what the work may share, and with how many at most.
fn sharing(work: &mut Job) -> Option<(Kind, usize)> {
    if work.shape().may_be_shared() {
        return Some((Kind::Write, MOST_WRITES));
    }
    let lookup: &dyn Any = work.as_lookup()?;
    Some((Kind::Lookup(lookup.type_id()), MOST_LOOKUPS))
}

/// Several pieces of work as one: writes, which are committed or rolled back as a whole, or lookups.
struct Together<'a>(&'a mut [Job]);

impl Attempt for Together<'_> {
    fn shape(&self) -> Shape {
        if self.0[0].shape() == Shape::Read { Shape::Read } else { Shape::Several }
    }

    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()> {
        let mut lookups: Vec<_> = self.0.iter_mut().filter_map(|work| work.as_lookup()).collect();
        match lookups.pop() {
            Some(lookup) => lookup.attempt_with(lookups, connection),
            None => self.0.iter_mut().try_for_each(|work| work.attempt(connection)),
        }
    }
}

impl Pool {
    /// Runs several pieces of work together and sends the answers. If that fails, runs each alone.
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use std::num::NonZeroUsize;

    use tokio::sync::oneshot;

    use super::super::lookup::{Lookup, Queries};
    use super::super::work::Waiting;
    use super::*;
    use crate::lane::Urgency;

    const NUMBERS: &Queries<i32> = &Queries { one: |_, _| Ok(None), several: |_, _| Ok(HashMap::new()) };
    const TEXTS: &Queries<String> = &Queries { one: |_, _| Ok(None), several: |_, _| Ok(HashMap::new()) };

    fn lookup<V: Clone + Send + 'static>(queries: &'static Queries<V>) -> Job {
        Box::new(Lookup::new("a key".to_owned(), queries, oneshot::channel().0))
    }

    fn work(shape: Shape) -> Job {
        Box::new(Waiting::new(shape, |_: &mut AnyConnection| Ok(()), oneshot::channel().0))
    }

    /// Returns how many of these jobs each turn of a thread takes.
    fn turns(jobs: Vec<Job>) -> Vec<usize> {
        let queue = Queue::new(NonZeroUsize::MAX, 1);
        jobs.into_iter().for_each(|job| queue.submit(job, Urgency::Now).expect("the queue is open"));
        let mut turns = Vec::new();
        while let Some(first) = queue.try_next_if(|_| true) {
            turns.push(take(first, &queue).len());
        }
        turns
    }

    #[test]
    fn lookups_of_one_kind_share_a_turn_and_nothing_else_does_with_them() {
        let jobs = vec![lookup(NUMBERS), lookup(NUMBERS), lookup(TEXTS), work(Shape::Read), work(Shape::Read)];
        assert_eq!(turns(jobs), [2, 1, 1, 1]);
        assert_eq!(turns(vec![work(Shape::Shared), work(Shape::Shared), lookup(TEXTS), lookup(TEXTS)]), [2, 2]);
        let many = (0..MOST_LOOKUPS + 3).map(|_| lookup(TEXTS)).collect();
        assert_eq!(turns(many), [MOST_LOOKUPS, 3]);
    }

    #[test]
    fn a_job_that_may_not_share_stays_for_another_thread() {
        let queue = Queue::new(NonZeroUsize::MAX, 2);
        for job in [lookup(TEXTS), work(Shape::Read)] {
            queue.submit(job, Urgency::Now).expect("the queue is open");
        }
        assert_eq!(take(lookup(TEXTS), &queue).len(), 2);
        assert_eq!(queue.len(), 1);
    }
}
