//! Forged signatures refused, asked by a page of an allowed origin as browsers ask.

use std::io;

use super::{against_bare_handler, now, processor_time_line};
use crate::arguments::Arguments;
use crate::client::headers_of_answer;
use crate::report::Line;
use crate::requests::{self, Requests};
use crate::server::{Server, bare_handler, countersign};

/// What actix writes into every answer, and the bare handler of its own.
const IN_EVERY_ANSWER: [&str; 3] = ["content-length: ", "content-type: ", "date: "];

/// Turns of each side that a round is cut into.
const TURNS: usize = 4;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let directory = arguments.temporary_directory()?;
    let ours = Server::start(countersign(directory.path(), &[]), directory.path())?;
    let headers = headers_of_refusal(&ours, &requests::forged_in_browser(1, now()))?;
    let beside = |headers, what, target| beside_bare_handler(arguments, &ours, headers, what, target);
    let alike = beside(&headers, "forged signature refused / bare handler, same headers", Some(0.95))?;
    let plain = beside(&[], "  against a bare handler without these headers", None)?;
    Ok(alike.into_iter().chain(plain).collect())
}

fn beside_bare_handler(
    arguments: &Arguments,
    ours: &Server,
    headers: &[String],
    what: &str,
    target: Option<f64>,
) -> io::Result<[Line; 2]> {
    let directory = arguments.temporary_directory()?;
    let bare = Server::start(bare_handler(headers)?, directory.path())?;
    // Shorter turns and more of them: neighbours come and go within seconds, and trouble both sides alike only where
    // turns are shorter than that.
    let size = (arguments.rounds.get() * TURNS, arguments.connections.get());
    let forged = |_| requests::forged_in_browser(arguments.requests.get().div_ceil(TURNS), now());
    let (rates, for_bare, for_ours) = against_bare_handler(&bare, ours, 400, size, forged)?;
    Ok([Line::of_rates(what, "/s", &rates, target), processor_time_line("a refusal", for_bare, for_ours)])
}

/// What a refusal's head holds beyond that of the bare handler.
fn headers_of_refusal(ours: &Server, request: &Requests) -> io::Result<Vec<String>> {
    let request = request.get(0).ok_or_else(|| io::Error::other("there is no request to send"))?;
    let mut headers = headers_of_answer(ours.address, request)?;
    headers.retain(|header| !IN_EVERY_ANSWER.iter().any(|name| header.starts_with(name)));
    Ok(headers)
}
