//! The request that a thread is serving at the moment: what its answer and all lines about it name it by.
//!
//! Kept beside the future that answers, not in a span of `tracing`: a span costs a tenth of what refusing a forged link
//! does, for each of requests of which hardly any is ever spoken of. Here the name is made when somebody asks for it.

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

/// What is known of a request for as long as it is served.
pub(crate) struct Served {
    /// The id that it came with, or was given: nobody asked for one so far if there is none.
    id: Cell<Option<HeaderValue>>,
    client: Option<IpAddr>,
}

impl Served {
    pub(super) fn new(request: &HttpRequest, trusted_proxies: &[IpNet]) -> Self {
        // An envelope within another one calls the request what the outer one does.
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

/// Answers a request, whose name is known all the while.
pub(super) fn serving<F: Future>(request: Served, answer: F) -> TaskLocalFuture<Served, F> {
    SERVED.scope(request, answer)
}

/// Returns the id for the answer, after which nothing more is said of the request.
pub(super) fn last_word() -> HeaderValue {
    let id = SERVED.try_with(|served| served.id.take()).ok().flatten();
    id.unwrap_or_else(request_id::make)
}

/// Returns the name of the request that this thread is serving, or in whose course the present task works, if there is
/// one.
pub(crate) fn served_request() -> Option<RequestName> {
    let name = SERVED.try_with(|served| RequestName {
        request_id: served.id().to_str().unwrap_or_default().to_owned(),
        client: served.client.map(|client| client.to_string()),
    });
    name.ok().or_else(request_of_this_task)
}
