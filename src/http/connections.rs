//! Cuts off connections that are held open for nothing.
//!
//! actix times the head of a connection's first request, and leaves the rest to us. Its own timer for the pause between
//! two requests would be set and cleared anew with each of them; and once a byte of the next one has come, it waits for
//! the rest without end. So each connection of our own server is watched. After an answer, a pause as long as the
//! settings allow ends the connection like a client who has no more to say: a request that comes in that very moment is
//! still answered. A connection that is silent for long after that, or was so from the start, is shut down.
//!
//! Before the server ends it drains: each answer asks its client to leave.

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

/// How often connections are looked through.
const LOOKED_THROUGH_EVERY: Duration = Duration::from_secs(1);

/// The open connections of a server. Clones share them.
#[derive(Clone)]
pub struct Connections(Arc<Watch>);

struct Watch {
    /// How long a connection is kept between an answer and the next request.
    keep_alive: Duration,
    /// How long no connection is silent, whatever it waits for.
    patience: Duration,
    is_draining: AtomicBool,
    open: Mutex<Vec<Watched>>,
}

/// A connection as it was when it was last looked at.
struct Watched {
    connection: Weak<Connection>,
    answers: u32,
    /// Nothing has happened since.
    quiet_since: Instant,
}

/// One connection, as long as it is open. Only the worker that serves it counts; the watch reads.
struct Connection {
    /// A handle of our own: the server's may be closed, and its number used anew, at any moment.
    socket: TcpStream,
    watch: Arc<Watch>,
    /// Requests that are being answered.
    in_flight: AtomicU32,
    /// Requests that have been, counted so that no request has to ask for the time.
    answers: AtomicU32,
}

/// A connection as its worker's requests share it, without the locked instructions that an `Arc` takes for each.
type Handle = Rc<Arc<Connection>>;

/// A request that is being answered; dropped when it has been.
pub(crate) struct InFlight(Handle);

impl Connections {
    /// Watches over connections, each of which may be silent for `keep_alive` after an answer, and whose requests may
    /// take `request_timeout` to come.
    pub fn new(keep_alive: Duration, request_timeout: Duration) -> Self {
        let (patience, is_draining) = (keep_alive + request_timeout, AtomicBool::new(false));
        Self(Arc::new(Watch { keep_alive, patience, is_draining, open: Mutex::default() }))
    }

    /// Takes a new connection into view; for `HttpServer::on_connect`.
    pub fn watch(&self, stream: &dyn Any, data: &mut Extensions) {
        let Some(stream) = stream.downcast_ref::<ActixStream>() else { return };
        // Without a handle to spare there is nothing to cut it off by; it is served all the same.
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

    /// From now on the server is not ready, and each answer closes its connection.
    pub fn drain(&self) {
        self.0.is_draining.store(true, Ordering::Release);
    }

    /// Looks through the connections every second, for as long as it is polled.
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
            // That a shutdown fails is no news: the other side may have closed the connection, and a second one that
            // the first did not end changes nothing.
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

/// Returns whether the server that this request came to is about to end.
pub(crate) fn is_draining(request: &HttpRequest) -> bool {
    request.conn_data::<Handle>().is_some_and(|connection| connection.watch.is_draining.load(Ordering::Acquire))
}

impl InFlight {
    /// Notes that a request is being answered, on a connection that is watched.
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

/// Adds to a count that no other thread adds to, which is cheaper than what two could share.
fn count(counter: &AtomicU32, by: i32) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add_signed(by), Ordering::Release);
}
