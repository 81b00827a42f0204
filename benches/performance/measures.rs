//! What is measured, one file for each group of figures.

pub mod crowded;
pub mod forged;
pub mod grown;
pub mod idle;
pub mod listed;
pub mod profiles;
pub mod providers;
pub mod registered;
pub mod started;
pub mod tokens;
pub mod verified;
pub mod verified_on_postgres;

use std::io;
use std::time::Duration;

use countersign::clock::{Clock, Timestamp};

use crate::client::Load;
use crate::report::Line;
use crate::requests::Requests;
use crate::rounds::{Comparison, alternate, median};
use crate::server::Server;

/// Longer than any round whose end is that all requests are answered.
const UNTIL_ALL_ARE_ANSWERED: Duration = Duration::from_secs(600);

fn now() -> Timestamp {
    Clock::System.now()
}

/// A server and how it answers the requests of a round.
struct Side<'a> {
    server: &'a Server,
    expected_status: u16,
    microseconds: Vec<f64>,
}

impl<'a> Side<'a> {
    fn new(server: &'a Server, expected_status: u16) -> Self {
        Self { server, expected_status, microseconds: Vec::new() }
    }

    /// Has the requests answered and tells how many a second; remembers what processor time each took.
    fn answer(&mut self, requests: &Requests, connections: usize) -> io::Result<f64> {
        let before = self.server.processor_time()?;
        let load = Load {
            address: self.server.address,
            requests,
            connections,
            expected_status: self.expected_status,
            ends_after: UNTIL_ALL_ARE_ANSWERED,
        };
        let rate = load.run()?.rate();
        let spent = self.server.processor_time()?.saturating_sub(before);
        self.microseconds.push(spent.as_secs_f64() * 1e6 / requests.len() as f64);
        Ok(rate)
    }
}

/// Compares the program with the bare handler; `requests` are those of the round with this number, and round 0 warms
/// up both.
fn against_bare_handler(
    bare: &Server,
    ours: &Server,
    expected_status: u16,
    (rounds, connections): (usize, usize),
    mut requests: impl FnMut(usize) -> Requests,
) -> io::Result<(Comparison, f64, f64)> {
    let (mut bare, mut ours) = (Side::new(bare, 400), Side::new(ours, expected_status));
    let first = requests(0);
    bare.answer(&first, connections)?;
    ours.answer(&first, connections)?;
    bare.microseconds.clear();
    ours.microseconds.clear();
    let all: Vec<Requests> = (1..=rounds).map(&mut requests).collect();
    let comparison = alternate(
        rounds,
        |round| bare.answer(&all[round], connections),
        |round| ours.answer(&all[round], connections),
    )?;
    Ok((comparison, median(bare.microseconds), median(ours.microseconds)))
}

/// The line beside a comparison of rates that the client has no part in.
fn processor_time_line(what: &str, bare: f64, ours: f64) -> Line {
    Line {
        what: format!("  {what}: processor time of the server"),
        ours: format!("{ours:.1} µs"),
        ceiling: format!("{bare:.1} µs"),
        figure: format!("{:.2}", ours / bare),
        target: None,
    }
}
