//! The thread that speaks to all identity providers.
//!
//! Requests, the reading of their answers and the checks of signatures run there, so that a slow provider holds up no
//! thread that answers requests.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task;

/// A thread with a runtime of its own. Dropping it cancels what still runs there, and ends the thread.
#[derive(Debug)]
pub(super) struct Lane {
    runtime: Handle,
    /// Dropped to end the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Lane {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// The operating system's, when it refuses a thread.
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("providers".to_owned()).spawn(move || {
            // The sender is dropped, never used.
            let _ = runtime.block_on(stopped);
            // A look-up of a host's name may hang, and is not waited for.
            runtime.shutdown_background();
        })?;
        Ok(Self { runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Runs `work` on the thread and returns its result, or none if it panicked or the thread has ended. Dropping the
    /// future cancels the work.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        Work(self.runtime.spawn(work)).await
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the panic hook already.
            let _ = thread.join();
        }
    }
}

/// Work that is cancelled when its handle is dropped.
struct Work<T>(task::JoinHandle<T>);

impl<T> Future for Work<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}

impl<T> Drop for Work<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
