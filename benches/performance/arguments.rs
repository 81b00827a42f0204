//! What can be chosen on the command line, after `cargo bench --`.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures Countersign beside its ceilings.
#[derive(Parser, Debug)]
pub struct Arguments {
    /// What to measure: all of it unless named.
    #[arg(value_enum)]
    only: Vec<Measure>,

    /// Rounds of each comparison; the median of their ratios counts.
    #[arg(long, default_value = "9")]
    pub rounds: NonZeroUsize,

    /// Requests in each round of those comparisons that are not about hashing.
    #[arg(long, default_value = "60000")]
    pub requests: NonZeroUsize,

    /// Connections that each have one request under way.
    #[arg(long, default_value = "256")]
    pub connections: NonZeroUsize,

    /// Seconds of each round that is about hashing.
    #[arg(long, default_value = "6")]
    pub hashing_seconds: NonZeroUsize,

    /// Users of the large database that is compared with one of 10,000. The target is meant for 10000000, which takes about
    /// 6 GB of disk and some minutes to fill.
    #[arg(long, default_value = "1000000")]
    pub users: NonZeroUsize,

    /// Where databases and mails are kept while measuring. In memory (/dev/shm) commits wait for no disk, which tells
    /// what the disk's share is.
    #[arg(long, default_value = env!("CARGO_TARGET_TMPDIR"))]
    directory: PathBuf,

    /// Be the small server that is the ceiling. For this program's own use.
    #[arg(long, hide = true)]
    pub bare_handler: bool,

    /// `Name: value` that the small server adds to its answers. For this program's own use.
    #[arg(long, hide = true)]
    pub header: Vec<String>,

    /// Cargo adds this.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A group of figures that are measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Measure {
    /// Forged signatures refused, against a handler that only parses the same JSON.
    Forged,
    /// Links verified and durably committed, against the same handler.
    Verified,
    /// Links verified and durably committed on a private PostgreSQL, against pgbench doing the same update.
    VerifiedOnPostgres,
    /// Registrations and logins, against bare hashing by the fastest implementation on all cores.
    Registered,
    /// Profiles read with a token, on SQLite and on a private PostgreSQL, against the bare handler.
    Profiles,
    /// Profiles read with an access token, against a session token; and refreshes, against verified links.
    Tokens,
    /// How long other requests take while hashing is saturated.
    Crowded,
    /// How long other requests take while identity providers hang, drip, flood, fail and redirect.
    Providers,
    /// Memory when nothing is going on.
    Idle,
    /// From the start of the process to its first answer.
    Started,
    /// Verification in a large database, against one of 10,000 users.
    Grown,
    /// Pages of the list of profiles in a large database, against one of 10,000 users.
    Listed,
}

impl Arguments {
    /// A directory that is removed when it is dropped.
    pub fn temporary_directory(&self) -> io::Result<tempfile::TempDir> {
        tempfile::Builder::new().prefix("performance-").tempdir_in(&self.directory)
    }

    /// The chosen measures in the order of the table.
    pub fn measures(&self) -> impl Iterator<Item = Measure> {
        let is_chosen = |measure: &Measure| self.only.is_empty() || self.only.contains(measure);
        Measure::value_variants().iter().copied().filter(is_chosen)
    }
}
