//! Forged signatures refused.

use std::io;

use super::{against_bare_handler, now, processor_time_line};
use crate::arguments::Arguments;
use crate::client::headers_of_answer;
use crate::report::Line;
use crate::requests::{self, Requests};
use crate::server::{Server, bare_handler, countersign};

/// What actix writes into every answer, and the bare handler of its own.
const IN_EVERY_ANSWER: [&str; 3] = ["content-length: ", "content-type: ", "date: "];

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let (for_bare, for_ours) = (arguments.temporary_directory()?, arguments.temporary_directory()?);
    let bare = Server::start(bare_handler(&[])?, for_bare.path())?;
    let ours = Server::start(countersign(for_ours.path(), &[]), for_ours.path())?;
    let size = (arguments.rounds.get(), arguments.connections.get());
    let forged = |_| requests::forged(arguments.requests.get(), now());
    let (rates, for_bare, for_ours) = against_bare_handler(&bare, &ours, 400, size, forged)?;
    let mut lines = vec![
        Line::of_rates("forged signature refused / bare handler", "/s", &rates, Some(0.90)),
        processor_time_line("a refusal", for_bare, for_ours),
    ];
    drop(bare);

    let for_bare = arguments.temporary_directory()?;
    let headers = headers_of_refusal(&ours, &requests::forged(1, now()))?;
    let bare = Server::start(bare_handler(&headers)?, for_bare.path())?;
    let (rates, for_bare, for_ours) = against_bare_handler(&bare, &ours, 400, size, forged)?;
    lines.extend([
        Line::of_rates("forged signature refused / bare handler with the same headers", "/s", &rates, None),
        processor_time_line("a refusal", for_bare, for_ours),
    ]);
    Ok(lines)
}

/// What a refusal's head holds beyond that of the bare handler.
fn headers_of_refusal(ours: &Server, request: &Requests) -> io::Result<Vec<String>> {
    let request = request.get(0).ok_or_else(|| io::Error::other("there is no request to send"))?;
    let mut headers = headers_of_answer(ours.address, request)?;
    headers.retain(|header| !IN_EVERY_ANSWER.iter().any(|name| header.starts_with(name)));
    Ok(headers)
}
