//! The name of a request, for lines that a task of its own writes in the request's course.
//!
//! Work that must not stop when a client goes away runs as a task. `http` knows a request only while it polls the
//! request's own future, so the name goes along with the task.

use tokio::task::futures::TaskLocalFuture;

/// How a line names the request in whose course it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestName {
    /// The id that the request came with or was given.
    pub request_id: String,
    /// The address that counts as the client's.
    pub client: Option<String>,
}

/// Finds the request that this thread is serving at the moment, if it serves one.
pub(crate) type FindRequest = fn() -> Option<RequestName>;

tokio::task_local! {
    static COURSE: Option<RequestName>;
}

/// Runs `work`, whose lines are about `request`.
pub(crate) fn in_the_course_of<F: Future>(
    request: Option<RequestName>,
    work: F,
) -> TaskLocalFuture<Option<RequestName>, F> {
    COURSE.scope(request, work)
}

/// Returns the request in whose course the present task works, if it was told one.
pub(crate) fn request_of_this_task() -> Option<RequestName> {
    COURSE.try_with(Clone::clone).ok().flatten()
}
