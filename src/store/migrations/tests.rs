use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::InstrumentationEvent;
use tempfile::TempDir;

use super::*;
use crate::settings::{DatabaseUrl, Settings};
use crate::store::access::Access;
use crate::store::connection::Connector;

/// More queries than looking at a database takes.
const QUERIES: usize = 12;

/// Looks at an empty database that another connection migrates after the first `queries` queries of the look.
fn state_of_one_that_is_migrated_after(queries: usize) -> Result<MigrationState, StoreError> {
    let directory = TempDir::new().expect("a temporary directory");
    let mut settings = Settings::defaults().database;
    settings.url = DatabaseUrl::Sqlite(directory.path().join("database"));
    let connector = Connector::new(settings.clone());
    connector.make_missing().expect("it can be made");
    let mut looking = connector.open(Access::ReadOnly).expect("it is there");
    let mut migrating = connector.open(Access::ReadWrite).expect("it is there");
    let done = Arc::new(AtomicUsize::new(0));
    looking.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::FinishQuery { .. })
            && done.fetch_add(1, Ordering::Relaxed) + 1 == queries
        {
            migrate(&mut migrating, &settings).expect("it is empty");
        }
    });
    state(&mut looking)
}

#[test]
fn a_look_during_another_processes_migrations_blames_no_other_program() {
    for queries in 1..=QUERIES {
        let state = state_of_one_that_is_migrated_after(queries).expect("the tables are ours");
        assert!(matches!(state, MigrationState::Complete | MigrationState::Pending(_)), "{queries}: {state:?}");
    }
}
