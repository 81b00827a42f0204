//! Runs work on connections, and commits writes that wait at the same time together.
//!
//! SQLite has one writer: its thread takes everything that waits in its queue, does it in one transaction and only
//! then answers, so that one `fsync` serves many. PostgreSQL does that by itself (`commit_delay` aside), so there each
//! thread owns a connection and does one piece of work at a time.
//!
//! A write is therefore a function that may be run again: alone after its batch failed, or after a collision.

use crossbeam_channel::Receiver;
use diesel::Connection;
use diesel::result::QueryResult;
use tokio::sync::oneshot;

use super::StoreError;
use super::checkpoint::Checkpointer;
use super::connection::{Access, AnyConnection, Connector};
use super::errors::{is_contention, is_lost_connection, is_refused_statement};
use crate::lane::{Lane, survive};
use crate::settings::DatabaseUrl;

/// The most writes that share a transaction: bounds how long the first of them waits for the last.
const LARGEST_BATCH: usize = 512;
/// How often work is run again after collisions before its error is handed on.
const ATTEMPTS: usize = 8;

/// The threads that own connections: on SQLite some that read and one that writes, on PostgreSQL one kind.
#[derive(Clone)]
pub struct Lanes {
    readers: Lane<Box<dyn Work>>,
    writers: Lane<Box<dyn Work>>,
}

/// How much a piece of work relies on a transaction around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Changes nothing.
    Read,
    /// One statement that writes (others may read): it is undone by itself when it fails.
    Statement,
    /// Several statements that are done together or not at all.
    Transaction,
    /// Manages transactions itself and must have the connection for itself.
    Exclusive,
}

/// A piece of work that waits for a connection, and somebody who waits for its answer.
trait Work: Send {
    fn shape(&self) -> Shape;
    /// Does the work, keeping its outcome for [`Work::settle`]. May be called again.
    fn attempt(&mut self, connection: &mut AnyConnection) -> QueryResult<()>;
    /// Answers: with the outcome, or with why it did not come to be.
    fn settle(self: Box<Self>, done: Result<(), StoreError>);
}

struct Waiting<T, F> {
    shape: Shape,
    work: F,
    outcome: Option<T>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Work for Waiting<T, F>
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

    fn settle(self: Box<Self>, done: Result<(), StoreError>) {
        let Self { outcome, answer, .. } = *self;
        // Nobody waits any more when the client has gone; the work is done all the same.
        let _ = answer.send(done.and_then(|()| outcome.ok_or(StoreError::Stopped)));
    }
}

impl Lanes {
    pub fn open(connector: &Connector) -> Result<Self, StoreError> {
        let settings = &connector.settings;
        match &settings.url {
            DatabaseUrl::Sqlite(_) => {
                let writer = Kept::open(connector, Access::ReadWrite)?;
                let copier = Checkpointer::start(connector.open(Access::ReadWrite)?).map_err(no_thread)?;
                let writer = |jobs: &Receiver<Box<dyn Work>>| in_batches(writer, copier, jobs);
                let writers = Lane::start("store-writer", settings.queue, vec![writer]).map_err(no_thread)?;
                let readers = one_by_one("store-reader", connector, settings.readers.get(), Access::ReadOnly)?;
                Ok(Self { readers, writers })
            }
            DatabaseUrl::Postgres(_) => {
                let both = one_by_one("store", connector, settings.connections.get(), Access::ReadWrite)?;
                Ok(Self { readers: both.clone(), writers: both })
            }
        }
    }

    /// Runs a query that changes nothing.
    pub async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        submit(&self.readers, Shape::Read, work).await
    }

    /// Runs work of which one statement writes; that statement is undone by itself when it fails.
    pub async fn write_statement<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        submit(&self.writers, Shape::Statement, work).await
    }

    /// Runs statements that are done together or, if the work returns an error, not at all.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        submit(&self.writers, Shape::Transaction, work).await
    }

    /// Lends a connection that can write, outside any transaction.
    pub async fn exclusive<T, F>(&self, mut work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> Result<T, StoreError> + Send + 'static,
    {
        submit(&self.writers, Shape::Exclusive, move |connection| Ok(work(connection))).await?
    }
}

async fn submit<T, F>(lane: &Lane<Box<dyn Work>>, shape: Shape, work: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    lane.submit(Box::new(Waiting { shape, work, outcome: None, answer }))?;
    answered.await.map_err(|_| StoreError::Stopped)?
}

/// A thread's connection, made anew when the last one is of no more use.
struct Kept {
    connector: Connector,
    access: Access,
    connection: Option<AnyConnection>,
}

impl Kept {
    fn open(connector: &Connector, access: Access) -> Result<Self, StoreError> {
        let connection = Some(connector.open(access)?);
        Ok(Self { connector: connector.clone(), access, connection })
    }

    /// Runs `work` on the connection. One that was lost, or in which a transaction may have been left open, is
    /// closed, which undoes what was not committed.
    fn with<T>(&mut self, work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> Result<T, StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed => closed.insert(self.connector.open(self.access)?),
        };
        match survive(|| work(connection)) {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) if is_refused_statement(&error) || is_contention(&error) => Err(error.into()),
            Some(Err(error)) => {
                self.connection = None;
                if is_lost_connection(&error) {
                    return Err(StoreError::Unavailable(error.to_string()));
                }
                Err(error.into())
            }
            None => {
                self.connection = None;
                Err(StoreError::Stopped)
            }
        }
    }

    /// Does one piece of work in a transaction of its own and answers.
    fn settle_alone(&mut self, mut work: Box<dyn Work>) {
        let done = self.with(|connection| alone(connection, work.as_mut()));
        work.settle(done);
    }
}

/// Starts threads that each do one piece of work at a time.
fn one_by_one(
    name: &str,
    connector: &Connector,
    count: usize,
    access: Access,
) -> Result<Lane<Box<dyn Work>>, StoreError> {
    let connections = (0..count).map(|_| Kept::open(connector, access)).collect::<Result<Vec<_>, _>>()?;
    let working =
        |mut kept: Kept| move |jobs: &Receiver<Box<dyn Work>>| jobs.iter().for_each(|work| kept.settle_alone(work));
    Lane::start(name, connector.settings.queue, connections.into_iter().map(working).collect()).map_err(no_thread)
}

fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("no thread for it: {error}"))
}

/// Does one piece of work, again after a collision.
fn alone(connection: &mut AnyConnection, work: &mut dyn Work) -> QueryResult<()> {
    let mut attempt = 1;
    loop {
        let done = match work.shape() {
            Shape::Read | Shape::Statement | Shape::Exclusive => work.attempt(connection),
            Shape::Transaction => in_transaction(connection, |connection| work.attempt(connection)),
        };
        match done {
            Err(error) if is_contention(&error) && attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
    }
}

/// The life of SQLite's one writing thread.
fn in_batches(mut kept: Kept, mut copier: Checkpointer, jobs: &Receiver<Box<dyn Work>>) {
    let mut batch = Vec::with_capacity(LARGEST_BATCH);
    while let Ok(first) = jobs.recv() {
        batch.push(first);
        batch.extend(jobs.try_iter().take(LARGEST_BATCH - 1));
        let size = batch.len();
        let together = batch.len() > 1 && batch.iter().all(|work| work.shape() != Shape::Exclusive);
        let outcomes = if together {
            kept.with(|connection| in_transaction(connection, |connection| attempt_all(connection, &mut batch))).ok()
        } else {
            None
        };
        match outcomes {
            Some(outcomes) => {
                for (work, outcome) in batch.drain(..).zip(outcomes) {
                    work.settle(outcome.map_err(StoreError::from));
                }
            }
            // Something beyond one statement went wrong: nothing of the batch was kept, so each goes alone.
            None => batch.drain(..).for_each(|work| kept.settle_alone(work)),
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
                Shape::Read | Shape::Statement | Shape::Exclusive => work.attempt(connection),
            };
            match outcome {
                Err(error) if !is_refused_statement(&error) => Err(error),
                outcome => Ok(outcome),
            }
        })
        .collect()
}

/// Runs `work` in a transaction that takes SQLite's write lock at its beginning: one that began by reading could
/// find the database changed under it and fail half-way.
pub(super) fn in_transaction<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    use diesel::connection::{AnsiTransactionManager, TransactionManager};

    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres)?,
    }
    match work(connection) {
        Ok(value) => {
            AnyConnection::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            // On a full disk and the like SQLite has ended the transaction itself, and there is nothing to roll back;
            // the cause is worth more than that.
            let _ = AnyConnection::rollback_transaction(connection);
            Err(error)
        }
    }
}
