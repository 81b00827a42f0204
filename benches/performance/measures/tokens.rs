//! JSON Web Tokens: profiles read with access tokens beside session tokens, and refreshes beside verified links.

use std::io;
use std::path::Path;

use countersign::tokens::TokenType;

use super::{Side, now, processor_time_line};
use crate::arguments::Arguments;
use crate::database::{self, Population};
use crate::jwt::{self, Algorithm};
use crate::report::{Line, Target};
use crate::requests;
use crate::rounds::{alternate, median};
use crate::server::{Server, countersign};

/// Users that are logged in, with a token and with a pair. Each session is read many times in a round.
const USERS: usize = 1_000;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    // A signature of Ed25519 takes longer to verify than all the rest of the answer, so it has no target.
    let mut lines = vec![read(arguments, Algorithm::Hs256, Some(1.20))?, read(arguments, Algorithm::EdDsa, None)?];
    lines.extend(refreshed(arguments, RefreshTokens::Kept)?);
    lines.extend(refreshed(arguments, RefreshTokens::Replaced)?);
    Ok(lines)
}

/// Compares reads of the profile with an access token to those with a session token, by one server.
fn read(arguments: &Arguments, algorithm: Algorithm, most: Option<f64>) -> io::Result<Line> {
    let directory = arguments.temporary_directory()?;
    let ids = database::fill(directory.path(), Population { verified: 10_000, pending: USERS }, now())?;
    let (sessions, tokens) = database::sessions(&ids, now());
    let pairs = database::jwt_sessions(&ids, now());
    let verified = "UPDATE users SET verified_at = created_at WHERE verified_at IS NULL";
    database::execute(directory.path(), &format!("{verified}; {}; {}", sessions.concat(), pairs.concat()))?;
    let server = started(algorithm, directory.path())?;
    let (count, connections) = (arguments.requests.get(), arguments.connections.get());
    let access = jwt::tokens(algorithm, TokenType::Access, (0, &ids), now());
    let (by_session, by_access) = (requests::profiles(count, &tokens), requests::profiles_by("Bearer", count, &access));
    let (mut one, mut other) = (Side::new(&server, 200), Side::new(&server, 200));
    one.answer(&by_session, connections)?;
    other.answer(&by_access, connections)?;
    let comparison = alternate(
        arguments.rounds.get(),
        |_| one.answer(&by_session, connections),
        |_| other.answer(&by_access, connections),
    )?;
    let cost = 1.0 / comparison.ratio;
    let (lowest, highest) = (1.0 / comparison.spread.1, 1.0 / comparison.spread.0);
    Ok(Line {
        what: format!("cost of a profile: access token ({algorithm:?}) / session token"),
        ours: format!("{:.0} /s", comparison.ours),
        ceiling: format!("{:.0} /s", comparison.ceiling),
        figure: format!("{cost:.3} ({lowest:.2}–{highest:.2})"),
        target: most.and_then(|most| Target::at_most(cost, most, "")),
    })
}

/// What a refresh does with the refresh token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RefreshTokens {
    /// It stays the same, as by default.
    Kept,
    /// It is replaced.
    Replaced,
}

/// Compares refreshes to links verified, by one server.
fn refreshed(arguments: &Arguments, refresh_tokens: RefreshTokens) -> io::Result<[Line; 2]> {
    let directory = arguments.temporary_directory()?;
    let (rounds, count) = (arguments.rounds.get(), arguments.requests.get());
    let population = Population { verified: 10_000, pending: (rounds + 1) * count };
    let ids = database::fill(directory.path(), population, now())?;
    let sessions = database::jwt_sessions(&ids, now());
    database::execute(directory.path(), &format!("BEGIN; {} COMMIT;", sessions.concat()))?;
    let is_replaced = refresh_tokens == RefreshTokens::Replaced;
    let server = started_with(Algorithm::Hs256, is_replaced, directory.path())?;
    let connections = arguments.connections.get();
    let (mut verifications, mut refreshes) = (Side::new(&server, 200), Side::new(&server, 200));
    let links = |round: usize| requests::signed(&ids[round * count..][..count], now());
    let tokens = |round: usize| {
        let those = (round * count, &ids[round * count..][..count]);
        requests::refreshes(&jwt::tokens(Algorithm::Hs256, TokenType::Refresh, those, now()))
    };
    verifications.answer(&links(0), connections)?;
    refreshes.answer(&tokens(0), connections)?;
    verifications.microseconds.clear();
    refreshes.microseconds.clear();
    let comparison = alternate(
        rounds,
        |round| verifications.answer(&links(round + 1), connections),
        |round| refreshes.answer(&tokens(round + 1), connections),
    )?;
    let what = match refresh_tokens {
        RefreshTokens::Kept => "refresh, SQLite / link verified",
        RefreshTokens::Replaced => "refresh token replaced, SQLite / link verified",
    };
    let (verification, refresh) = (median(verifications.microseconds), median(refreshes.microseconds));
    Ok([
        Line::of_rates(what, "/s", &comparison, Some(0.80)),
        processor_time_line("refresh / link verified", verification, refresh),
    ])
}

fn started(algorithm: Algorithm, directory: &Path) -> io::Result<Server> {
    started_with(algorithm, false, directory)
}

fn started_with(algorithm: Algorithm, rotates: bool, directory: &Path) -> io::Result<Server> {
    let mut settings = algorithm.settings();
    settings.push(("COUNTERSIGN__JWT__ROTATE_REFRESH_TOKENS", rotates.to_string()));
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Server::start(countersign(directory, &settings), directory)
}
