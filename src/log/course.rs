//! The request's id, for log lines of a separate task that works for the request.
//!
//! Work that must not stop when a client goes away runs as a task. `http` knows a request only while it polls the
//! request's own future, so the id travels with the task.

use std::net::IpAddr;

use tokio::task::futures::TaskLocalFuture;

/// The request that a log line names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestName {
    /// The id that the request came with or was given.
    pub request_id: String,
    /// The address that counts as the client's.
    pub client: Option<IpAddr>,
}

/// Finds the request that this thread is serving at the moment, if it serves one.
pub(crate) type FindRequest = fn() -> Option<RequestName>;

tokio::task_local! {
    static COURSE: Option<RequestName>;
}

/// Runs `work`; its log lines name `request`.
pub(crate) fn in_the_course_of<F: Future>(
    request: Option<RequestName>,
    work: F,
) -> TaskLocalFuture<Option<RequestName>, F> {
    COURSE.scope(request, work)
}

/// Returns the request for which the present task works, if one is set.
pub(crate) fn request_of_this_task() -> Option<RequestName> {
    COURSE.try_with(Clone::clone).ok().flatten()
}
