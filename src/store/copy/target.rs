//! The database that is copied into, marked as unfinished until the copy is whole.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::super::catalog::has_table;
use super::super::connection::{AnyConnection, Connector};
use super::super::errors::is_refused_statement;
use super::super::lanes::in_transaction;
use super::super::unfinished_copy::{self, unfinished_copy as mark};
use super::super::{StoreError, migrations};
use super::database::Database;
use super::error::CopyError;
use super::report::Side;
use super::tables::{Page, TABLES, Table};
use crate::settings::DatabaseSettings;

/// The database that is copied into.
pub(super) struct Target {
    pub database: Database,
    settings: DatabaseSettings,
}

/// What a database that is to be copied into holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No rows, and perhaps no tables.
    Empty,
    /// What a copy that was not finished left.
    HalfMade,
    /// Rows in this table, and no mark.
    InUse(&'static str),
}

impl Target {
    /// Connects. An SQLite file is made if it is not there.
    pub(super) fn open(settings: &DatabaseSettings) -> Result<Self, CopyError> {
        let made = Connector::new(settings.clone()).make_missing();
        made.map_err(|cause| CopyError::Failed { side: Side::Target, cause })?;
        Ok(Self { database: Database::open(settings, Side::Target)?, settings: settings.clone() })
    }

    /// Returns what the target holds.
    pub(super) fn standing(&mut self) -> Result<Standing, CopyError> {
        self.with(|connection| {
            if unfinished_copy::is_half_made(connection)? {
                return Ok(Standing::HalfMade);
            }
            Ok(first_with_rows(connection)?.map_or(Standing::Empty, Standing::InUse))
        })
    }

    /// Brings the tables to this program's version and sets the mark.
    pub(super) fn begin(&mut self) -> Result<(), CopyError> {
        let migrated = migrations::migrate(&mut self.database.connection, &self.settings);
        migrated.map_err(|cause| CopyError::Failed { side: Side::Target, cause })?;
        let in_use = self.in_transaction(|connection| {
            keep_writers_away(connection)?;
            // Somebody may have written since this was looked at last, and must not lose it to `empty`.
            if let Some(table) = first_with_rows(connection)? {
                return Ok(Some(table));
            }
            unfinished_copy::set(connection)?;
            for table in &TABLES {
                let row = (mark::table_name.eq(table.name), mark::last_key.eq(""));
                diesel::insert_into(mark::table).values(row).execute(connection)?;
            }
            Ok(None)
        });
        match in_use? {
            Some(table) => Err(CopyError::Disturbed(table)),
            None => Ok(()),
        }
    }

    /// Throws away what a copy that was not finished left, and its mark.
    pub(super) fn empty(&mut self) -> Result<(), CopyError> {
        self.in_transaction(|connection| {
            match connection {
                #[cfg(feature = "sqlite")]
                AnyConnection::Sqlite(sqlite) => {
                    for table in TABLES.iter().rev() {
                        sqlite.batch_execute(&format!("DELETE FROM {}", table.name))?;
                    }
                }
                #[cfg(feature = "postgres")]
                AnyConnection::Postgres(postgres) => {
                    postgres.batch_execute(&format!("TRUNCATE {}", names()))?;
                }
            }
            unfinished_copy::remove(connection)
        })
    }

    /// The last key that was copied; empty before the first.
    pub(super) fn last_key(&mut self, table: &Table) -> Result<String, CopyError> {
        let last_key = mark::table.find(table.name).select(mark::last_key);
        self.with(|connection| last_key.get_result(connection))
    }

    /// Writes the rows that come after the key `after`, and that they have been written.
    pub(super) fn insert(&mut self, table: &Table, page: &dyn Page, after: &str) -> Result<(), CopyError> {
        let Some(last_key) = page.last_key() else { return Ok(()) };
        let inserted = in_transaction(&mut self.database.connection, |connection| {
            let here = mark::table.find(table.name).filter(mark::last_key.eq(after));
            let moved = diesel::update(here).set(mark::last_key.eq(last_key)).execute(connection)?;
            // Another copy has been here first: what this one would write is there already.
            if moved == 1 { page.insert(connection).map(Some) } else { Ok(None) }
        });
        match inserted.map_err(|failed| failed.error) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(CopyError::Disturbed(table.name)),
            Err(cause) if is_refused_statement(&cause) => {
                Err(CopyError::Refused { table: table.name, cause: StoreError::Query(cause) })
            }
            Err(error) => Err(self.database.failed(error)),
        }
    }

    /// Deletes the mark: the copy is complete.
    pub(super) fn finish(&mut self) -> Result<(), CopyError> {
        self.with(|connection| {
            count_for_the_planner(connection)?;
            unfinished_copy::remove(connection)
        })
    }

    fn with<T>(&mut self, work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> Result<T, CopyError> {
        work(&mut self.database.connection).map_err(|error| self.database.failed(error))
    }

    fn in_transaction<T>(&mut self, work: impl FnOnce(&mut AnyConnection) -> QueryResult<T>) -> Result<T, CopyError> {
        self.with(|connection| in_transaction(connection, work).map_err(|failed| failed.error))
    }
}

/// Until the transaction ends. SQLite lets only one write anyway.
fn keep_writers_away(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => {
            postgres.batch_execute(&format!("LOCK TABLE {} IN EXCLUSIVE MODE", names()))
        }
    }
}

/// Without this PostgreSQL's planner knows nothing of the new rows until autovacuum comes by.
fn count_for_the_planner(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => postgres.batch_execute(&format!("ANALYZE {}", names())),
    }
}

#[cfg(feature = "postgres")]
fn names() -> String {
    TABLES.map(|table| table.name).join(", ")
}

/// The first of our tables that is there and not empty.
fn first_with_rows(connection: &mut AnyConnection) -> QueryResult<Option<&'static str>> {
    for table in &TABLES {
        if has_table(connection, table.name)? && (table.count)(connection)? > 0 {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}
