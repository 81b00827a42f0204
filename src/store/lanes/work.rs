//! A piece of work in the queue, with the channel for its answer.

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
    /// A [`Shape::Shared`] statement whose answer no request waits for. It may be delayed for a moment to share a
    /// transaction.
    Unhurried,
    /// Several statements that succeed or fail together.
    Transaction,
    /// Work that manages transactions itself and needs the connection alone.
    Exclusive,
}

impl Shape {
    /// Returns whether several such pieces of work may share a transaction on either engine.
    pub(super) fn may_be_shared(self) -> bool {
        matches!(self, Self::Shared | Self::Unhurried)
    }
}

/// Work that can be run on a connection.
pub(super) trait Attempt {
    fn shape(&self) -> Shape;
    /// Runs the work and keeps its outcome for [`Work::settle`]. May be called again.
    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()>;
}

/// A piece of work that waits for a connection, and the caller that waits for its answer.
pub(super) trait Work: Attempt + Send {
    /// Sends the outcome, or the error.
    fn settle(self: Box<Self>, done: Result<(), StoreError>);
}

/// A queued closure and its outcome.
pub(super) struct Waiting<T, F> {
    shape: Shape,
    work: F,
    outcome: Option<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Waiting<T, F> {
    pub(super) fn new(shape: Shape, work: F, answer: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { shape, work, outcome: None, answer }
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
    fn settle(self: Box<Self>, done: Result<(), StoreError>) {
        let Self { outcome, answer, .. } = *self;
        // The receiver is gone if the client has disconnected; the work is done all the same.
        let _ = answer.send(done.and_then(|()| outcome.ok_or(StoreError::Stopped)));
    }
}
