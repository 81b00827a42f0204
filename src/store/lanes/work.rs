//! A piece of work in the queue, with the channel for its answer.

use std::any::Any;

use diesel::result::QueryResult;
use tokio::sync::oneshot;

use crate::store::StoreError;
use crate::store::connection::AnyConnection;

/// How much a piece of work relies on a transaction around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Only reads.
    Read,
    /// One statement that writes (others may read). The database rolls it back if it fails.
    Statement,
    /// A frequent, short [`Shape::Statement`]. Several may share a transaction on either engine.
    Shared,
    /// Several statements that succeed or fail together.
    Transaction,
    /// Several pieces of work in one transaction. If that fails, each runs alone.
    Several,
    /// Work that manages transactions itself and needs the connection alone.
    Exclusive,
}

impl Shape {
    /// Returns whether several such pieces of work may share a transaction on either engine.
    pub(super) fn may_be_shared(self) -> bool {
        self == Self::Shared
    }
}

/// Work that can be run on a connection.
pub(super) trait Attempt {
    fn shape(&self) -> Shape;
    /// Returns whether the work may be delayed for a moment to share a commit.
    fn can_wait(&self) -> bool {
        false
    }
    /// Runs the work and keeps its outcome for [`Work::settle`]. May be called again.
    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()>;
}

/// A piece of work that waits for a connection, and the caller that waits for its answer.
pub(super) trait Work: Attempt + Send {
    /// Sends the outcome, or the error.
    fn settle(self: Box<Self>, done: Result<(), StoreError>);
    /// Returns the work as a lookup, if it is one: it may share a query with others of its kind.
    fn as_lookup(&mut self) -> Option<&mut dyn AnyLookup> {
        None
    }
}

/// A lookup of some kind.
pub(super) trait AnyLookup: Any {
    /// Runs this lookup and those of the others that are of the same kind, with one query.
    fn attempt_with(&mut self, others: Vec<&mut dyn AnyLookup>, connection: &mut AnyConnection) -> QueryResult<()>;
}

/// A queued closure and its outcome.
pub(super) struct Waiting<T, F> {
    shape: Shape,
    can_wait: bool,
    work: F,
    outcome: Option<T>,
    /// `None` once it is used.
    answer: Option<oneshot::Sender<Answer<T, F>>>,
}

/// The answer to a caller: the work itself, with its outcome. So its memory is freed by the thread that allocated it,
/// for which the allocator needs no lock.
pub(super) type Answer<T, F> = Result<Box<Waiting<T, F>>, StoreError>;

impl<T, F> Waiting<T, F> {
    pub(super) fn new(shape: Shape, work: F, answer: oneshot::Sender<Answer<T, F>>) -> Self {
        Self { shape, can_wait: false, work, outcome: None, answer: Some(answer) }
    }

    /// Says whether the work may be delayed for a moment.
    pub(super) fn that_can_wait(self, can_wait: bool) -> Self {
        Self { can_wait, ..self }
    }

    /// Returns what the work came to.
    pub(super) fn into_outcome(self) -> Result<T, StoreError> {
        self.outcome.ok_or(StoreError::Stopped)
    }
}

impl<T, F> Attempt for Waiting<T, F>
where
    T: Send,
    F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send,
{
    fn shape(&self) -> Shape {
        self.shape
    }

    fn can_wait(&self) -> bool {
        self.can_wait
    }

    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()> {
        self.outcome = None;
        self.outcome = Some((self.work)(connection)?);
        Ok(())
    }
}

impl<T, F> Work for Waiting<T, F>
where
    T: Send,
    F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send,
{
    fn settle(mut self: Box<Self>, done: Result<(), StoreError>) {
        if let Some(answer) = self.answer.take() {
            // The receiver is gone if the client has disconnected; the work is done all the same.
            let _ = answer.send(done.map(|()| self));
        }
    }
}
