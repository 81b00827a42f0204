//! A connection that a thread keeps for itself.

use diesel::result::QueryResult;

use super::attempt::{Failed, alone};
use super::work::Work;
use crate::lane::{Lane, Queue, survive};
use crate::store::StoreError;
use crate::store::access::Access;
use crate::store::connection::{AnyConnection, Connector};
use crate::store::errors::{no_thread, spares_connection};

/// A thread's connection to SQLite, replaced when it is lost.
pub(super) struct Kept {
    connector: Connector,
    access: Access,
    connection: Option<AnyConnection>,
}

impl Kept {
    pub(super) fn open(connector: &Connector, access: Access) -> Result<Self, StoreError> {
        let connection = Some(connector.open(access)?);
        Ok(Self { connector: connector.clone(), access, connection })
    }

    /// Runs `work` on the connection. Closes the connection if it was lost or may have an open transaction; closing
    /// rolls the transaction back.
    pub(super) fn with<T>(
        &mut self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, Failed>,
    ) -> Result<T, StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed => closed.insert(self.connector.open(self.access)?),
        };
        match survive(|| work(connection)) {
            Some(Ok(value)) => Ok(value),
            Some(Err(Failed { error, .. })) => {
                if !spares_connection(&error) {
                    self.connection = None;
                }
                Err(error.into())
            }
            None => {
                self.connection = None;
                Err(StoreError::Stopped)
            }
        }
    }

    /// Runs `last` on the connection, if there is one, and closes it. Earlier work is already committed.
    pub(super) fn leave(self, last: impl FnOnce(&mut AnyConnection) -> QueryResult<()>) {
        let Some(mut connection) = self.connection else { return };
        if let Err(error) = last(&mut connection) {
            tracing::warn!(%error, "the log could not be copied into the database; the next program to open it does so");
        }
    }

    /// Runs one piece of work in its own transaction and sends the answer.
    pub(super) fn settle_alone(&mut self, mut work: Box<dyn Work>) {
        let done = self.with(|connection| alone(connection, work.as_mut()));
        work.settle(done);
    }
}

/// Starts threads that each run one piece of work at a time.
pub(super) fn one_by_one(
    name: &str,
    connector: &Connector,
    count: usize,
    access: Access,
) -> Result<Lane<Box<dyn Work>>, StoreError> {
    let connections = (0..count).map(|_| Kept::open(connector, access)).collect::<Result<Vec<_>, _>>()?;
    let working = |mut kept: Kept| {
        move |jobs: &Queue<Box<dyn Work>>| {
            while let Some(work) = jobs.next() {
                kept.settle_alone(work);
            }
        }
    };
    Lane::start(name, connector.settings.queue, connections.into_iter().map(working).collect()).map_err(no_thread)
}
