//! Runs work on connections, and commits waiting writes together.
//!
//! SQLite has one writer. Its thread runs all queued work in one transaction and only then answers, so that one `fsync`
//! serves many writes. PostgreSQL groups commits by itself (`commit_delay` aside). There each thread borrows a
//! connection and runs one piece of work at a time; only small writes share a transaction.
//!
//! A write is therefore a function that may be run again: alone after its batch failed, after a collision, or after its
//! connection was lost before the commit.

mod attempt;
mod batches;
mod kept;
mod lookup;
mod pool;
mod together;
mod work;

use std::sync::Arc;

use diesel::result::QueryResult;
use tokio::sync::oneshot;

use super::StoreError;
use super::access::Access;
use super::checkpoint::Checkpointer;
use super::connection::{AnyConnection, Connector};
use super::errors::no_thread;
use crate::lane::{Lane, Queue, Urgency};
use crate::settings::DatabaseUrl;
pub(super) use attempt::in_transaction;
use batches::in_batches;
use kept::{Kept, one_by_one};
use lookup::Lookup;
pub(super) use lookup::Queries;
use pool::Pool;
use work::{Shape, Waiting, Work};

/// The threads that work on connections: on SQLite several readers and one writer, on PostgreSQL threads of one kind.
#[derive(Clone)]
pub(super) struct Lanes {
    readers: Lane<Box<dyn Work>>,
    writers: Lane<Box<dyn Work>>,
    /// PostgreSQL's connection pool.
    pool: Option<Arc<Pool>>,
    /// Whether writes that are submitted by this handle may be delayed for a moment.
    can_wait: bool,
}

impl Lanes {
    pub(super) fn open(connector: &Connector) -> Result<Self, StoreError> {
        let settings = &connector.settings;
        match &settings.url {
            DatabaseUrl::Sqlite(_) => {
                let writer = Kept::open(connector, Access::ReadWrite)?;
                let copier = Checkpointer::start(connector.open(Access::ReadWrite)?).map_err(no_thread)?;
                let writer = |jobs: &Queue<Box<dyn Work>>| in_batches(writer, copier, jobs);
                let writers = Lane::start("store-writer", settings.queue, vec![writer]).map_err(no_thread)?;
                let readers = one_by_one("store-reader", connector, settings.readers.get(), Access::ReadOnly)?;
                Ok(Self { readers, writers, pool: None, can_wait: false })
            }
            DatabaseUrl::Postgres(_) => {
                let pool = Arc::new(Pool::open(connector)?);
                let working = |pool: Arc<Pool>| move |jobs: &Queue<Box<dyn Work>>| together::work_off(&pool, jobs);
                let workers = (0..settings.connections.get()).map(|_| working(Arc::clone(&pool))).collect();
                let both = Lane::start("store", settings.queue, workers).map_err(no_thread)?;
                // A hung server must not keep the program from ending.
                let both = both.part_after(pool.patience());
                Ok(Self { readers: both.clone(), writers: both, pool: Some(pool), can_wait: false })
            }
        }
    }

    /// Returns lanes without connections and threads, which refuse all work.
    pub(super) fn stopped() -> Self {
        Self { readers: Lane::stopped(), writers: Lane::stopped(), pool: None, can_wait: false }
    }

    /// Returns the same lanes for writes that may be delayed for a moment to share SQLite's commit, if they `can_wait`.
    pub(super) fn that_can_wait(&self, can_wait: bool) -> Self {
        Self { can_wait, ..self.clone() }
    }

    /// Runs a query that only reads.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        self.submit(&self.readers, Shape::Read, work).await
    }

    /// Runs work with one writing statement, which the database rolls back if it fails.
    pub(super) async fn write_statement<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        self.submit(&self.writers, Shape::Statement, work).await
    }

    /// Like [`Lanes::write_statement`], for frequent writes: several may share a transaction.
    pub(super) async fn write_shared<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        self.submit(&self.writers, Shape::Shared, work).await
    }

    /// Runs statements in one transaction, which is rolled back if the work returns an error.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        self.submit(&self.writers, Shape::Transaction, work).await
    }

    /// Lends a connection that can write, outside any transaction.
    pub(super) async fn exclusive<T, F>(&self, mut work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> Result<T, StoreError> + Send + 'static,
    {
        self.submit(&self.writers, Shape::Exclusive, move |connection| Ok(work(connection))).await?
    }

    /// Refuses new work, finishes queued work and closes the connections. The writing connection is closed last and
    /// empties SQLite's log.
    pub(super) fn close(&self) {
        self.readers.close();
        // On PostgreSQL this is the same lane.
        self.writers.close();
    }

    /// Finds the value of a key.
    pub(super) async fn look_up<V>(&self, key: String, queries: &'static Queries<V>) -> Result<Option<V>, StoreError>
    where
        V: Clone + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let lookup = Box::new(Lookup::new(key, queries, answer));
        Ok(self.answer(&self.readers, Shape::Read, lookup, answered).await?.into_found())
    }

    async fn submit<T, F>(&self, lane: &Lane<Box<dyn Work>>, shape: Shape, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut AnyConnection) -> QueryResult<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let work = Box::new(Waiting::new(shape, work, answer).that_can_wait(self.can_wait));
        self.answer(lane, shape, work, answered).await?.into_outcome()
    }

    /// Queues work and waits for its answer.
    async fn answer<A>(
        &self,
        lane: &Lane<Box<dyn Work>>,
        shape: Shape,
        work: Box<dyn Work>,
        answered: oneshot::Receiver<Result<A, StoreError>>,
    ) -> Result<A, StoreError> {
        // SQLite's file either answers or fails, and migrations have no time limit.
        let Some(pool) = self.pool.as_ref().filter(|_| shape != Shape::Exclusive) else {
            let urgency = if work.can_wait() { Urgency::CanWait } else { Urgency::Now };
            lane.submit_with(work, urgency)?;
            return answered.await.map_err(|_| StoreError::Stopped)?;
        };
        pool.admit()?;
        lane.submit(work)?;
        match tokio::time::timeout(pool.patience(), answered).await {
            Ok(answer) => answer.map_err(|_| StoreError::Stopped)?,
            Err(_) => Err(pool.no_answer()),
        }
    }
}
