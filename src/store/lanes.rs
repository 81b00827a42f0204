//! Runs work on connections, and commits writes that wait at the same time together.
//!
//! SQLite has one writer: its thread takes everything that waits in its queue, does it in one transaction and only
//! then answers, so that one `fsync` serves many. PostgreSQL does that by itself (`commit_delay` aside), so there each
//! thread owns a connection and does one piece of work at a time.
//!
//! A write is therefore a function that may be run again: alone after its batch failed, or after a collision.

mod attempt;
mod batches;
mod kept;
mod work;

use crossbeam_channel::Receiver;
use diesel::result::QueryResult;
use tokio::sync::oneshot;

use super::StoreError;
use super::checkpoint::Checkpointer;
use super::connection::{Access, AnyConnection, Connector};
use crate::lane::Lane;
use crate::settings::DatabaseUrl;
use batches::in_batches;
use kept::{Kept, one_by_one};
use work::{Shape, Waiting, Work};

/// The threads that own connections: on SQLite some that read and one that writes, on PostgreSQL one kind.
#[derive(Clone)]
pub struct Lanes {
    readers: Lane<Box<dyn Work>>,
    writers: Lane<Box<dyn Work>>,
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
    lane.submit(Box::new(Waiting::new(shape, work, answer)))?;
    answered.await.map_err(|_| StoreError::Stopped)?
}

fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("no thread for it: {error}"))
}
