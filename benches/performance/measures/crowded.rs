//! How long other requests take while every hashing thread is busy and more registrations wait.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use super::now;
use crate::arguments::Arguments;
use crate::client::{Connection, Load, ROOM_BYTES};
use crate::database::{self, Population};
use crate::report::{Line, Target};
use crate::requests::{self, Requests};
use crate::rounds::quantile;
use crate::server::{Server, countersign};

/// Between two requests of one kind. They are sent when it is their time, whether or not the last one was slow.
pub(super) const EVERY: Duration = Duration::from_millis(10);
/// Registrations under way at any time: far more than there are threads that hash.
const REGISTERING: usize = 64;

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let span = Duration::from_secs(3 * arguments.hashing_seconds.get() as u64);
    let count = (span.as_millis() / EVERY.as_millis()) as usize;
    let directory = arguments.temporary_directory()?;
    let ids = database::fill(directory.path(), Population { verified: 10_000, pending: 2 * count }, now())?;
    let server = Server::start(countersign(directory.path(), &[]), directory.path())?;
    let address = server.address;
    let (first, second) = ids.split_at(count);
    let kinds = [
        ("health check", requests::alive(), requests::alive(), 200),
        ("forged signature", requests::forged(count, now()), requests::forged(count, now()), 400),
        ("link verified and committed", requests::signed(first, now()), requests::signed(second, now()), 200),
    ];
    let quiet = |number: usize| send_in_time(address, &kinds[number].1, kinds[number].3, count);
    let crowded = |number: usize| send_in_time(address, &kinds[number].2, kinds[number].3, count);
    let calm = all_at_once(kinds.len(), quiet)?;
    let registrations = requests::registrations(20 * span.as_secs() as usize * 60, 0);
    let ends_after = span + Duration::from_secs(2);
    let load = Load { address, requests: &registrations, connections: REGISTERING, expected_status: 201, ends_after };
    let busy = thread::scope(|scope| {
        let registering = scope.spawn(|| load.run());
        thread::sleep(Duration::from_secs(1));
        let busy = all_at_once(kinds.len(), crowded);
        registering.join().expect("the client does not panic")?;
        busy
    })?;
    let lines = kinds.iter().zip(calm.into_iter().zip(busy)).map(|((name, ..), (mut calm, mut busy))| {
        let (usual, middle) = (quantile(&mut calm, 0.99), quantile(&mut busy, 0.5));
        let longest = quantile(&mut busy, 0.99);
        Line {
            what: format!("p99 while hashing is saturated: {name}"),
            ours: format!("{longest:.1} ms"),
            ceiling: format!("{usual:.1} ms calm"),
            figure: format!("median {middle:.1} ms"),
            target: Target::at_most(longest, 20.0, "ms"),
        }
    });
    Ok(lines.collect())
}

/// Sends every kind at once, each from a thread of its own.
pub(super) fn all_at_once(
    kinds: usize,
    send: impl Fn(usize) -> io::Result<Vec<f64>> + Sync,
) -> io::Result<Vec<Vec<f64>>> {
    thread::scope(|scope| {
        let send = &send;
        let threads: Vec<_> = (0..kinds).map(|number| scope.spawn(move || send(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("the client does not panic")).collect()
    })
}

/// Sends `count` requests, beginning again where there are fewer, and tells how many milliseconds after its time each
/// was answered: one that had to wait for a slow one before it has waited, too.
pub(super) fn send_in_time(
    address: SocketAddr,
    requests: &Requests,
    expected_status: u16,
    count: usize,
) -> io::Result<Vec<f64>> {
    let (mut connection, mut room) = (Connection::open(address)?, vec![0; ROOM_BYTES]);
    let started = Instant::now();
    let mut milliseconds = Vec::with_capacity(count);
    for number in 0..count {
        let due = EVERY * u32::try_from(number).map_err(io::Error::other)?;
        thread::sleep(due.saturating_sub(started.elapsed()));
        connection.send(requests.get(number % requests.len()))?;
        while !connection.receive(expected_status, &mut room)? {}
        milliseconds.push((started.elapsed() - due).as_secs_f64() * 1e3);
    }
    Ok(milliseconds)
}
