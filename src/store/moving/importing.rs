//! Writes imported users, a few hundred in one transaction, together with how far the import got.

#[cfg(feature = "postgres")]
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::rows::{insert_revoked_tokens, insert_users};
use super::{MovedUser, RevokedToken};
use crate::clock::Timestamp;
use crate::settings::DatabaseSettings;
use crate::store::connection::AnyConnection;
use crate::store::schema::imports;
use crate::store::{Store, StoreError, inspection};

/// How far the import of a file got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImportRecord {
    /// When it began. All instants that the file lacks are this one, so that a resumed import stores the same.
    pub(crate) began_at: Timestamp,
    /// How many of the file's entries have been imported or skipped.
    pub(crate) done: u64,
    /// When all of them were.
    pub(crate) finished_at: Option<Timestamp>,
}

/// Entries of a file that are imported in one transaction.
#[derive(Clone, Debug)]
pub(crate) struct ImportStep {
    /// The file.
    pub(crate) digest: String,
    /// How many entries were done before.
    pub(crate) done_before: u64,
    /// How many entries are done afterwards, with those that were skipped.
    pub(crate) done_after: u64,
    pub(crate) users: Vec<MovedUser>,
    pub(crate) revoked_tokens: Vec<RevokedToken>,
}

/// The outcome of one step. Nothing was stored unless it is [`Stored`](Self::Stored).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportOutcome {
    Stored,
    /// Another user has an id, a name, an address or something else by now that must be unique.
    Taken,
    /// Another process imports the same file.
    Disturbed,
}

impl Store {
    /// Returns how far the import of a file got, if it began.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find_import(&self, digest: String) -> Result<Option<ImportRecord>, StoreError> {
        self.lanes.read(move |connection| find(connection, &digest)).await
    }

    /// Returns when the imports began that were not finished, without changing anything, also on the disk.
    ///
    /// # Errors
    ///
    /// When there is no database, or it does not answer.
    pub(crate) async fn inspect_imports(settings: DatabaseSettings) -> Result<Vec<Timestamp>, StoreError> {
        let read = |connection: &mut AnyConnection| {
            let unfinished = imports::table.filter(imports::finished_at.is_null()).select(imports::began_at);
            let began_at: Vec<i64> = unfinished.order(imports::began_at.asc()).load(connection)?;
            Ok(began_at.into_iter().map(Timestamp::from_unix_seconds).collect())
        };
        inspection::inspect_aside(settings, read).await
    }

    /// Records that the import of a file begins, unless it did before, and returns how far it got.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn begin_import(&self, digest: String, now: Timestamp) -> Result<ImportRecord, StoreError> {
        let beginning = move |connection: &mut AnyConnection| {
            if let Some(record) = find(connection, &digest)? {
                return Ok(record);
            }
            let row = (imports::digest.eq(&digest), imports::began_at.eq(now.unix_seconds()), imports::done.eq(0));
            diesel::insert_into(imports::table).values(row).execute(connection)?;
            Ok(ImportRecord { began_at: now, done: 0, finished_at: None })
        };
        self.lanes.write(beginning).await
    }

    /// Stores users, revoked tokens, and how far the import got.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn import(&self, step: ImportStep) -> Result<ImportOutcome, StoreError> {
        let [before, after] = [step.done_before, step.done_after].map(number);
        let storing = move |connection: &mut AnyConnection| {
            let here = imports::table.find(&step.digest).filter(imports::done.eq(before));
            if diesel::update(here).set(imports::done.eq(after)).execute(connection)? == 0 {
                return Ok(ImportOutcome::Disturbed);
            }
            insert_users(connection, &step.users)?;
            insert_revoked_tokens(connection, &step.revoked_tokens)?;
            Ok(ImportOutcome::Stored)
        };
        match self.lanes.write(storing).await {
            Err(error) if error.violates_any_unique() => Ok(ImportOutcome::Taken),
            stored => stored,
        }
    }

    /// Records that a file is imported as a whole.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn finish_import(&self, digest: String, now: Timestamp) -> Result<(), StoreError> {
        let finishing = move |connection: &mut AnyConnection| {
            let here = imports::table.find(&digest);
            diesel::update(here).set(imports::finished_at.eq(now.unix_seconds())).execute(connection)?;
            count_for_the_planner(connection)
        };
        self.lanes.write(finishing).await
    }
}

fn find(connection: &mut AnyConnection, digest: &str) -> QueryResult<Option<ImportRecord>> {
    let row = imports::table.find(digest).select((imports::began_at, imports::done, imports::finished_at));
    let row = row.get_result::<(i64, i64, Option<i64>)>(connection).optional()?;
    Ok(row.map(|(began_at, done, finished_at)| ImportRecord {
        began_at: Timestamp::from_unix_seconds(began_at),
        done: done.unsigned_abs(),
        finished_at: finished_at.map(Timestamp::from_unix_seconds),
    }))
}

fn number(count: u64) -> i64 {
    i64::try_from(count).expect("a file has fewer entries than bytes")
}

/// Without this PostgreSQL's planner knows nothing of the new rows until autovacuum comes by.
fn count_for_the_planner(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => postgres
            .batch_execute("ANALYZE users, sessions, provider_accounts, moved_users, moved_emails, moved_tokens"),
    }
}
