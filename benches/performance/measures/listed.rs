//! Pages of the list of profiles in a large database, against one of 10,000 users.

use std::io;

use super::{Side, now};
use crate::arguments::Arguments;
use crate::database::{self, Population};
use crate::report::{Line, Target};
use crate::requests;
use crate::rounds::alternate;
use crate::server::{Server, countersign};

/// Users who are logged in and read the pages. They registered last.
const READERS: usize = 100;
/// Profiles on a page. With these the small database has a hundredth page, its last.
const PAGE: usize = 100;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let (in_small, in_large) = (arguments.temporary_directory()?, arguments.temporary_directory()?);
    let large_size = arguments.users.get();
    let small_tokens = fill(&in_small, 10_000)?;
    let large_tokens = fill(&in_large, large_size)?;
    let settings = [
        ("COUNTERSIGN__CONTRACTS__PROFILES__ENABLED", "true"),
        ("COUNTERSIGN__CONTRACTS__PROFILES__VISIBLE_TO", "logged-in"),
    ];
    let small = Server::start(countersign(in_small.path(), &settings), in_small.path())?;
    let large = Server::start(countersign(in_large.path(), &settings), in_large.path())?;
    let (mut small, mut large) = (Side::new(&small, 200), Side::new(&large, 200));
    let (count, connections) = (arguments.requests.get() / 20, arguments.connections.get());
    let mut lines = Vec::new();
    for (ordinal, page) in [("first", 0), ("hundredth", 99)] {
        let requests = |tokens: &[String]| requests::profile_pages(count, tokens, PAGE, page * PAGE);
        let (of_small, of_large) = (requests(&small_tokens), requests(&large_tokens));
        small.answer(&of_small, connections)?;
        large.answer(&of_large, connections)?;
        let comparison = alternate(
            arguments.rounds.get(),
            |_| small.answer(&of_small, connections),
            |_| large.answer(&of_large, connections),
        )?;
        let cost = 1.0 / comparison.ratio;
        let (fastest, slowest) = (1.0 / comparison.spread.1, 1.0 / comparison.spread.0);
        lines.push(Line {
            what: format!("cost of the {ordinal} page of profiles: {large_size} / 10000"),
            ours: format!("{:.0} /s", comparison.ours),
            ceiling: format!("{:.0} /s", comparison.ceiling),
            figure: format!("{cost:.3} ({fastest:.2}–{slowest:.2})"),
            target: Target::at_most(cost, 1.25, ""),
        });
    }
    Ok(lines)
}

/// Fills a database with verified users. Returns tokens of those who registered last.
fn fill(directory: &tempfile::TempDir, users: usize) -> io::Result<Vec<String>> {
    let population = Population { verified: users.saturating_sub(READERS), pending: READERS };
    let ids = database::fill(directory.path(), population, now())?;
    let (sessions, tokens) = database::sessions(&ids, now());
    let verified = "UPDATE users SET verified_at = created_at WHERE verified_at IS NULL";
    database::execute(directory.path(), &format!("{verified}; {}", sessions.concat()))?;
    Ok(tokens)
}
