//! Verification in a large database, against one of 10,000 users.

use std::io;

use super::{Side, now};
use crate::arguments::Arguments;
use crate::database::{self, Population};
use crate::report::{Line, Target};
use crate::requests;
use crate::rounds::alternate;
use crate::server::{Server, countersign};

/// Of the 10,000 users of the small database and of all those of the large one: who registered in the last day.
const PENDING: usize = 5_000;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let (in_small, in_large) = (arguments.temporary_directory()?, arguments.temporary_directory()?);
    let large_size = arguments.users.get();
    let fill = |directory: &tempfile::TempDir, users: usize| {
        let population = Population { verified: users.saturating_sub(PENDING), pending: PENDING };
        database::fill(directory.path(), population, now())
    };
    let (small_ids, large_ids) = (fill(&in_small, 10_000)?, fill(&in_large, large_size)?);
    let small = Server::start(countersign(in_small.path(), &[]), in_small.path())?;
    let large = Server::start(countersign(in_large.path(), &[]), in_large.path())?;
    let (small_links, large_links) = (requests::signed(&small_ids, now()), requests::signed(&large_ids, now()));
    let (mut small, mut large) = (Side::new(&small, 200), Side::new(&large, 200));
    let connections = arguments.connections.get();
    let comparison = alternate(
        2 * arguments.rounds.get() + 1,
        |_| {
            database::forget_verifications(in_small.path(), &small_ids)?;
            small.answer(&small_links, connections)
        },
        |_| {
            database::forget_verifications(in_large.path(), &large_ids)?;
            large.answer(&large_links, connections)
        },
    )?;
    let cost = 1.0 / comparison.ratio;
    let (fastest, slowest) = (1.0 / comparison.spread.1, 1.0 / comparison.spread.0);
    Ok(vec![Line {
        what: format!("cost of a verification: {large_size} users / 10000"),
        ours: format!("{:.0} /s", comparison.ours),
        ceiling: format!("{:.0} /s", comparison.ceiling),
        figure: format!("{cost:.3} ({fastest:.2}–{slowest:.2})"),
        target: Target::at_most(cost, 1.25, ""),
    }])
}
