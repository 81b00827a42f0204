//! What a PostgreSQL database must be able to store and what its role must be allowed to do: for `countersign check` and
//! for the start. Without these checks the first request that needs it would fail.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use super::connection::AnyConnection;
use super::copy::TABLES;
use super::{Store, StoreError};

impl Store {
    /// Checks that the database can store every letter, and that its role may read and write the tables.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unfit`] with the remedy.
    pub async fn must_be_usable(&self) -> Result<(), StoreError> {
        let checked = self
            .lanes
            .read(|connection| Ok(must_be_utf_8(connection).and_then(|()| role_must_read_and_write(connection))));
        checked.await?
    }
}

/// Refuses a database whose encoding lacks letters: each of them in a request would be an error of the server.
///
/// # Errors
///
/// [`StoreError::Unfit`] with the remedy.
pub(super) fn must_be_utf_8(connection: &mut AnyConnection) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Encoding {
        #[diesel(sql_type = Text)]
        encoding: String,
        #[diesel(sql_type = Text)]
        database: String,
    }

    if !is_postgres(connection) {
        return Ok(());
    }
    let sql = "SELECT current_setting('server_encoding') AS encoding, quote_ident(current_database()) AS database";
    let Encoding { encoding, database } = diesel::sql_query(sql).get_result(connection)?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(StoreError::Unfit(format!(
        "the database {database} is encoded in {encoding}, which cannot store every name; make another one with \
         `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`, and move what this one holds with \
         `countersign database copy`"
    )))
}

/// Refuses a role that may not create and change the tables.
///
/// # Errors
///
/// [`StoreError::Unfit`] with the remedy.
pub(super) fn role_must_migrate(connection: &mut AnyConnection) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Rights {
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = Text)]
        database: String,
        /// The first schema of the search path that is there and may be used.
        #[diesel(sql_type = Nullable<Text>)]
        schema: Option<String>,
        #[diesel(sql_type = Bool)]
        may_create: bool,
        /// A table of the program's that another role owns.
        #[diesel(sql_type = Nullable<Text>)]
        others_table: Option<String>,
    }

    if !is_postgres(connection) {
        return Ok(());
    }
    let sql = format!(
        "SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
            quote_ident(current_schema()) AS schema,
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
            (SELECT min(relname::text) FROM pg_class WHERE oid IN ({}) AND NOT pg_has_role(relowner, 'USAGE'))
                AS others_table",
        our_tables()
    );
    let Rights { role, database, schema, may_create, others_table } = diesel::sql_query(sql).get_result(connection)?;
    let schema_name = schema.as_deref().unwrap_or("public");
    if !may_create {
        return Err(StoreError::Unfit(format!(
            "the role {role} may not make tables in the schema {schema_name}; as a superuser run \
             `ALTER DATABASE {database} OWNER TO {role}`, or in that database \
             `GRANT USAGE, CREATE ON SCHEMA {schema_name} TO {role}`"
        )));
    }
    match others_table {
        None => Ok(()),
        Some(table) => Err(StoreError::Unfit(format!(
            "the role {role} does not own the table {table}, which migrations change; run `countersign migrate` as its \
             owner, or as a superuser `ALTER TABLE {table} OWNER TO {role}` and the same for the other tables"
        ))),
    }
}

/// Refuses a role that may not read and write all tables.
///
/// # Errors
///
/// [`StoreError::Unfit`] with the remedy.
pub(super) fn role_must_read_and_write(connection: &mut AnyConnection) -> Result<(), StoreError> {
    #[derive(QueryableByName)]
    struct Lacking {
        #[diesel(sql_type = Text)]
        role: String,
        #[diesel(sql_type = Text)]
        schema: String,
        #[diesel(sql_type = Text)]
        tables: String,
    }

    if !is_postgres(connection) {
        return Ok(());
    }
    // A list of rights asks for one of them.
    let sql = format!(
        "SELECT quote_ident(current_user) AS role, min(relnamespace::regnamespace::text) AS schema,
            string_agg(relname::text, ', ' ORDER BY relname) AS tables
        FROM pg_class WHERE oid IN ({})
            AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
                AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
        HAVING count(*) > 0",
        our_tables()
    );
    match diesel::sql_query(sql).load::<Lacking>(connection)?.pop() {
        None => Ok(()),
        Some(Lacking { role, schema, tables }) => Err(StoreError::Unfit(format!(
            "the role {role} may not read and write these tables: {tables}; as their owner run \
             `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}`"
        ))),
    }
}

/// Returns SQL for the numbers of the program's tables. Those that are missing have none.
fn our_tables() -> String {
    let names: Vec<_> = TABLES.iter().map(|table| format!("to_regclass('{}')", table.name)).collect();
    names.join(", ")
}

fn is_postgres(connection: &AnyConnection) -> bool {
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(_) => false,
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => true,
    }
}
