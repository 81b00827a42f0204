//! Forged signatures refused.

use std::io;

use super::{against_bare_handler, now, processor_time_line};
use crate::arguments::Arguments;
use crate::report::Line;
use crate::requests;
use crate::server::{Server, bare_handler, countersign};

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let (for_bare, for_ours) = (arguments.temporary_directory()?, arguments.temporary_directory()?);
    let bare = Server::start(bare_handler()?, for_bare.path())?;
    let ours = Server::start(countersign(for_ours.path(), &[]), for_ours.path())?;
    let size = (arguments.rounds.get(), arguments.connections.get());
    let forged = |_| requests::forged(arguments.requests.get(), now());
    let (rates, for_bare, for_ours) = against_bare_handler(&bare, &ours, 400, size, forged)?;
    Ok(vec![
        Line::of_rates("forged signature refused / bare handler", "/s", &rates, Some(0.90)),
        processor_time_line("a refusal", for_bare, for_ours),
    ])
}
