//! From the start of the process to its first answer.

use std::io;
use std::time::Instant;

use super::now;
use crate::arguments::Arguments;
use crate::client::{Connection, ROOM_BYTES};
use crate::database::{self, Population};
use crate::report::{Line, Target};
use crate::requests;
use crate::rounds::median;
use crate::server::{Server, countersign};

pub fn measure(arguments: &Arguments) -> io::Result<Vec<Line>> {
    let directory = arguments.temporary_directory()?;
    database::fill(directory.path(), Population { verified: 10_000, pending: 1_000 }, now())?;
    let requests = requests::alive();
    let mut milliseconds = Vec::new();
    for _ in 0..=2 * arguments.rounds.get() {
        let started = Instant::now();
        let server = Server::start(countersign(directory.path(), &[]), directory.path())?;
        let (mut connection, mut room) = (Connection::open(server.address)?, vec![0; ROOM_BYTES]);
        connection.send(requests.get(0))?;
        while !connection.receive(200, &mut room)? {}
        milliseconds.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let longest = milliseconds.iter().copied().fold(0.0, f64::max);
    let middle = median(milliseconds);
    Ok(vec![Line {
        what: "start to first answer on an existing database".to_owned(),
        ours: format!("{middle:.0} ms"),
        ceiling: String::new(),
        figure: format!("longest {longest:.0} ms"),
        target: Target::at_most(middle, 100.0, "ms"),
    }])
}
