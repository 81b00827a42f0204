//! The request that a thread is serving at present. Its answer and all log lines about it carry its id.
//!
//! The id is kept beside the future that answers, not in a span of `tracing`: a span costs a tenth of the time of
//! refusing a forged link, and hardly any request is logged. Here the id is only made when a log line or the answer
//! needs it.

use std::cell::Cell;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;
use ipnet::IpNet;
use tokio::task::futures::TaskLocalFuture;

use super::client_address::client_address;
use super::envelope::request_id;
use crate::log::{RequestName, request_of_this_task};

tokio::task_local! {
    static SERVED: Served;
}

/// What is known of a request while it is served.
pub(crate) struct Served {
    /// The id that the client sent, or that was generated; `None` while no id has been needed.
    id: Cell<Option<HeaderValue>>,
    client: Option<IpAddr>,
}

impl Served {
    pub(super) fn new(request: &HttpRequest, trusted_proxies: &[IpNet]) -> Self {
        // An envelope within another one uses the outer one's id.
        let outer = SERVED.try_with(Self::id).ok();
        let id = outer.or_else(|| request_id::sent(request.headers()));
        Self { id: Cell::new(id), client: client_address(request, trusted_proxies) }
    }

    fn id(&self) -> HeaderValue {
        let id = self.id.take().unwrap_or_else(request_id::make);
        self.id.set(Some(id.clone()));
        id
    }
}

/// Answers a request, and makes its id available meanwhile.
pub(super) fn serving<F: Future>(request: Served, answer: F) -> TaskLocalFuture<Served, F> {
    SERVED.scope(request, answer)
}

/// Returns the id for the answer. Nothing is logged about the request after that.
pub(super) fn last_word() -> HeaderValue {
    let id = SERVED.try_with(|served| served.id.take()).ok().flatten();
    id.unwrap_or_else(request_id::make)
}

/// Returns the id of the request that this thread is serving, or for which the present task works, if there is one.
pub(crate) fn served_request() -> Option<RequestName> {
    let name = SERVED.try_with(|served| RequestName {
        request_id: served.id().to_str().unwrap_or_default().to_owned(),
        client: served.client,
    });
    name.ok().or_else(request_of_this_task)
}
