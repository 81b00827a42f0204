//! Work that goes on when the client goes away.
//!
//! A server drops the future of a request whose client is gone. What the request had stored by then must still be
//! reported to the log and the hooks, and its mail must be sent. So each operation that stores something and has a
//! report or a mail for it does all of it in such work.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tracing::Instrument;

use super::{Accounts, Administration};
use crate::log::{FindRequest, RequestName, in_the_course_of};

impl Accounts {
    /// Runs `work` to the end even if the caller's future is dropped.
    pub(super) async fn to_the_end<T, W>(&self, work: impl FnOnce(Self) -> W) -> T
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        ToTheEnd::new(self.parts.find_request, work(self.clone())).await
    }
}

impl Administration {
    /// Runs `work` to the end even if the caller's future is dropped.
    pub(super) async fn to_the_end<T, W>(&self, work: impl FnOnce(Self) -> W) -> T
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        ToTheEnd::new(self.find_request, work(self.clone())).await
    }
}

/// Polls work as a part of the caller's future, and moves it to a task of its own if that future is dropped. A task for
/// each request would be scheduled and woken once more.
struct ToTheEnd<W: Future<Output: Send> + Send + 'static> {
    /// `None` once it has ended.
    work: Option<Pin<Box<W>>>,
    find_request: FindRequest,
    /// The request and the span of the log lines, since the work first waited: a request is found only while it is served.
    course: Option<(Option<RequestName>, tracing::Span)>,
}

impl<W: Future<Output: Send> + Send + 'static> ToTheEnd<W> {
    fn new(find_request: FindRequest, work: W) -> Self {
        Self { work: Some(Box::pin(work)), find_request, course: None }
    }
}

impl<W: Future<Output: Send> + Send + 'static> Future for ToTheEnd<W> {
    type Output = W::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<W::Output> {
        let this = self.get_mut();
        // Work that panics is not put back, and so not polled again.
        let mut work = this.work.take().expect("a future is not polled after its end");
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        this.work = Some(work);
        this.course.get_or_insert_with(|| ((this.find_request)(), tracing::Span::current()));
        Poll::Pending
    }
}

impl<W: Future<Output: Send> + Send + 'static> Drop for ToTheEnd<W> {
    fn drop(&mut self) {
        // Work that was never polled has stored nothing. Without a runtime the process is about to end.
        if let (Some(work), Some((request, span)), Ok(runtime)) =
            (self.work.take(), self.course.take(), Handle::try_current())
        {
            runtime.spawn(in_the_course_of(request, async { drop(work.await) }).instrument(span));
        }
    }
}
