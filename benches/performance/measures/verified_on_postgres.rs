//! Links verified and durably committed on PostgreSQL, beside pgbench doing the same update.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use super::{Side, now};
use crate::arguments::Arguments;
use crate::database;
use crate::report::Line;
use crate::requests;
use crate::rounds::alternate;
use crate::server::{Server, countersign, migrate};
use crate::support::postgres_cluster::{Durability, OWNER, PostgresCluster, Programs};

/// How many ask at the same time: pgbench's clients, each with a connection to PostgreSQL, and ours, whose requests go
/// through as many as the settings have by default.
const CLIENTS: usize = 32;
/// A round has so many times fewer requests than those on SQLite, for it takes as many times longer.
const SHORTENED: usize = 4;
/// The update of `store/verification.rs`. Each client goes through users of its own.
const SCRIPT: &str = r"\set id :first + :client_id * :each + :done
\set done :done + 1
UPDATE users SET owned_email_key = CASE WHEN true THEN email_key END, verified_at = :now WHERE id = :id::text AND verified_at IS NULL AND disabled_at IS NULL AND NOT (true AND EXISTS (SELECT 1 FROM users AS owner WHERE owner.email_key = users.email_key AND owner.owned_email_key = users.email_key));
";

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let programs = Programs::find().map_err(io::Error::other)?;
    let cluster = PostgresCluster::make(&programs, Durability::On);
    let directory = arguments.temporary_directory()?;
    let rounds = arguments.rounds.get();
    let each = arguments.requests.get() / SHORTENED / CLIENTS;
    let count = each * CLIENTS;
    let url = cluster.url();
    let settings = [("COUNTERSIGN__DATABASE__URL", &*url)];
    migrate(directory.path(), &settings)?;
    // Half of them for each side, and one more round that warms up.
    for sql in [&*database::numbered_users(2 * (rounds + 1) * count, now()), "VACUUM ANALYZE users", "CHECKPOINT"] {
        cluster.execute(OWNER, sql);
    }

    let server = Server::start(countersign(directory.path(), &settings), directory.path())?;
    let script = directory.path().join("verify.sql");
    fs::write(&script, SCRIPT)?;
    let mut ours = Side::new(&server, 200);
    let first = |round: usize, side: usize| database::FIRST_NUMBER + (2 * round + side) * count;
    let links = |round| {
        let ids: Vec<String> = (first(round, 0)..).take(count).map(|number| number.to_string()).collect();
        requests::signed(&ids, now())
    };
    let of_pgbench = |round| pgbench(&cluster, &script, first(round, 1), each);
    ours.answer(&links(0), CLIENTS)?;
    of_pgbench(0)?;
    let comparison = alternate(rounds, |round| of_pgbench(round + 1), |round| ours.answer(&links(round + 1), CLIENTS))?;
    Ok(vec![Line::of_rates("link verified and committed, PostgreSQL / pgbench", "/s", &comparison, Some(0.80))])
}

/// Has each client update as many users as it has, and tells how many a second.
fn pgbench(cluster: &PostgresCluster, script: &Path, first: usize, each: usize) -> io::Result<f64> {
    let variables = [("first", first), ("each", each), ("done", 0)];
    let output = Command::new(cluster.program("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={CLIENTS}"))
        .arg(format!("--transactions={each}"))
        .arg(format!("--define=now={}", now().unix_seconds()))
        .args(variables.map(|(name, value)| format!("--define={name}={value}")))
        .arg("--file")
        .arg(script)
        .arg(cluster.url())
        .output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| io::Error::other(format!("{told}{}", String::from_utf8_lossy(&output.stderr))))
}
