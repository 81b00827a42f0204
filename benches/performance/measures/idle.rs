//! Memory when nothing is going on.

use std::io;
use std::thread;
use std::time::Duration;

use super::{UNTIL_ALL_ARE_ANSWERED, now};
use crate::arguments::Arguments;
use crate::client::Load;
use crate::database::{self, Population};
use crate::report::{Line, Target};
use crate::requests::{self, Requests};
use crate::server::{Server, countersign};

const MIB: f64 = 1024.0 * 1024.0;
/// Hashing threads give their memory back after five seconds.
const UNTIL_IDLE: Duration = Duration::from_secs(8);

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let directory = arguments.temporary_directory()?;
    database::fill(directory.path(), Population { verified: 10_000, pending: 1_000 }, now())?;
    let server = Server::start(countersign(directory.path(), &[]), directory.path())?;
    let send = |requests: &Requests, connections, expected_status| {
        let (address, ends_after) = (server.address, UNTIL_ALL_ARE_ANSWERED);
        Load { address, requests, connections, expected_status, ends_after }.run()
    };
    send(&requests::forged(10, now()), 1, 400)?;
    thread::sleep(UNTIL_IDLE);
    let (fresh, of_its_own) = (server.resident_bytes("VmRSS")?, server.resident_bytes("RssAnon")?);
    send(&requests::forged(arguments.requests.get(), now()), arguments.connections.get(), 400)?;
    send(&requests::registrations(100, 0), 16, 201)?;
    thread::sleep(UNTIL_IDLE);
    let (used, of_its_own_then) = (server.resident_bytes("VmRSS")?, server.resident_bytes("RssAnon")?);
    let line = |what: &str, resident: u64, of_its_own: u64, most: f64| {
        let resident = resident as f64 / MIB;
        Line {
            what: what.to_owned(),
            ours: format!("{resident:.1} MiB"),
            ceiling: String::new(),
            figure: format!("{:.1} MiB anonymous", of_its_own as f64 / MIB),
            target: Target::at_most(resident, most, "MiB"),
        }
    };
    Ok(vec![
        line("idle memory (resident) after the first requests", fresh, of_its_own, 20.0),
        line("idle memory (resident) after load and 100 hashes", used, of_its_own_then, 24.0),
    ])
}
