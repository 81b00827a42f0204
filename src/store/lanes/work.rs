//! A piece of work on its way to a connection, and who waits for its answer.

use diesel::result::QueryResult;
use tokio::sync::oneshot;

use crate::store::StoreError;
use crate::store::connection::AnyConnection;

/// How much a piece of work relies on a transaction around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Changes nothing.
    Read,
    /// One statement that writes (others may read): it is undone by itself when it fails.
    Statement,
    /// Such a statement, done so often and over so soon that several may share a transaction on either engine.
    Shared,
    /// Such a statement whose answer nobody is waiting for: it may be put off for a moment, to share a transaction.
    Unhurried,
    /// Several statements that are done together or not at all.
    Transaction,
    /// Manages transactions itself and must have the connection for itself.
    Exclusive,
}

impl Shape {
    /// Whether several such pieces of work may share a transaction on either engine.
    pub(super) fn may_be_shared(self) -> bool {
        matches!(self, Self::Shared | Self::Unhurried)
    }
}

/// What is done on a connection.
pub(super) trait Attempt {
    fn shape(&self) -> Shape;
    /// Does the work, keeping its outcome for [`Work::settle`]. May be called again.
    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()>;
}

/// A piece of work that waits for a connection, and somebody who waits for its answer.
pub(super) trait Work: Attempt + Send {
    /// Answers: with the outcome, or with why it did not come to be.
    fn settle(self: Box<Self>, done: Result<(), StoreError>);
}

/// Work as it was asked for.
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
        // Nobody waits any more when the client has gone; the work is done all the same.
        let _ = answer.send(done.and_then(|()| outcome.ok_or(StoreError::Stopped)));
    }
}
