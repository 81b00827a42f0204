//! Registrations and logins, whose cost is one hash and as little as possible besides.

use std::io;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::client::Load;
use crate::hashing::{bare_hashes_per_second, own_hasher, own_hashes_per_second};
use crate::report::Line;
use crate::requests::{self, Requests};
use crate::rounds::{Comparison, alternate};
use crate::server::{Server, countersign};

/// Enough that the hashing threads never wait for the client, few enough that none waits long.
const CONNECTIONS: usize = 16;
/// More than any machine hashes in a second; those that are left over are not sent.
const MOST_PER_SECOND: usize = 1_000;
/// The series of people who register before the first round, and log in later.
const KNOWN: usize = 999;
/// So many of them that none is waited for by another.
const USERS: usize = 20;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let mailed = arguments.temporary_directory()?;
    let mailed = Server::start(countersign(mailed.path(), &[]), mailed.path())?;
    let silent = arguments.temporary_directory()?;
    let without_verification = [("COUNTERSIGN__REGISTRATION__VERIFICATION", "false")];
    let silent = Server::start(countersign(silent.path(), &without_verification), silent.path())?;
    for server in [&mailed, &silent] {
        answers_per_second(server, &requests::registrations(USERS, KNOWN), 201, Duration::from_secs(600))?;
    }
    let register = |count, round| (requests::registrations(count, round), 201);
    let register_others = |count, round| (requests::registrations(count, KNOWN + 1 + round), 201);
    let log_in = |count, _| (requests::logins(count, KNOWN, USERS), 200);
    let bare = |span| Ok(bare_hashes_per_second(span));
    let hasher = own_hasher()?;
    let own = |span| own_hashes_per_second(&hasher, span);
    Ok(vec![
        Line::of_rates(
            "registrations, mails written / bare argon2-rust",
            "/s",
            &compare(arguments, bare, &mailed, register)?,
            Some(0.90),
        ),
        Line::of_rates("  without mails", "/s", &compare(arguments, bare, &silent, register)?, None),
        Line::of_rates(
            "  mails written / the program's own hashing alone",
            "/s",
            &compare(arguments, own, &mailed, register_others)?,
            None,
        ),
        Line::of_rates("logins / bare argon2-rust", "/s", &compare(arguments, bare, &silent, log_in)?, Some(0.90)),
    ])
}

fn compare(
    arguments: &Arguments,
    ceiling: impl Fn(Duration) -> io::Result<f64>,
    server: &Server,
    requests: impl Fn(usize, usize) -> (Requests, u16),
) -> io::Result<Comparison> {
    let seconds = arguments.hashing_seconds.get();
    let span = Duration::from_secs(seconds as u64);
    let ours = |round| {
        let (requests, expected_status) = requests(MOST_PER_SECOND * seconds, round);
        answers_per_second(server, &requests, expected_status, span)
    };
    alternate(arguments.rounds.get(), |_| ceiling(span), ours)
}

fn answers_per_second(
    server: &Server,
    requests: &Requests,
    expected_status: u16,
    ends_after: Duration,
) -> io::Result<f64> {
    let address = server.address;
    let load = Load { address, requests, connections: CONNECTIONS, expected_status, ends_after };
    Ok(load.run()?.rate_between_answers())
}
