//! The pool of threads that hash and verify passwords.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::Salt;
use crossbeam_channel::{Receiver, RecvTimeoutError};

use super::hash::{PasswordHash, write};
use super::implementation::{ComputeError, Fastest, MakeFastest, Selection};
use super::import_hash_error::ImportHashError;
use super::parameters::{HashingParameters, OUTPUT_BYTES};
use super::password::Password;
use super::recipe::Recipe;
use super::thread_hasher::ThreadHasher;
use crate::lane::{Job, Lane, LaneError, survive};
use crate::metrics::Metrics;
use crate::settings::Argon2Implementation;

/// A thread that is idle for this long frees its memory; allocating it again costs the next hash some percent.
const IDLE_AFTER: Duration = Duration::from_secs(5);

/// How many steps of niceness lower the priority of hashing is than that of answering: a tenth of the weight in Linux's
/// scheduler.
#[cfg(target_os = "linux")]
const NICER_BY: i32 = 10;

/// Hashes and verifies passwords with Argon2id on threads of its own, and verifies those that other systems have hashed.
/// Clones share the threads.
#[derive(Clone)]
pub struct PasswordHasher {
    lane: Lane<Job<ThreadHasher>>,
    parameters: HashingParameters,
    selection: Arc<Selection>,
    decoy: PasswordHash,
    done: Arc<AtomicU64>,
    metrics: Metrics,
}

/// Whether a password matches the stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It matches.
    Match,
    /// It matches, but the hash has another cost than the settings have now, or is of another system. The caller should
    /// hash the password again.
    MatchButOutdated,
    /// It does not match, or there is no such user.
    Mismatch,
}

/// Why a password was neither hashed nor verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The queue is full. The client may try again after a second.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hasher is shutting down, or panicked.
    #[error("the password lane has stopped")]
    Stopped,
    /// The stored hash is of no known scheme, or lacks a part.
    #[error("the stored password hash cannot be read")]
    Unreadable,
    /// The stored hash asks for more work or memory than [`HashingParameters`] allow, or the ceiling of its scheme.
    #[error("the stored password hash costs more than is allowed")]
    TooCostly,
    /// The operating system has no memory for the hash. The client may try again after a second.
    #[error("there is no memory to hash a password in")]
    OutOfMemory,
}

impl PasswordHasher {
    /// Starts `threads` threads with a queue of at most `queue` waiting passwords.
    ///
    /// Each thread allocates its memory (`parameters`) at its first hash, and frees it after five seconds without work.
    /// [`Argon2Implementation::Fastest`] is compared with the portable one first, and once more before the first
    /// password is hashed. If their results differ, this is logged and the portable one is used.
    ///
    /// # Errors
    ///
    /// The operating system's error, when it refuses a thread.
    pub fn start(
        parameters: HashingParameters,
        implementation: Argon2Implementation,
        threads: NonZeroUsize,
        queue: NonZeroUsize,
    ) -> std::io::Result<Self> {
        let make_fastest: MakeFastest = || Box::new(Fastest::default());
        let selection = Selection::start(implementation, parameters, make_fastest);
        Self::start_with(parameters, selection, threads, queue, IDLE_AFTER)
    }

    fn start_with(
        parameters: HashingParameters,
        selection: Selection,
        threads: NonZeroUsize,
        queue: NonZeroUsize,
        idle_after: Duration,
    ) -> std::io::Result<Self> {
        let selection = Arc::new(selection);
        let done = Arc::new(AtomicU64::new(0));
        let workers = (0..threads.get())
            .map(|_| {
                let hasher = ThreadHasher::new(parameters, Arc::clone(&selection), Arc::clone(&done));
                move |jobs: &Receiver<Job<ThreadHasher>>| work(jobs, hasher, idle_after)
            })
            .collect();
        // A password has this hash with a probability of 2^-256 only, and the value needs no hashing at start.
        let decoy = write(parameters, Salt::generate(), &[0; OUTPUT_BYTES]);
        Ok(Self {
            lane: Lane::start("passwords", queue, workers)?,
            parameters,
            selection,
            decoy,
            done,
            metrics: Metrics::default(),
        })
    }

    /// Returns a hasher without threads. Every operation fails with [`HashError::Stopped`].
    pub(crate) fn stopped(parameters: HashingParameters) -> Self {
        let make_fastest: MakeFastest = || Box::new(Fastest::default());
        let selection = Selection::start(Argon2Implementation::Portable, parameters, make_fastest);
        let decoy = write(parameters, Salt::generate(), &[0; OUTPUT_BYTES]);
        let (selection, done, metrics) = (Arc::new(selection), Arc::default(), Metrics::default());
        Self { lane: Lane::stopped(), parameters, selection, decoy, done, metrics }
    }

    /// Hashes a new password with a random salt.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`], [`HashError::Stopped`] and [`HashError::OutOfMemory`].
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashError> {
        let parameters = self.parameters;
        let work = move |hasher: &mut ThreadHasher| {
            let salt = Salt::generate();
            let mut output = [0; OUTPUT_BYTES];
            hasher.compute(&parameters.method(), password.expose(), &salt, &mut output)?;
            Ok(write(parameters, salt, &output))
        };
        self.run(work).await?
    }

    /// Verifies a password against the stored hash; `None` stands for a user who does not exist.
    ///
    /// A missing user and an unreadable hash cost as much Argon2 work as a hash of today's cost, so that the time
    /// reveals nothing. A hash of another cost or system takes the time of its own work until it is replaced. Where the
    /// password was sent in another form than this server hashes, such a hash is also compared with that form.
    ///
    /// # Errors
    ///
    /// Those of [`hash`](Self::hash); [`HashError::Unreadable`] and [`HashError::TooCostly`] if the
    /// stored hash is at fault.
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<Verdict, HashError> {
        let (decoy, parameters) = (self.decoy.clone(), self.parameters);
        self.run(move |hasher: &mut ThreadHasher| judge(hasher, &password, stored.as_ref(), &decoy, parameters)).await?
    }

    /// Runs `work` when its turn has come, and counts how long that took.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut ThreadHasher) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let (metrics, began) = (self.metrics.clone(), self.metrics.hashing_waits());
        let done = self.lane.run(move |hasher| {
            metrics.hashing_waited(began);
            work(hasher)
        });
        done.await.map_err(|error| {
            if error == LaneError::Full {
                self.metrics.hashing_rejected();
            }
            error.into()
        })
    }

    /// Counts waits and refusals.
    #[must_use]
    pub(crate) fn counted_by(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// Returns how many passwords wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.lane.waiting()
    }

    /// Returns how many hashes have been computed since the start.
    pub fn hashes_done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Returns the implementation in use: after a failed comparison the portable one.
    pub fn implementation(&self) -> Argon2Implementation {
        self.selection.current()
    }
}

fn judge(
    hasher: &mut ThreadHasher,
    password: &Password,
    stored: Option<&PasswordHash>,
    decoy: &PasswordHash,
    current: HashingParameters,
) -> Result<Verdict, HashError> {
    let judged = Recipe::read(stored.unwrap_or(decoy).as_str()).map_err(HashError::from).and_then(|recipe| {
        let is_current = recipe.is_current(current);
        let mut is_same = hasher.reproduces(&recipe, password.expose())?;
        if let Some(sent) = password.as_others_hash_it().filter(|_| !is_same && !is_current) {
            is_same = hasher.reproduces(&recipe, sent)?;
        }
        Ok(match (is_same && stored.is_some(), is_current) {
            (true, true) => Verdict::Match,
            (true, false) => Verdict::MatchButOutdated,
            (false, _) => Verdict::Mismatch,
        })
    });
    if judged.is_err() {
        let decoy = Recipe::read(decoy.as_str()).expect("the decoy was written here");
        hasher.reproduces(&decoy, password.expose())?;
    }
    judged
}

fn work(jobs: &Receiver<Job<ThreadHasher>>, mut hasher: ThreadHasher, idle_after: Duration) {
    stand_back();
    while let Some(job) = next_job(jobs, &mut hasher, idle_after) {
        survive(|| job(&mut hasher));
    }
}

fn next_job(
    jobs: &Receiver<Job<ThreadHasher>>,
    hasher: &mut ThreadHasher,
    idle_after: Duration,
) -> Option<Job<ThreadHasher>> {
    match jobs.recv_timeout(idle_after) {
        Ok(job) => Some(job),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            hasher.release();
            jobs.recv().ok()
        }
    }
}

/// Lowers the priority of the calling thread. Only Linux has one niceness per thread; elsewhere it would slow down
/// the whole process.
fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(refused) = rustix::process::nice(NICER_BY) {
        tracing::debug!(error = %refused, "password hashing keeps its ordinary priority");
    }
}

impl From<LaneError> for HashError {
    fn from(error: LaneError) -> Self {
        match error {
            LaneError::Full => Self::Busy,
            LaneError::Stopped => Self::Stopped,
        }
    }
}

impl From<ComputeError> for HashError {
    fn from(error: ComputeError) -> Self {
        match error {
            ComputeError::Unsuitable => Self::Unreadable,
            ComputeError::OutOfMemory => Self::OutOfMemory,
        }
    }
}

impl From<ImportHashError> for HashError {
    fn from(error: ImportHashError) -> Self {
        if error.is_about_cost() { Self::TooCostly } else { Self::Unreadable }
    }
}

#[cfg(test)]
mod tests;
