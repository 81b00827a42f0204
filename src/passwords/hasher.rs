//! The pool of threads that hash and verify passwords.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use argon2::password_hash::phc::Salt;

use super::hash::{PasswordHash, write};
use super::implementation::{Fastest, MakeFastest, Selection};
use super::parameters::{HashingParameters, OUTPUT_BYTES};
use super::password::Password;
use super::recipe::Recipe;
use super::signer_key::SignerKey;
use super::thread_hasher::ThreadHasher;
use super::verdict::{HashError, Verdict};
use crate::lane::{Job, Lane, LaneError, Queue, survive};
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
    selection: Arc<Selection>,
    own: Arc<Own>,
    done: Arc<AtomicU64>,
    metrics: Metrics,
}

/// What this server brings to a comparison.
#[derive(Clone)]
struct Own {
    /// The cost of new hashes.
    parameters: HashingParameters,
    /// What is compared where no user has been found.
    decoy: PasswordHash,
    signer_key: Option<SignerKey>,
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
                move |jobs: &Queue<Job<ThreadHasher>>| work(jobs, hasher, idle_after)
            })
            .collect();
        Ok(Self {
            lane: Lane::start("passwords", queue, workers)?,
            selection,
            own: Arc::new(Own::new(parameters)),
            done,
            metrics: Metrics::default(),
        })
    }

    /// Returns a hasher without threads. Every operation fails with [`HashError::Stopped`].
    pub(crate) fn stopped(parameters: HashingParameters) -> Self {
        let make_fastest: MakeFastest = || Box::new(Fastest::default());
        let selection = Selection::start(Argon2Implementation::Portable, parameters, make_fastest);
        let (selection, own) = (Arc::new(selection), Arc::new(Own::new(parameters)));
        Self { lane: Lane::stopped(), selection, own, done: Arc::default(), metrics: Metrics::default() }
    }

    /// Hashes a new password with a random salt.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`], [`HashError::Stopped`] and [`HashError::OutOfMemory`].
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashError> {
        let parameters = self.own.parameters;
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
    /// stored hash is at fault, and [`HashError::LacksSignerKey`].
    pub async fn verify(&self, password: Password, stored: Option<PasswordHash>) -> Result<Verdict, HashError> {
        let own = Arc::clone(&self.own);
        self.run(move |hasher: &mut ThreadHasher| judge(hasher, &password, stored.as_ref(), &own)).await?
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

    /// Verifies hashes of the Firebase project whose key this is.
    #[must_use]
    pub fn with_signer_key(self, signer_key: Option<SignerKey>) -> Self {
        let own = Own { signer_key, ..Own::clone(&self.own) };
        Self { own: Arc::new(own), ..self }
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

impl Own {
    fn new(parameters: HashingParameters) -> Self {
        // A password has this hash with a probability of 2^-256 only, and the value needs no hashing at start.
        let decoy = write(parameters, Salt::generate(), &[0; OUTPUT_BYTES]);
        Self { parameters, decoy, signer_key: None }
    }
}

fn judge(
    hasher: &mut ThreadHasher,
    password: &Password,
    stored: Option<&PasswordHash>,
    own: &Own,
) -> Result<Verdict, HashError> {
    let signer_key = own.signer_key.as_ref();
    let judged = Recipe::read(stored.unwrap_or(&own.decoy).as_str()).map_err(HashError::from).and_then(|recipe| {
        let is_current = recipe.is_current(own.parameters);
        let mut is_same = hasher.reproduces(&recipe, password.expose(), signer_key)?;
        if let Some(sent) = password.as_others_hash_it().filter(|_| !is_same && !is_current) {
            is_same = hasher.reproduces(&recipe, sent, signer_key)?;
        }
        Ok(match (is_same && stored.is_some(), is_current) {
            (true, true) => Verdict::Match,
            (true, false) => Verdict::MatchButOutdated,
            (false, _) => Verdict::Mismatch,
        })
    });
    if judged.is_err() {
        let decoy = Recipe::read(own.decoy.as_str()).expect("the decoy was written here");
        hasher.reproduces(&decoy, password.expose(), None)?;
    }
    judged
}

fn work(jobs: &Queue<Job<ThreadHasher>>, mut hasher: ThreadHasher, idle_after: Duration) {
    stand_back();
    while let Some(job) = next_job(jobs, &mut hasher, idle_after) {
        survive(|| job(&mut hasher));
    }
}

fn next_job(
    jobs: &Queue<Job<ThreadHasher>>,
    hasher: &mut ThreadHasher,
    idle_after: Duration,
) -> Option<Job<ThreadHasher>> {
    jobs.next_until(Instant::now() + idle_after).or_else(|| {
        hasher.release();
        jobs.next()
    })
}

/// Lowers the priority of the calling thread. Only Linux has one niceness per thread; elsewhere it would slow down
/// the whole process.
fn stand_back() {
    #[cfg(target_os = "linux")]
    if let Err(refused) = rustix::process::nice(NICER_BY) {
        tracing::debug!(error = %refused, "password hashing keeps its ordinary priority");
    }
}

#[cfg(test)]
mod tests;
