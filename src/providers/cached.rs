//! A document of a provider, kept for a while.

use std::sync::Arc;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout_at};

use super::error::ProviderError;
use crate::clock::{Seconds, Timestamp};

/// How long a document is kept.
const KEPT_FOR: Seconds = Seconds::new(3_600);
/// How long a provider is left alone after it gave no document.
const LEFT_ALONE_FOR: Seconds = Seconds::new(5);
/// Maximum number of times that a document is replaced early in quick succession.
const REPLACED_AT_ONCE: u64 = 3;
/// Mean time between early replacements after that. A client that makes up tokens can cause no more.
const REPLACED_EVERY: Seconds = Seconds::new(20);

/// A document, or why there is none. Of several tasks that want it at once, one fetches it and the others wait.
#[derive(Debug)]
pub(super) struct Cached<T> {
    slot: Mutex<Slot<T>>,
    /// Locked while a task replaces the document early. Tasks that need no other one go on with it meanwhile.
    replacing: Mutex<Replacements>,
}

#[derive(Debug)]
struct Slot<T> {
    kept: Option<(Arc<T>, Timestamp)>,
    failed: Option<(ProviderError, Timestamp)>,
}

/// The early replacements of a document.
#[derive(Debug, Default)]
struct Replacements {
    /// When the limit counts none of them any more: each adds [`REPLACED_EVERY`].
    counted_until: Option<Timestamp>,
}

impl<T> Cached<T> {
    pub(super) fn new() -> Self {
        Self { slot: Mutex::new(Slot { kept: None, failed: None }), replacing: Mutex::default() }
    }

    /// Returns the document, fetched by `fetch` unless it was less than an hour ago.
    ///
    /// # Errors
    ///
    /// Those of `fetch`, also for a few seconds after it failed; and [`ProviderError::Unavailable`] at the deadline.
    pub(super) async fn get(
        &self,
        now: Timestamp,
        deadline: Instant,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        let mut slot = locked(&self.slot, deadline).await?;
        match &slot.kept {
            Some((kept, fetched_at)) if now.since(*fetched_at) < KEPT_FOR => Ok(Arc::clone(kept)),
            _ => {
                slot.unless_left_alone(now)?;
                let fetched = fetch.await;
                slot.keep(fetched, now)
            }
        }
    }

    /// Returns a document in the place of `old`, which the provider seems to have replaced. Fetches it, unless another
    /// task has done so since or the limit of early replacements is reached; then returns the cached document.
    ///
    /// # Errors
    ///
    /// Those of [`Self::get`].
    pub(super) async fn get_another(
        &self,
        old: &Arc<T>,
        now: Timestamp,
        deadline: Instant,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        let mut replacements = locked(&self.replacing, deadline).await?;
        {
            let slot = locked(&self.slot, deadline).await?;
            match &slot.kept {
                Some((kept, _)) if !Arc::ptr_eq(kept, old) => return Ok(Arc::clone(kept)),
                _ => slot.unless_left_alone(now)?,
            }
        }
        if !replacements.may_begin(now) {
            return Ok(Arc::clone(old));
        }
        let fetched = fetch.await;
        locked(&self.slot, deadline).await?.keep(fetched, now)
    }
}

impl<T> Slot<T> {
    /// Returns the last failure if it is a few seconds old at most.
    fn unless_left_alone(&self, now: Timestamp) -> Result<(), ProviderError> {
        match &self.failed {
            Some((error, failed_at)) if now.since(*failed_at) < LEFT_ALONE_FOR => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn keep(&mut self, fetched: Result<T, ProviderError>, now: Timestamp) -> Result<Arc<T>, ProviderError> {
        match fetched {
            Ok(document) => {
                let document = Arc::new(document);
                *self = Self { kept: Some((Arc::clone(&document), now)), failed: None };
                Ok(document)
            }
            Err(error) => {
                self.failed = Some((error.clone(), now));
                Err(error)
            }
        }
    }
}

impl Replacements {
    /// Counts a replacement, unless the limit is reached.
    fn may_begin(&mut self, now: Timestamp) -> bool {
        let most = Seconds::new(REPLACED_AT_ONCE * REPLACED_EVERY.get());
        // Later than that is the time of a clock that was set back.
        let counted_until = self.counted_until.filter(|until| until.since(now) <= most);
        let counted_until = counted_until.map_or(now, |until| until.max(now)).plus(REPLACED_EVERY);
        let may = counted_until.since(now) <= most;
        if may {
            self.counted_until = Some(counted_until);
        }
        may
    }
}

async fn locked<T>(mutex: &Mutex<T>, deadline: Instant) -> Result<MutexGuard<'_, T>, ProviderError> {
    let locked = timeout_at(deadline, mutex.lock()).await;
    locked.map_err(|_| ProviderError::unavailable("no document of the provider in time"))
}
