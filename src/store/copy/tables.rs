//! The tables that are copied, column by column, in an order in which each finds what it refers to.
//!
//! A row here has every column of its table in `schema`, or it does not compile; a test compares both with what the
//! migrations make.

use diesel::prelude::*;

use super::super::connection::AnyConnection;
use super::super::schema::{
    budgets, idempotency_keys, imports, moved_emails, moved_tokens, moved_users, outbox, provider_accounts, sessions,
    users,
};
use super::checksum::{Checksum, RowSum};

/// Rows that are read, and written in one transaction, at a time: enough to make a commit's cost small, few enough to
/// keep memory small and to lose little when the program is killed.
pub(super) const PAGE_ROWS: usize = 1_000;

/// Every table there is, but the one in which diesel keeps the migrations.
pub(crate) const TABLES: [Table; 10] = [
    USERS,
    OUTBOX,
    SESSIONS,
    BUDGETS,
    PROVIDER_ACCOUNTS,
    MOVED_USERS,
    MOVED_EMAILS,
    MOVED_TOKENS,
    IMPORTS,
    IDEMPOTENCY_KEYS,
];

/// A table, and how to read it.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    pub name: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "compared with the migrations by a test"))]
    pub columns: &'static [&'static str],
    pub read: Read,
    /// Counts the rows.
    pub count: fn(&mut AnyConnection) -> QueryResult<i64>,
}

/// Reads rows in the order of their keys: those after the first text, and not after the second.
type Read = fn(&mut AnyConnection, &str, Option<&str>) -> QueryResult<Box<dyn Page>>;

/// Rows that follow one another, [`PAGE_ROWS`] at most.
pub(crate) trait Page {
    fn rows(&self) -> usize;
    fn last_key(&self) -> Option<&str>;
    fn checksum(&self) -> Checksum;
    fn insert(&self, connection: &mut AnyConnection) -> QueryResult<usize>;
}

/// Makes a table's row, with all columns in their order, and what is done with it.
macro_rules! copied {
    ($name:ident = $table:ident by $key:ident, $row:ident { $($column:ident: $type:ty,)* }) => {
        const $name: Table = Table {
            name: stringify!($table),
            columns: &[$(stringify!($column)),*],
            read: $row::read,
            count: |connection| $table::table.count().get_result(connection),
        };

        #[derive(Queryable, Insertable)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        struct $row {
            $($column: $type,)*
        }

        impl $row {
            fn read(
                connection: &mut AnyConnection,
                after: &str,
                through: Option<&str>,
            ) -> QueryResult<Box<dyn Page>> {
                let mut page = $table::table.order($table::$key.asc()).limit(PAGE_ROWS as i64).into_boxed();
                if !after.is_empty() {
                    page = page.filter($table::$key.gt(after));
                }
                if let Some(through) = through {
                    page = page.filter($table::$key.le(through));
                }
                let rows: Vec<Self> = page.load(connection)?;
                Ok(Box::new(rows))
            }

            fn checksum(&self) -> Checksum {
                let mut sum = RowSum::begin(stringify!($table));
                $(sum.feed(&self.$column);)*
                sum.end()
            }
        }

        impl Page for Vec<$row> {
            fn rows(&self) -> usize {
                self.len()
            }

            fn last_key(&self) -> Option<&str> {
                self.last().map(|row| row.$key.as_str())
            }

            fn checksum(&self) -> Checksum {
                let mut sum = Checksum::default();
                self.iter().for_each(|row| sum.add(row.checksum()));
                sum
            }

            fn insert(&self, connection: &mut AnyConnection) -> QueryResult<usize> {
                // Each engine writes many rows at once in its own way, which the two together do not offer.
                let insert = diesel::insert_into($table::table).values(self);
                match connection {
                    #[cfg(feature = "sqlite")]
                    AnyConnection::Sqlite(sqlite) => insert.execute(sqlite),
                    #[cfg(feature = "postgres")]
                    AnyConnection::Postgres(postgres) => insert.execute(postgres),
                }
            }
        }
    };
}

copied!(USERS = users by id, UserRow {
    id: String,
    username: Option<String>,
    username_key: Option<String>,
    email: Option<String>,
    email_key: Option<String>,
    owned_email_key: Option<String>,
    first_name: String,
    last_name: String,
    password_hash: String,
    link_secret: String,
    created_at: i64,
    verified_at: Option<i64>,
    disabled_at: Option<i64>,
    last_login_at: Option<i64>,
    pending_email: Option<String>,
    pending_email_secret: Option<String>,
    used_email_secret: Option<String>,
    used_reset_secret: Option<String>,
    used_reset_at: Option<i64>,
    staff_at: Option<i64>,
    profile: Option<String>,
    profile_updated_at: Option<i64>,
});

copied!(OUTBOX = outbox by id, OutboxRow {
    id: String,
    mail: String,
    user_id: Option<String>,
    recipient: Option<String>,
    created_at: i64,
    due_at: i64,
    attempts: i32,
    parked_at: Option<i64>,
    last_error: Option<String>,
    contract: Option<String>,
    provider: Option<String>,
    retried_at: Option<i64>,
});

// By the id: an SQLite file keeps sessions in the order in which they were inserted, and ids come in that of the logins.
copied!(SESSIONS = sessions by id, SessionRow {
    digest: String,
    id: String,
    user_id: String,
    created_at: i64,
    last_used_at: i64,
    expires_at: i64,
    user_agent: String,
    address: String,
    kind: String,
    rotated_at: Option<i64>,
    refresh_digest: Option<String>,
    expiry_check_at: i64,
});

copied!(BUDGETS = budgets by digest, BudgetRow {
    digest: String,
    whole_again_at: i64,
});

copied!(PROVIDER_ACCOUNTS = provider_accounts by id, ProviderAccountRow {
    id: String,
    provider: String,
    subject: String,
    user_id: String,
    created_at: i64,
    last_login_at: Option<i64>,
    doubted_at: Option<i64>,
});

copied!(MOVED_USERS = moved_users by user_id, MovedUserRow {
    user_id: String,
    link_secret: String,
    moved_at: i64,
});

copied!(MOVED_EMAILS = moved_emails by id, MovedEmailRow {
    id: String,
    user_id: String,
    email: String,
});

copied!(MOVED_TOKENS = moved_tokens by digest, MovedTokenRow {
    digest: String,
    expires_at: i64,
});

copied!(IMPORTS = imports by digest, ImportRow {
    digest: String,
    began_at: i64,
    done: i64,
    finished_at: Option<i64>,
});

copied!(IDEMPOTENCY_KEYS = idempotency_keys by digest, IdempotencyKeyRow {
    digest: String,
    content: String,
    user_id: String,
    expires_at: i64,
});
