//! Profiles read with a session token, on either engine.

use std::io;

use super::{Side, now};
use crate::arguments::Arguments;
use crate::database::{self, Population};
use crate::report::Line;
use crate::requests;
use crate::rounds::alternate;
use crate::server::{Server, bare_handler, countersign, migrate};
use crate::support::postgres_cluster::{Durability, OWNER, PostgresCluster, Programs};

/// Users that are logged in. Each of their sessions is read many times in a round.
const USERS: usize = 1_000;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let mut lines = on_sqlite(arguments)?;
    lines.extend(on_postgres(arguments)?);
    Ok(lines)
}

fn on_sqlite(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let directory = arguments.temporary_directory()?;
    let ids = database::fill(directory.path(), Population { verified: 10_000, pending: USERS }, now())?;
    let (sessions, tokens) = database::sessions(&ids, now());
    let verified = "UPDATE users SET verified_at = created_at WHERE verified_at IS NULL";
    database::execute(directory.path(), &format!("{verified}; {}", sessions.concat()))?;
    let ours = Server::start(countersign(directory.path(), &[]), directory.path())?;
    compare(arguments, &ours, &tokens, "profile read with a token, SQLite / bare handler", 0.50)
}

fn on_postgres(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let programs = Programs::find().map_err(io::Error::other)?;
    let cluster = PostgresCluster::make(&programs, Durability::On);
    let directory = arguments.temporary_directory()?;
    let url = cluster.url();
    let settings = [("COUNTERSIGN__DATABASE__URL", &*url)];
    migrate(directory.path(), &settings)?;
    let first = database::FIRST_NUMBER;
    let ids: Vec<String> = (first..first + USERS).map(|number| number.to_string()).collect();
    let (sessions, tokens) = database::sessions(&ids, now());
    let verified = "UPDATE users SET verified_at = created_at";
    let users = [database::numbered_users(USERS, now()), verified.to_owned()];
    let afterwards = ["VACUUM ANALYZE", "CHECKPOINT"].map(str::to_owned);
    for sql in users.iter().chain(&sessions).chain(&afterwards) {
        cluster.execute(OWNER, sql);
    }
    let ours = Server::start(countersign(directory.path(), &settings), directory.path())?;
    compare(arguments, &ours, &tokens, "profile read with a token, PostgreSQL / bare handler", 0.25)
}

fn compare(arguments: &Arguments, ours: &Server, tokens: &[String], what: &str, target: f64) -> io::Result<Vec<Line>> {
    let (count, connections) = (arguments.requests.get(), arguments.connections.get());
    let directory = arguments.temporary_directory()?;
    let bare = Server::start(bare_handler(&[])?, directory.path())?;
    let (mut bare, mut ours) = (Side::new(&bare, 400), Side::new(ours, 200));
    let (refused, read) = (requests::forged(count, now()), requests::profiles(count, tokens));
    bare.answer(&refused, connections)?;
    ours.answer(&read, connections)?;
    let comparison =
        alternate(arguments.rounds.get(), |_| bare.answer(&refused, connections), |_| ours.answer(&read, connections))?;
    Ok(vec![Line::of_rates(what, "/s", &comparison, Some(target))])
}
