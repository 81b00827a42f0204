//! Databases as they are after months of service: many users who are verified, and some whose link is on its way.

use std::io;
use std::path::Path;

use countersign::clock::Timestamp;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use sha2::{Digest, Sha256};

use crate::jwt::Login;
use crate::server::{database_path, migrate};

/// How many users a database is filled with.
#[derive(Clone, Copy)]
pub struct Population {
    /// They have proved their address, one every ten seconds until a day ago.
    pub verified: usize,
    /// They have registered within the last day and not yet used their link.
    pub pending: usize,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Text)]
    id: String,
}

#[derive(QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

const DAY_SECONDS: i64 = 24 * 60 * 60;
/// Short enough for an argument of psql, of which Linux takes 128 KiB.
const ROWS_OF_A_STATEMENT: usize = 200;

/// Lets the program under test make its tables in `directory`, fills them, and gives back the ids of those who are
/// pending, in the order of their registration with neighbours changing places, as people read their mail.
///
/// # Errors
///
/// When the program or the database refuses.
pub fn fill(directory: &Path, population: Population, now: Timestamp) -> io::Result<Vec<String>> {
    migrate(directory, &[])?;
    let path = database_path(directory);
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(io::Error::other)?;
    fill_tables(&mut connection, population, now).map_err(io::Error::other)
}

fn fill_tables(connection: &mut SqliteConnection, population: Population, now: Timestamp) -> QueryResult<Vec<String>> {
    connection.batch_execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA threads = 2;")?;
    // An index that is made of all rows at once is sorted; one that grows row by row in random order takes far longer.
    // And the triggers look into it.
    let set_aside: Vec<Definition> = diesel::sql_query(
        "SELECT type AS kind, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
    )
    .load(connection)?;
    for Definition { kind, name, .. } in &set_aside {
        connection.batch_execute(&format!("DROP {kind} {name}"))?;
    }
    let (now, verified, pending) = (now.unix_seconds(), population.verified, population.pending);
    connection.batch_execute(&format!(
        "BEGIN;
         WITH RECURSIVE numbers (number) AS (
             SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {total}
         ), people AS (
             SELECT printf('person%08d', number) AS name, lower(hex(randomblob(16))) AS random,
                    printf('%08x@mail.example', number * 2654435761 & 4294967295) AS email,
                    CASE WHEN number <= {verified} THEN {now} - {DAY_SECONDS} - ({verified} - number) * 10
                         ELSE {now} - {DAY_SECONDS} + (number - {verified}) * {DAY_SECONDS} / {pending} END AS instant,
                    number <= {verified} AS is_verified
             FROM numbers
         )
         INSERT INTO users (id, username, username_key, email, email_key, owned_email_key, first_name, last_name,
                            password_hash, link_secret, created_at, verified_at)
         SELECT printf('%08x-%04x-7%s-a%s-%s', instant * 1000 >> 16, instant * 1000 & 65535, substr(random, 1, 3),
                       substr(random, 4, 3), substr(random, 7, 12)),
                name, name, email, email, iif(is_verified, email, NULL), 'Ann', 'Example',
                '$argon2id$v=19$m=19456,t=2,p=1$' || substr(random, 1, 22) || '$' || random || substr(random, 1, 11),
                random, instant, iif(is_verified, instant + 60, NULL)
         FROM people;
         COMMIT;",
        total = verified + pending,
    ))?;
    for definition in &set_aside {
        connection.batch_execute(&definition.sql)?;
    }
    // No ANALYZE: nothing of ours runs it, and with its statistics SQLite plans anew for every value that is bound.
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);")?;
    let found: Vec<Id> =
        diesel::sql_query("SELECT id FROM users WHERE verified_at IS NULL ORDER BY id").load(connection)?;
    let mut ids: Vec<String> = found.into_iter().map(|row| row.id).collect();
    let distance = 200;
    for position in 0..ids.len().saturating_sub(distance) {
        ids.swap(position, position + position * 7919 % distance);
    }
    Ok(ids)
}

/// The first id that [`numbered_users`] gives.
pub const FIRST_NUMBER: usize = 1_000_000_000;

/// SQL that fills PostgreSQL with users who have not used their link yet. Their ids are numbers, which pgbench can count.
pub fn numbered_users(count: usize, now: Timestamp) -> String {
    let (now, last) = (now.unix_seconds(), FIRST_NUMBER + count - 1);
    format!(
        "INSERT INTO users (id, username, username_key, email, email_key, first_name, last_name, password_hash,
                            link_secret, created_at)
         SELECT number::text, 'person' || number, 'person' || number, email, email, 'Ann', 'Example',
                '$argon2id$v=19$m=19456,t=2,p=1$' || left(random, 22) || '$' || random || left(random, 11), random, {now}
         FROM (SELECT number, md5(number::text) AS random, left(md5('a' || number), 12) || '@mail.example' AS email
               FROM generate_series({FIRST_NUMBER}, {last}) AS number) AS people"
    )
}

/// Statements, for either engine, that begin a session for each of these users, and the sessions' tokens.
///
/// The sessions were used now, so that the first request with each of them need not write that down.
pub fn sessions(user_ids: &[String], now: Timestamp) -> (Vec<String>, Vec<String>) {
    let tokens: Vec<String> = (1..=user_ids.len()).map(|number| format!("{number:064x}")).collect();
    let rows =
        tokens.iter().zip(user_ids).map(|(token, user)| row("token", token, &format!("session of {user}"), user, now));
    (inserts(&rows.collect::<Vec<_>>()), tokens)
}

/// Statements, for either engine, that begin a session with JSON Web Tokens for each of these users. They are numbered
/// from 0 on.
pub fn jwt_sessions(user_ids: &[String], now: Timestamp) -> Vec<String> {
    let rows = user_ids.iter().enumerate().map(|(number, user_id)| {
        let login = Login { number, user_id };
        row("jwt", &login.refresh_id(), &login.session_id(), user_id, now)
    });
    inserts(&rows.collect::<Vec<_>>())
}

/// The row of a session that began and was used now.
fn row(kind: &str, token: &str, id: &str, user: &str, now: Timestamp) -> String {
    let (now, month) = (now.unix_seconds(), 30 * DAY_SECONDS);
    let digest = hex::encode(Sha256::digest(token));
    let refresh = if kind == "jwt" { format!("'{digest}'") } else { "NULL".to_owned() };
    format!(
        "('{digest}', '{id}', '{user}', {now}, {now}, {now} + {month}, 'bench', '192.0.2.1', '{kind}', {refresh}, \
         {now} + {month})"
    )
}

fn inserts(rows: &[String]) -> Vec<String> {
    let columns = "digest, id, user_id, created_at, last_used_at, expires_at, user_agent, address, kind, \
                   refresh_digest, expiry_check_at";
    let insert = |rows: &[String]| format!("INSERT INTO sessions ({columns}) VALUES {};", rows.join(", "));
    rows.chunks(ROWS_OF_A_STATEMENT).map(insert).collect()
}

/// Runs SQL on the database in `directory`, which no program has open.
///
/// # Errors
///
/// When the database refuses.
pub fn execute(directory: &Path, sql: &str) -> io::Result<()> {
    let path = database_path(directory);
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(io::Error::other)?;
    connection.batch_execute(sql).map_err(io::Error::other)
}

/// Makes all who were pending pending again, so that a small database serves for many rounds.
///
/// # Errors
///
/// When the database refuses.
pub fn forget_verifications(directory: &Path, pending: &[String]) -> io::Result<()> {
    let path = database_path(directory);
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).map_err(io::Error::other)?;
    let first = pending.iter().min().map_or("", String::as_str);
    connection
        .batch_execute(&format!(
            "PRAGMA busy_timeout = 10000;
             UPDATE users SET verified_at = NULL, owned_email_key = NULL WHERE id >= '{first}';
             PRAGMA wal_checkpoint(TRUNCATE);"
        ))
        .map_err(io::Error::other)
}
