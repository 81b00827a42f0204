//! What is read of either database, and how its faults are told.

use diesel::connection::SimpleConnection;

use super::super::access::Access;
use super::super::catalog::has_table;
use super::super::connection::{AnyConnection, Connector};
use super::super::errors::is_lost_connection;
use super::super::{StoreError, migrations, snapshot, unfinished_copy};
use super::checksum::Checksum;
use super::error::{CopyError, Misfit};
use super::report::{CopyProgress, CopyStage, Side};
use super::tables::{PAGE_ROWS, Page, Table};
use crate::settings::{DatabaseSettings, DatabaseUrl};

/// A connection to one of them.
pub(super) struct Database {
    pub connection: AnyConnection,
    pub side: Side,
}

impl Database {
    /// Connects for writing.
    pub(super) fn open(settings: &DatabaseSettings, side: Side) -> Result<Self, CopyError> {
        Self::connect(settings, side, Access::ReadWrite)
    }

    /// Connects for reading what is there at this instant, whatever is written meanwhile.
    pub(super) fn snapshot(settings: &DatabaseSettings, side: Side) -> Result<Self, CopyError> {
        if let DatabaseUrl::Sqlite(path) = &settings.url
            && !path.exists()
        {
            // Opening would make it.
            return Err(CopyError::Missing { side, path: path.clone() });
        }
        let mut database = Self::connect(settings, side, Access::ReadOnly)?;
        snapshot::begin(&mut database.connection).map_err(|error| database.failed(error))?;
        Ok(database)
    }

    fn connect(settings: &DatabaseSettings, side: Side, access: Access) -> Result<Self, CopyError> {
        let connection = Connector::new(settings.clone()).open(access);
        connection.map(|connection| Self { connection, side }).map_err(|cause| CopyError::Failed { side, cause })
    }

    /// Ends the snapshot and begins one of this instant.
    pub(super) fn renew_snapshot(&mut self) -> Result<(), CopyError> {
        let renewed = self.connection.batch_execute("ROLLBACK").and_then(|()| snapshot::begin(&mut self.connection));
        renewed.map_err(|error| self.failed(error))
    }

    /// Refuses tables that are not this program's, or not whole.
    pub(super) fn must_fit(&mut self) -> Result<(), CopyError> {
        let side = self.side;
        let unfit = |fact| Err(CopyError::Unfit { side, fact });
        if unfinished_copy::is_half_made(&mut self.connection).map_err(|error| self.failed(error))? {
            return unfit(Misfit::HalfCopied);
        }
        let known = migrations::all_versions(&self.connection).map_err(|cause| CopyError::Failed { side, cause })?;
        let applied = self.versions()?;
        if applied.is_empty() {
            unfit(Misfit::NoTables)
        } else if applied.iter().any(|version| !known.contains(version)) {
            unfit(Misfit::TooNew)
        } else if applied != known {
            unfit(Misfit::Outdated)
        } else {
            Ok(())
        }
    }

    /// The versions of the migrations that were run; none where there are no tables of ours.
    pub(super) fn versions(&mut self) -> Result<Vec<String>, CopyError> {
        let there = has_table(&mut self.connection, migrations::TABLE);
        let versions = there
            .and_then(|there| if there { migrations::applied_versions(&mut self.connection) } else { Ok(Vec::new()) });
        versions.map_err(|error| self.failed(error))
    }

    /// Counts the table's rows.
    pub(super) fn count(&mut self, table: &Table) -> Result<u64, CopyError> {
        let count = (table.count)(&mut self.connection).map_err(|error| self.failed(error))?;
        Ok(count.unsigned_abs())
    }

    /// Reads the rows whose keys come next.
    pub(super) fn read(
        &mut self,
        table: &Table,
        after: &str,
        through: Option<&str>,
    ) -> Result<Box<dyn Page>, CopyError> {
        (table.read)(&mut self.connection, after, through).map_err(|error| self.failed(error))
    }

    /// Reads all rows, or those up to a key, and adds up their checksums.
    pub(super) fn checksum(
        &mut self,
        table: &Table,
        through: Option<&str>,
        stage: CopyStage,
        tell: &mut dyn FnMut(CopyProgress),
    ) -> Result<Checksum, CopyError> {
        let of = self.count(table)?;
        let mut sum = Checksum::default();
        let mut after = String::new();
        loop {
            let page = self.read(table, &after, through)?;
            sum.add(page.checksum());
            tell(CopyProgress { stage, table: table.name, rows: sum.rows, of });
            match page.last_key() {
                Some(last_key) if page.rows() == PAGE_ROWS => last_key.clone_into(&mut after),
                _ => return Ok(sum),
            }
        }
    }

    /// The driver's error, as one of this database.
    pub(super) fn failed(&self, error: diesel::result::Error) -> CopyError {
        let cause = if is_lost_connection(&error) {
            // libpq speaks in several lines.
            StoreError::Unavailable(error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
        } else {
            StoreError::Query(error)
        };
        CopyError::Failed { side: self.side, cause }
    }
}
