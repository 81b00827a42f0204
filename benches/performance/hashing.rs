//! The ceilings of requests that hash a password: Argon2id with nothing around it, by the fastest implementation that
//! the program can use and by the program's own hasher.

use std::io;
use std::path::Path;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use argon2_rust::params::Memory;
use argon2_rust::{Algorithm, Argon2, Params, Version};
use countersign::passwords::{HashingParameters, Password, PasswordHasher};
use countersign::settings::Argon2Implementation;
use futures_util::future::try_join_all;

use crate::bare::cores;
use crate::requests::PASSWORD;
use crate::rounds::median;
use crate::server::processor_time_of;

/// How fast one side of a comparison is.
#[derive(Clone, Copy)]
pub struct Speed {
    /// Hashes, or requests with one hash each, a second.
    pub a_second: f64,
    /// The same for each second of processor time that the side itself spent, the client's left out.
    pub a_processor_second: f64,
}

/// Enough that no thread of the program's hasher waits for the next password.
const WAITING: usize = 16;

/// Hashes with `argon2-rust` on every core for `span`. Each thread keeps its memory, and has the low priority of the
/// program's own hashing threads.
pub fn bare_hashes(span: Duration) -> io::Result<Speed> {
    let begin = Barrier::new(cores());
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(|| hash_for(span, &begin))).collect();
        let speeds = threads.into_iter().map(|thread| thread.join().expect("hashing does not panic"));
        let speeds = speeds.collect::<io::Result<Vec<_>>>()?;
        Ok(Speed {
            a_second: speeds.iter().map(|speed| speed.a_second).sum(),
            a_processor_second: median(speeds.iter().map(|speed| speed.a_processor_second)),
        })
    })
}

fn hash_for(span: Duration, begin: &Barrier) -> io::Result<Speed> {
    rustix::process::nice(10).expect("a thread may stand back");
    let params = Params::builder().memory(Memory::kib(19_456)).passes(2).lanes(1);
    let params = params.build().expect("the parameters are OWASP's");
    let mut hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hasher();
    let mut output = [0; 32];
    let mut hash = || {
        hasher.hash_into(PASSWORD.as_bytes(), b"sixteen bytes!!!", &mut output).expect("the lengths suit Argon2");
    };
    hash();
    begin.wait();
    let (started, mut done) = (Instant::now(), 0.0);
    let before = processor_time_of(Path::new("/proc/thread-self"))?;
    while started.elapsed() < span {
        hash();
        done += 1.0;
    }
    let spent = processor_time_of(Path::new("/proc/thread-self"))?.saturating_sub(before);
    Ok(Speed { a_second: done / started.elapsed().as_secs_f64(), a_processor_second: done / spent.as_secs_f64() })
}

/// The program's own hasher as it is by default, without anything that a request needs besides.
pub fn own_hasher() -> io::Result<PasswordHasher> {
    let threads = cores().try_into().map_err(io::Error::other)?;
    let queue = WAITING.try_into().map_err(io::Error::other)?;
    PasswordHasher::start(HashingParameters::RECOMMENDED, Argon2Implementation::Fastest, threads, queue)
}

/// Keeps the program's own hasher busy for `span` and tells how many hashes a second that gave.
pub fn own_hashes_per_second(hasher: &PasswordHasher, span: Duration) -> io::Result<f64> {
    let password = Password::parse(PASSWORD, PASSWORD.len()).map_err(|_| io::Error::other("the password is fit"))?;
    let hash_until = async |end: Instant| {
        let mut done = 0.0;
        while Instant::now() < end {
            hasher.hash(password.clone()).await.map_err(io::Error::other)?;
            done += 1.0;
        }
        Ok::<f64, io::Error>(done)
    };
    actix_web::rt::System::new().block_on(async {
        hasher.hash(password.clone()).await.map_err(io::Error::other)?;
        let began = Instant::now();
        let done = try_join_all((0..WAITING).map(|_| hash_until(began + span))).await?;
        Ok(done.iter().sum::<f64>() / began.elapsed().as_secs_f64())
    })
}
