//! Links verified and durably committed.

use std::io;

use super::{against_bare_handler, now, processor_time_line};
use crate::arguments::Arguments;
use crate::database::{self, Population};
use crate::report::Line;
use crate::requests;
use crate::server::{Server, bare_handler, countersign};

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let (for_bare, for_ours) = (arguments.temporary_directory()?, arguments.temporary_directory()?);
    let (rounds, count) = (arguments.rounds.get(), arguments.requests.get());
    let population = Population { verified: 10_000, pending: (rounds + 1) * count };
    let ids = database::fill(for_ours.path(), population, now())?;
    let bare = Server::start(bare_handler(&[])?, for_bare.path())?;
    let ours = Server::start(countersign(for_ours.path(), &[]), for_ours.path())?;
    let size = (rounds, arguments.connections.get());
    let links = |round| requests::signed(&ids[round * count..][..count], now());
    let (rates, for_bare, for_ours) = against_bare_handler(&bare, &ours, 200, size, links)?;
    Ok(vec![
        Line::of_rates("link verified and committed, SQLite / bare handler", "/s", &rates, Some(0.45)),
        processor_time_line("a verification", for_bare, for_ours),
    ])
}
