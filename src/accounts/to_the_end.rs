//! Work that goes on when the client goes away.
//!
//! A server drops the future of a request whose client is gone. What the request had stored by then must still be
//! reported to the log and the hooks, and its mail must be sent. So each operation that stores something and has a
//! report or a mail for it does all of it in such work.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tracing::{Instrument as _, Span};

use super::{Accounts, Administration};
use crate::log::{FindRequest, in_the_course_of};

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
    /// The span of the log lines, since the work first waited: a middleware may enter it only while it polls.
    span: Option<Span>,
}

impl<W: Future<Output: Send> + Send + 'static> ToTheEnd<W> {
    fn new(find_request: FindRequest, work: W) -> Self {
        Self { work: Some(Box::pin(work)), find_request, span: None }
    }
}

impl<W: Future<Output: Send> + Send + 'static> Future for ToTheEnd<W> {
    type Output = W::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<W::Output> {
        let this = self.get_mut();
        // Work that panics is not put back, and so not polled again.
        let mut work = this.work.take().expect("a future is not polled after its end");
        let polled = work.as_mut().poll(context);
        if polled.is_pending() {
            this.work = Some(work);
            this.span.get_or_insert_with(Span::current);
        }
        polled
    }
}

impl<W: Future<Output: Send> + Send + 'static> Drop for ToTheEnd<W> {
    fn drop(&mut self) {
        // Work that was never polled has stored nothing. Without a runtime the process is about to end.
        if let (Some(work), Some(span), Ok(runtime)) = (self.work.take(), self.span.take(), Handle::try_current()) {
            // The future of a request is dropped while the request can still be found.
            let request = (self.find_request)();
            runtime.spawn(in_the_course_of(request, async { drop(work.await) }).instrument(span));
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;
    use crate::log::{RequestName, request_of_this_task};

    #[tokio::test]
    async fn work_that_its_client_left_ends_and_names_the_request() {
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let (end, ended) = oneshot::channel();
        let work = async move {
            may_go_on.await.expect("the test lets it go on");
            end.send(request_of_this_task()).expect("the test waits for the end");
        };
        let request = RequestName { request_id: "id-of-the-request".to_owned(), client: None };
        {
            let work = ToTheEnd::new(request_of_this_task, work);
            let mut request = Box::pin(in_the_course_of(Some(request.clone()), work));
            assert!((&mut request).now_or_never().is_none());
        }
        go_on.send(()).expect("the work waits");
        assert_eq!(ended.await, Ok(Some(request)));
    }

    #[tokio::test]
    async fn work_that_never_began_is_not_done() {
        let (end, ended) = oneshot::channel::<()>();
        drop(ToTheEnd::new(request_of_this_task, async { end.send(()) }));
        assert!(ended.await.is_err());
    }
}
