//! Registrations and logins, whose cost is one hash and as little as possible besides.

use std::io;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::client::Load;
use crate::hashing::{Speed, bare_hashes, own_hasher, own_hashes_per_second};
use crate::report::Line;
use crate::requests::{self, Requests};
use crate::rounds::{Comparison, Round, alternate};
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
        answers(server, &requests::registrations(USERS, KNOWN), 201, Duration::from_secs(600))?;
    }
    let register = |count, round| (requests::registrations(count, round), 201);
    let register_others = |count, round| (requests::registrations(count, KNOWN + 1 + round), 201);
    let log_in = |count, _| (requests::logins(count, KNOWN, USERS), 200);
    let hasher = own_hasher()?;
    let own = |span| own_hashes_per_second(&hasher, span);
    let (mailed_rates, mailed_times) = against_bare_hashes(arguments, &mailed, register)?;
    let (silent_rates, silent_times) = against_bare_hashes(arguments, &silent, register)?;
    let own_rates = compare(arguments, own, |round| Ok(serve(arguments, &mailed, register_others, round)?.a_second))?;
    let (login_rates, login_times) = against_bare_hashes(arguments, &silent, log_in)?;
    let line = |what, comparison: &Comparison, target| Line::of_rates(what, "/s", comparison, target);
    Ok(vec![
        line("registrations, mails written / bare argon2-rust", &mailed_rates, Some(0.90)),
        line("  by processor time", &mailed_times, None),
        line("  without mails", &silent_rates, None),
        line("  without mails, by processor time", &silent_times, None),
        line("  mails written / the program's own hashing alone", &own_rates, None),
        line("logins / bare argon2-rust", &login_rates, Some(0.90)),
        line("  by processor time", &login_times, None),
    ])
}

/// Compares the server with bare hashing by their rates, and by what each does in a second of its own processor time.
/// Only the latter means something while other programs are busy: the scheduler then gives the server, which has
/// threads of two priorities, another share of the cores than bare hashing.
fn against_bare_hashes(
    arguments: &Arguments,
    server: &Server,
    requests: impl Fn(usize, usize) -> (Requests, u16),
) -> io::Result<(Comparison, Comparison)> {
    let (mut bare_times, mut our_times) = (Vec::new(), Vec::new());
    let bare = |span| {
        let Speed { a_second, a_processor_second } = bare_hashes(span)?;
        bare_times.push(a_processor_second);
        Ok(a_second)
    };
    let ours = |round| {
        let Speed { a_second, a_processor_second } = serve(arguments, server, &requests, round)?;
        our_times.push(a_processor_second);
        Ok(a_second)
    };
    let rates = compare(arguments, bare, ours)?;
    let times = bare_times.into_iter().zip(our_times).map(|(ceiling, ours)| Round { ceiling, ours });
    Ok((rates, Comparison::of(&times.collect::<Vec<_>>())))
}

fn compare(
    arguments: &Arguments,
    mut ceiling: impl FnMut(Duration) -> io::Result<f64>,
    ours: impl FnMut(usize) -> io::Result<f64>,
) -> io::Result<Comparison> {
    let span = span(arguments);
    alternate(arguments.rounds.get(), |_| ceiling(span), ours)
}

fn span(arguments: &Arguments) -> Duration {
    Duration::from_secs(arguments.hashing_seconds.get() as u64)
}

/// Has the requests of a round answered for as long as a round takes.
fn serve(
    arguments: &Arguments,
    server: &Server,
    requests: impl Fn(usize, usize) -> (Requests, u16),
    round: usize,
) -> io::Result<Speed> {
    let (requests, expected_status) = requests(MOST_PER_SECOND * arguments.hashing_seconds.get(), round);
    answers(server, &requests, expected_status, span(arguments))
}

fn answers(server: &Server, requests: &Requests, expected_status: u16, ends_after: Duration) -> io::Result<Speed> {
    let load = Load { address: server.address, requests, connections: CONNECTIONS, expected_status, ends_after };
    let before = server.processor_time()?;
    let outcome = load.run()?;
    let spent = server.processor_time()?.saturating_sub(before);
    let a_processor_second = outcome.answered_after.len() as f64 / spent.as_secs_f64();
    Ok(Speed { a_second: outcome.rate_between_answers(), a_processor_second })
}
