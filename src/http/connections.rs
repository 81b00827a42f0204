//! Closes connections that clients hold open without using them.
//!
//! actix limits the time for the head of a connection's first request only. Its timer for the pause between two
//! requests would be set and cleared with each request; and after the first byte of the next request it waits without a
//! limit. So this module watches each connection of our own server. After an answer, a pause longer than the settings
//! allow half-closes the connection, as a client that has finished would: a request that arrives at that moment is
//! still answered. A connection that is silent for long after that, or from the start, is shut down.
//!
//! Before the server ends it drains: each answer asks its client to close the connection.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use actix_web::HttpRequest;
use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::rt::net::TcpStream as ActixStream;

/// The interval between two checks of all connections.
const LOOKED_THROUGH_EVERY: Duration = Duration::from_secs(1);

/// The open connections of a server. Clones share them.
#[derive(Clone)]
pub struct Connections(Arc<Watch>);

struct Watch {
    /// How long a connection is kept between an answer and the next request.
    keep_alive: Duration,
    /// The longest silence of a connection, for any reason.
    patience: Duration,
    is_draining: AtomicBool,
    open: Mutex<Vec<Watched>>,
}

/// The state of a connection at the last check.
struct Watched {
    connection: Weak<Connection>,
    answers: u32,
    /// When the last change was seen.
    quiet_since: Instant,
}

/// The state of an open connection. Only the worker that serves it changes the counts; the watch reads them.
struct Connection {
    /// A duplicate of the server's file descriptor: the server may close its own at any moment, and its number may be
    /// reused.
    socket: TcpStream,
    watch: Arc<Watch>,
    /// Requests that are being answered.
    in_flight: AtomicU32,
    /// The number of answered requests, counted so that no request has to read the clock.
    answers: AtomicU32,
}

/// A connection as its worker's requests share it, without the atomic instructions of an `Arc`.
type Handle = Rc<Arc<Connection>>;

/// A request that is being answered; dropped after the answer.
pub(crate) struct InFlight(Handle);

impl Connections {
    /// Returns a watch over connections. Each may be silent for `keep_alive` after an answer, and its requests may take
    /// `request_timeout` to arrive.
    pub fn new(keep_alive: Duration, request_timeout: Duration) -> Self {
        let (patience, is_draining) = (keep_alive + request_timeout, AtomicBool::new(false));
        Self(Arc::new(Watch { keep_alive, patience, is_draining, open: Mutex::default() }))
    }

    /// Begins to watch a new connection; for `HttpServer::on_connect`.
    pub fn watch(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<ActixStream>() else { return };
        // If no file descriptor is left, the connection is served without being watched.
        let Ok(socket) = stream.as_fd().try_clone_to_owned() else { return };
        let connection = Arc::new(Connection {
            socket: socket.into(),
            watch: Arc::clone(&self.0),
            in_flight: AtomicU32::new(0),
            answers: AtomicU32::new(0),
        });
        let watched = Watched { connection: Arc::downgrade(&connection), answers: 0, quiet_since: Instant::now() };
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner).push(watched);
        data.insert(Handle::new(connection));
    }

    /// Makes the server not ready from now on, and each answer close its connection.
    pub fn drain(&self) {
        self.0.is_draining.store(true, Ordering::Release);
    }

    /// Checks all connections every second, for as long as it is polled.
    pub async fn cut_off_the_quiet(self) {
        loop {
            actix_web::rt::time::sleep(LOOKED_THROUGH_EVERY).await;
            self.0.look_through();
        }
    }
}

impl Watch {
    fn look_through(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        open.retain_mut(|watched| {
            let Some(connection) = watched.connection.upgrade() else { return false };
            let answers = connection.answers.load(Ordering::Acquire);
            let quiet_for = now - watched.quiet_since;
            // A failed shutdown is ignored: the client may have closed the connection already, and a second shutdown of
            // the same connection changes nothing.
            if answers != watched.answers || connection.in_flight.load(Ordering::Acquire) > 0 {
                (watched.answers, watched.quiet_since) = (answers, now);
            } else if quiet_for > self.patience {
                let _ = connection.socket.shutdown(Shutdown::Both);
            } else if quiet_for > self.keep_alive && answers > 0 {
                let _ = connection.socket.shutdown(Shutdown::Read);
            }
            true
        });
    }
}

/// Returns whether the server that received this request is about to end.
pub(crate) fn is_draining(request: &HttpRequest) -> bool {
    request.conn_data::<Handle>().is_some_and(|connection| connection.watch.is_draining.load(Ordering::Acquire))
}

impl InFlight {
    /// Counts a request that is being answered, if its connection is watched.
    pub(crate) fn begin(request: &ServiceRequest) -> Option<Self> {
        let connection = request.conn_data::<Handle>()?;
        count(&connection.in_flight, 1);
        Some(Self(Rc::clone(connection)))
    }

    /// Returns whether this answer is to be the connection's last.
    pub(crate) fn is_last(&self) -> bool {
        self.0.watch.is_draining.load(Ordering::Acquire)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        count(&self.0.answers, 1);
        count(&self.0.in_flight, -1);
    }
}

/// Adds to a count that only this thread changes, which is cheaper than an atomic addition.
fn count(counter: &AtomicU32, by: i32) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add_signed(by), Ordering::Release);
}
