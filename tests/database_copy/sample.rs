//! Databases with something in them, and what is in a database, read past the program.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::process::Home;

/// One row of every kind: values at the ends of their ranges, and all that can be empty or missing.
const ODDITIES: &str = "
    INSERT INTO users (id, username, username_key, email, email_key, owned_email_key, first_name, last_name, password_hash,
        link_secret, created_at, verified_at, disabled_at, last_login_at,
        pending_email, pending_email_secret, used_email_secret, used_reset_secret, used_reset_at,
        staff_at, profile, profile_updated_at) VALUES
        ('b', 'Ann', 'ann', 'Ann@Bücher.example', 'ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example', '', '',
         '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA', '0123456789abcdef0123456789abcdef', 0, 9223372036854775807, NULL, -1,
         'ann@new.example', 'fedcba9876543210fedcba9876543210', NULL, 'abcdefabcdefabcdefabcdefabcdefab', -5,
         9223372036854775807, '{\"bio\":\"Zoë \\u0000\",\"gone\":[1.50,{}],\"n\":-9007199254740991,\"z\":null}',
         -9223372036854775808),
        ('B', NULL, NULL, 'bob@mail.example', 'bob@mail.example', NULL, 'Zoë 👩‍👩‍👧', 'O''Brien \\ \"%$1\"',
         '', 'ffffffffffffffffffffffffffffffff', -9223372036854775808, NULL, 3, NULL,
         NULL, NULL, NULL, NULL, NULL, 0, '', 9223372036854775807),
        ('ä', 'ⅷ', 'ⅷ', NULL, NULL, NULL, char(10, 9, 1, 127), '𝒳' || char(0x10ffff),
         ' ', '00000000000000000000000000000000', 1, 2, 3, 4,
         NULL, '00000000000000000000000000000000', '00000000000000000000000000000001', NULL, NULL, NULL, NULL, NULL);
    INSERT INTO outbox VALUES
        ('parked', 'verify-registration', 'b', 'other@mail.example', 1, 2, 2147483647, 3, '550 5.7.1 not from you',
         'djoser', 'gïthub', -5),
        ('decoy', 'decoy', NULL, NULL, 1, 9223372036854775807, -2147483648, NULL, NULL, NULL, NULL, 9223372036854775807),
        ('waits', 'reset-password', 'ä', NULL, 1, 2, 0, NULL, '', 'dj_rest_auth', NULL, NULL);
    INSERT INTO sessions VALUES
        (printf('%064d', 1), 's1', 'B', 1, 2, 9223372036854775807, '', '::1', 'token', NULL, NULL, 0),
        (printf('%064d', 2), 's2', 'B', 1, 2, 3, 'Mozilla/5.0 (Ünïcödé)', '192.0.2.1', 'jwt', 4, printf('%064d', 3), 3);
    INSERT INTO provider_accounts VALUES
        ('p', 'google', '110169484474386276334', 'b', 0, NULL, NULL),
        ('P', 'google', 'Sübject %$1 ''\', 'B', -9223372036854775808, 9223372036854775807, -5),
        ('', '', char(10, 9, 1, 127) || char(0x10ffff), 'b', 9223372036854775807, -1, 9223372036854775807);
    INSERT INTO moved_users VALUES
        ('b', '0123456789abcdef0123456789abcdef', 9223372036854775807), ('ä', 'ffffffffffffffffffffffffffffffff', -1);
    INSERT INTO moved_emails VALUES ('7', 'b', 'Ann@Bücher.example'), ('', 'b', 'zoë \"%$1\"');
    INSERT INTO moved_tokens VALUES (printf('%064d', 1), -5), (printf('%064d', 2), 9223372036854775807);
    INSERT INTO imports VALUES (printf('%064d', 1), -5, 0, NULL), (printf('%064d', 2), 1, 9223372036854775807, 2);
    INSERT INTO idempotency_keys VALUES
        (printf('%064d', 1), printf('%064d', 2), 'b', -5),
        (printf('%064d', 3), printf('%064d', 2), 'ä', 9223372036854775807);
    INSERT INTO budgets VALUES (printf('%064d', 1), -5), (printf('%064d', 2), 9223372036854775807);";

/// Marks a database as an unfinished copy.
pub const UNFINISHED: &str =
    "CREATE TABLE unfinished_copy (table_name TEXT NOT NULL PRIMARY KEY, last_key TEXT NOT NULL) STRICT";

/// Makes the tables of an SQLite file in `home`.
pub fn migrate(home: &Home, name: &str) {
    let mut command = home.command(&["migrate"]);
    command.env("COUNTERSIGN__DATABASE__URL", format!("sqlite://{name}"));
    assert!(command.output().expect("the program can be run").status.success());
}

/// A source: `source.sqlite3` with every kind of value, and this many users who have a session and a mail each. Their
/// ids are such as each engine sorts in its own way.
pub fn make_source(home: &Home, users: u32) {
    migrate(home, "source.sqlite3");
    let mut source = open(&home.path("source.sqlite3"));
    source.batch_execute(ODDITIES).expect("it is SQL");
    let numbers =
        format!("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {users})");
    let id = "substr('aBcDeFgHiJ', n % 10 + 1, 1) || printf('-%07d', n * 7919 % 10000000)";
    for insert in [
        format!(
            "INSERT INTO users (id, username, username_key, email, email_key, owned_email_key, first_name, last_name,
                 password_hash, link_secret, created_at)
             {numbers} SELECT {id}, 'Person-' || n, 'person-' || n, n || '@mail.example',
             n || '@mail.example', NULL, 'Ann', '', '$argon2id$', printf('%032d', n), n FROM numbers"
        ),
        format!(
            "INSERT INTO outbox {numbers}
             SELECT 'm' || {id}, 'verify-registration', {id}, NULL, n, n, 0, NULL, NULL, NULL, NULL, NULL FROM numbers"
        ),
        format!(
            "INSERT INTO sessions {numbers}
             SELECT printf('%063d', n) || 'x', 'of' || n, {id}, n, n, n, 'curl', '::1', 'token', NULL, NULL, n FROM numbers"
        ),
    ] {
        source.batch_execute(&insert).expect("it is SQL");
    }
}

pub fn open(path: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("it is there");
    connection.batch_execute("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 20000").expect("it is SQL");
    connection
}

#[derive(QueryableByName)]
pub struct Line {
    #[diesel(sql_type = Text)]
    pub line: String,
}

/// What a query tells in its column `line`.
pub fn lines(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    diesel::sql_query(sql).load::<Line>(connection).expect("it is SQL").into_iter().map(|line| line.line).collect()
}

/// Every value of every table, written so that no two differ only in what does not show.
pub fn everything(path: &Path) -> Vec<String> {
    let mut connection = open(path);
    let tables = lines(
        &mut connection,
        "SELECT 'SELECT ''' || t.name || ''' || ' || group_concat('quote(' || c.name || ')', ' || '','' || ')
             || ' AS line FROM ' || t.name || ' ORDER BY 1' AS line
         FROM sqlite_master AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' GROUP BY t.name ORDER BY t.name",
    );
    assert!(tables.len() >= 5, "{tables:?}");
    tables
        .iter()
        .filter(|sql| !sql.contains("__diesel_schema_migrations"))
        .flat_map(|sql| lines(&mut connection, sql))
        .collect()
}

/// How many rows a table has.
pub fn count(path: &Path, table: &str) -> usize {
    let counted = lines(&mut open(path), &format!("SELECT CAST(count(*) AS TEXT) AS line FROM {table}"));
    counted[0].parse().expect("it is a number")
}
