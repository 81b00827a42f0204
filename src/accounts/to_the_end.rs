//! Work that goes on when the client goes away.
//!
//! A server drops the future of a request whose client is gone. What the request had stored by then must still be
//! reported to the log and the hooks, and its mail must be sent. So each operation that stores something and has a
//! report or a mail for it does all of it in such work.

use tracing::Instrument;

use super::{Accounts, Administration};
use crate::log::{FindRequest, in_the_course_of};

impl Accounts {
    /// Runs `work` to the end even if the caller's future is dropped.
    pub(super) async fn to_the_end<T, W>(&self, work: impl FnOnce(Self) -> W) -> T
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        run(self.parts.find_request, work(self.clone())).await
    }
}

impl Administration {
    /// Runs `work` to the end even if the caller's future is dropped.
    pub(super) async fn to_the_end<T, W>(&self, work: impl FnOnce(Self) -> W) -> T
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        run(self.find_request, work(self.clone())).await
    }
}

/// Runs `work` in a task of its own. Its log lines name the request.
async fn run<T: Send + 'static>(find_request: FindRequest, work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(in_the_course_of(find_request(), work).in_current_span()).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime is shutting down, and ends this task too.
        Err(_) => std::future::pending().await,
    }
}
