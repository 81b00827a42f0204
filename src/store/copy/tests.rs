//! Whatever the migrations make is copied. (That they make the same for both engines, `tests/database_copy.rs` holds.)

#![cfg(feature = "sqlite")]

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::super::access::Access;
use super::super::connection::{AnyConnection, Connector};
use super::super::migrations;
use super::tables::TABLES;
use crate::settings::{DatabaseSettings, DatabaseUrl, Settings};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Every column there is, as `table.column`, in order.
fn columns(connection: &mut AnyConnection) -> Vec<String> {
    let all = diesel::sql_query(
        "SELECT t.name || '.' || c.name AS name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '__diesel_schema_migrations'
         ORDER BY 1",
    );
    all.load::<Column>(connection).expect("it is SQL").into_iter().map(|column| column.name).collect()
}

#[test]
fn every_table_and_column_that_the_migrations_make_is_copied() {
    let home = tempfile::TempDir::new().expect("a temporary directory");
    let url = DatabaseUrl::Sqlite(home.path().join("database"));
    let settings = DatabaseSettings { url, ..Settings::defaults().database };
    let connector = Connector::new(settings.clone());
    connector.make_missing().expect("it can be made");
    let mut connection = connector.open(Access::ReadWrite).expect("it was made");
    migrations::migrate(&mut connection, &settings).expect("it is empty");
    let copied = TABLES.iter().flat_map(|table| table.columns.iter().map(|column| format!("{}.{column}", table.name)));
    let mut copied: Vec<_> = copied.collect();
    // Triggers fill it as users are copied.
    copied.push("contested_emails.email_key".to_owned());
    copied.sort();
    assert_eq!(columns(&mut connection), copied);
    connection.batch_execute("CREATE TABLE forgotten (id TEXT)").expect("it is SQL");
    assert_eq!(columns(&mut connection).len(), copied.len() + 1, "one that is forgotten would be found");
}
