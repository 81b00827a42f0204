//! A document of a provider, kept for a while.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::error::ProviderError;
use crate::clock::{Seconds, Timestamp};

/// How long a document is kept.
const KEPT_FOR: Seconds = Seconds::new(3_600);
/// How long a provider is left alone after it gave no document.
const LEFT_ALONE_FOR: Seconds = Seconds::new(5);

/// A document, or why there is none. Of several tasks that want it at once, one fetches it and the others wait.
#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<Slot<T>>);

#[derive(Debug)]
struct Slot<T> {
    kept: Option<(Arc<T>, Timestamp)>,
    failed: Option<(ProviderError, Timestamp)>,
}

impl<T> Cached<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Slot { kept: None, failed: None }))
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
        self.get_younger(KEPT_FOR, now, deadline, fetch).await
    }

    /// Returns the document like [`Self::get`], but fetches it if it was fetched longer than `age` ago.
    pub(super) async fn get_younger(
        &self,
        age: Seconds,
        now: Timestamp,
        deadline: Instant,
        fetch: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        let slot = timeout_at(deadline, self.0.lock()).await;
        let mut slot = slot.map_err(|_| ProviderError::unavailable("no document of the provider in time"))?;
        if let Some((kept, fetched_at)) = &slot.kept
            && now.since(*fetched_at) < age
        {
            return Ok(Arc::clone(kept));
        }
        if let Some((error, failed_at)) = &slot.failed
            && now.since(*failed_at) < LEFT_ALONE_FOR
        {
            return Err(error.clone());
        }
        match fetch.await {
            Ok(document) => {
                let document = Arc::new(document);
                *slot = Slot { kept: Some((Arc::clone(&document), now)), failed: None };
                Ok(document)
            }
            Err(error) => {
                slot.failed = Some((error.clone(), now));
                Err(error)
            }
        }
    }
}
