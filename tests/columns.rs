//! Every column of every table, and what becomes of it when users are exported, imported and deleted.
//!
//! A column that is new fails these tests until it has a row here. (`database copy` has its own table, which the tests in
//! `src/store/copy/` compare with the migrations.) `docs/moving.md` explains the members.

use std::collections::BTreeSet;

use crate::support::TestApp;

/// What `users export` and `users import` do with a column.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// The export writes it as this member of a line, and the import reads it: `list[].member` is in each object of a list.
    Member(&'static str),
    /// The import sets it, of what is named here.
    Made(&'static str),
    /// It is in no export, for this reason.
    LeftOut(&'static str),
}

/// What becomes of a table's rows when a user is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// The row is the user.
    Itself,
    /// The database deletes the rows of the user, by a foreign key.
    Cascades,
    /// The rows belong to no user, for this reason.
    OfNoUser(&'static str),
}

use Deletion::{Cascades, Itself, OfNoUser};
use Fate::{LeftOut, Made, Member};

const MAIL: Fate =
    LeftOut("the server in whose database a mail waits sends it; from two databases it would come twice");
const REPEATED: Fate = LeftOut("a client repeats a registration within a day, and to the server that got it first");
const FULL_AGAIN: Fate = LeftOut("a budget is full again after some hours");
const OF_A_FILE: Fate = LeftOut("it tells how far the import of a file into this database got");

/// A table, with what becomes of its rows and of each of its columns.
type Table = (&'static str, Deletion, &'static [(&'static str, Fate)]);

/// Every table with its columns.
pub const TABLES: &[Table] = &[
    (
        "users",
        Itself,
        &[
            ("id", Member("id")),
            ("username", Member("username")),
            ("username_key", Made("username")),
            ("email", Member("email")),
            ("email_key", Made("email")),
            ("owned_email_key", Member("owns_email")),
            ("first_name", Member("first_name")),
            ("last_name", Member("last_name")),
            ("password_hash", Member("password_hash")),
            ("link_secret", Member("link_secret")),
            ("created_at", Member("created_at")),
            ("verified_at", Member("verified_at")),
            ("disabled_at", Member("disabled_at")),
            ("last_login_at", Member("last_login_at")),
            ("pending_email", Member("pending_email")),
            ("pending_email_secret", Member("pending_email_secret")),
            ("used_email_secret", Member("used_email_secret")),
            ("used_reset_secret", Member("used_reset_secret")),
            ("used_reset_at", Member("used_reset_at")),
            ("staff_at", Member("staff_at")),
            ("profile", Member("fields")),
            ("profile_updated_at", Member("fields_updated_at")),
        ],
    ),
    (
        "sessions",
        Cascades,
        &[
            ("digest", Member("sessions[].digest")),
            ("id", Member("sessions[].id")),
            ("user_id", Made("id")),
            ("created_at", Member("sessions[].created_at")),
            ("last_used_at", Member("sessions[].last_used_at")),
            ("expires_at", Member("sessions[].expires_at")),
            ("user_agent", Member("sessions[].user_agent")),
            ("address", Member("sessions[].address")),
            ("kind", Member("sessions[].kind")),
            ("rotated_at", Member("sessions[].rotated_at")),
            ("refresh_digest", Member("sessions[].refresh_digest")),
            ("expiry_check_at", Made("sessions[].expires_at")),
        ],
    ),
    (
        "provider_accounts",
        Cascades,
        &[
            ("id", Member("provider_accounts[].id")),
            ("provider", Member("provider_accounts[].provider")),
            ("subject", Member("provider_accounts[].subject")),
            ("user_id", Made("id")),
            ("created_at", Member("provider_accounts[].created_at")),
            ("last_login_at", Member("provider_accounts[].last_login_at")),
            ("doubted_at", Member("provider_accounts[].doubted_at")),
        ],
    ),
    (
        "moved_users",
        Cascades,
        &[("user_id", Made("id")), ("link_secret", Member("moved_link_secret")), ("moved_at", Member("moved_at"))],
    ),
    (
        "moved_emails",
        Cascades,
        &[("id", Member("moved_emails[].id")), ("user_id", Made("id")), ("email", Member("moved_emails[].email"))],
    ),
    (
        "moved_tokens",
        OfNoUser("a refresh token names its user; the row only says that it must not be accepted, until it expires"),
        &[("digest", Member("revoked_token.digest")), ("expires_at", Member("revoked_token.expires_at"))],
    ),
    (
        "outbox",
        Cascades,
        &[
            ("id", MAIL),
            ("mail", MAIL),
            ("user_id", MAIL),
            ("recipient", MAIL),
            ("created_at", MAIL),
            ("due_at", MAIL),
            ("attempts", MAIL),
            ("parked_at", MAIL),
            ("last_error", MAIL),
            ("contract", MAIL),
            ("provider", MAIL),
            ("retried_at", MAIL),
        ],
    ),
    (
        "idempotency_keys",
        Cascades,
        &[("digest", REPEATED), ("content", REPEATED), ("user_id", REPEATED), ("expires_at", REPEATED)],
    ),
    (
        "budgets",
        OfNoUser("a digest hides whom the row is about; it is deleted when the budget is full again"),
        &[("digest", FULL_AGAIN), ("whole_again_at", FULL_AGAIN)],
    ),
    (
        "contested_emails",
        OfNoUser("a trigger deletes an address that fewer than two users have"),
        &[("email_key", LeftOut("SQLite alone has it, and triggers fill it as users are stored"))],
    ),
    (
        "imports",
        OfNoUser("it is about a file"),
        &[("digest", OF_A_FILE), ("began_at", OF_A_FILE), ("done", OF_A_FILE), ("finished_at", OF_A_FILE)],
    ),
];

/// The columns that the database has, each as `table.column`.
fn columns(app: &TestApp) -> BTreeSet<String> {
    let sql = if is_postgres(app) {
        "SELECT table_name || '.' || column_name AS line FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'"
    } else {
        "SELECT t.name || '.' || c.name AS line FROM sqlite_master AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '__diesel_schema_migrations'"
    };
    app.lines(sql).into_iter().collect()
}

fn is_postgres(app: &TestApp) -> bool {
    app.engine() == "postgres"
}

/// The columns of [`TABLES`], each as `table.column`.
fn listed(app: &TestApp) -> BTreeSet<String> {
    TABLES
        .iter()
        .filter(|(table, ..)| *table != "contested_emails" || !is_postgres(app))
        .flat_map(|(table, _, columns)| columns.iter().map(move |(name, _)| format!("{table}.{name}")))
        .collect()
}

#[tokio::test]
async fn export_import_and_deletion_know_every_column_that_the_migrations_make() {
    let app = TestApp::start().await;
    assert_eq!(columns(&app), listed(&app));
    app.execute("ALTER TABLE users ADD COLUMN forgotten TEXT");
    assert_ne!(columns(&app), listed(&app), "a column that is forgotten would be found");
}

#[test]
fn no_two_columns_are_exported_as_one_member_and_every_other_has_a_reason() {
    let mut members = BTreeSet::new();
    for (table, _, columns) in TABLES {
        for (column, fate) in *columns {
            match fate {
                Member(member) => assert!(members.insert(*member), "{table}.{column}: {member}"),
                Made(of) | LeftOut(of) => assert!(!of.is_empty(), "{table}.{column}"),
            }
        }
    }
}

#[tokio::test]
async fn the_database_deletes_what_belongs_to_a_deleted_user() {
    let app = TestApp::start().await;
    let sql = if is_postgres(&app) {
        "SELECT conrelid::regclass::text AS line FROM pg_constraint
         WHERE confrelid = 'users'::regclass AND confdeltype = 'c'"
    } else {
        "SELECT t.name AS line FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS k
         WHERE t.type = 'table' AND k.\"table\" = 'users' AND k.\"from\" = 'user_id' AND k.on_delete = 'CASCADE'"
    };
    let cascading: BTreeSet<_> = app.lines(sql).into_iter().collect();
    let expected = TABLES.iter().filter(|(_, deletion, _)| *deletion == Cascades);
    assert_eq!(cascading, expected.map(|(table, ..)| (*table).to_owned()).collect());
    for (table, deletion, columns) in TABLES {
        let has_user = columns.iter().any(|(name, _)| *name == "user_id");
        assert_eq!(has_user, *deletion == Cascades, "{table}");
    }
}

#[tokio::test]
async fn revoked_tokens_of_another_system_are_deleted_when_they_have_expired() {
    let app = TestApp::start().await;
    let now = app.now().unix_seconds();
    for (number, expires_at) in [(1, now), (2, now + 1)] {
        app.execute(&format!("INSERT INTO moved_tokens VALUES ('{number:064}', {expires_at})"));
    }
    app.accounts().purge_sessions().await.expect("it answers");
    let left = "SELECT CAST(expires_at - ".to_owned() + &now.to_string() + " AS TEXT) AS line FROM moved_tokens";
    assert_eq!(app.lines(&left), ["1"]);
}
