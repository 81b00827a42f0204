//! Registrations, whose cost is one hash and as little as possible besides.

use std::io;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::bare::hashes_per_second;
use crate::client::Load;
use crate::report::Line;
use crate::requests;
use crate::rounds::{Comparison, alternate};
use crate::server::{Server, countersign, directory};

/// Enough that the hashing threads never wait for the client, few enough that none waits long.
const CONNECTIONS: usize = 16;
/// More than any machine registers in a second; those that are left over are not sent.
const MOST_PER_SECOND: usize = 1_000;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let mailed = compare(arguments, &[])?;
    let silent = compare(arguments, &[("COUNTERSIGN__REGISTRATION__VERIFICATION", "false")])?;
    Ok(vec![
        Line::of_rates("registrations, mails written / bare Argon2id", "/s", &mailed, Some(0.95)),
        Line::of_rates("  the same without mails", "/s", &silent, None),
    ])
}

fn compare(arguments: &Arguments, further: &[(&str, &str)]) -> io::Result<Comparison> {
    let directory = directory()?;
    let server = Server::start(countersign(directory.path(), further), directory.path())?;
    let span = Duration::from_secs(arguments.hashing_seconds.get() as u64);
    let register = |series, ends_after: Duration| {
        let requests = requests::registrations(MOST_PER_SECOND * ends_after.as_secs() as usize, series);
        let address = server.address;
        let load = Load { address, requests: &requests, connections: CONNECTIONS, expected_status: 201, ends_after };
        Ok(load.run()?.rate_between_answers())
    };
    register(999, Duration::from_secs(1))?;
    alternate(arguments.rounds.get(), |_| Ok(hashes_per_second(span)), |round| register(round, span))
}
