//! A mail server inside the test process that does what a test tells it, command by command.
//!
//! It runs on threads of its own, so that it works under any runtime and can speak TLS, and it records a mail only if
//! it has answered 250 to it.
#![allow(dead_code, unused_imports, reason = "three test programs share it, and none uses all of it")]

mod conversation;
mod path;
mod script;
mod tls;

use std::collections::{HashMap, VecDeque};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

pub use script::{Act, Offer, Stage};
pub use tls::{CERTIFICATE, KEY, ROOT_CERTIFICATE};

/// A mail that was answered 250.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// The whole mail with the dots of SMTP undone.
    pub data: Vec<u8>,
    /// The parameters of MAIL FROM.
    pub parameters: String,
    pub user: Option<String>,
    pub encrypted: bool,
    /// Which connection brought it, counted from 1.
    pub connection: usize,
}

/// The server. It stops, and closes every connection, when it is dropped.
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    received: watch::Receiver<Vec<Received>>,
}

struct Shared {
    offer: Offer,
    script: Mutex<Script>,
    received: watch::Sender<Vec<Received>>,
    /// How many conversations were ever held.
    held: watch::Sender<usize>,
    released: Mutex<bool>,
    release: Condvar,
    connections: watch::Sender<usize>,
    /// Conversations that go on now, and the most that ever did.
    talking: Mutex<(usize, usize)>,
    open: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

#[derive(Default)]
struct Script {
    next: HashMap<Stage, VecDeque<Act>>,
    standing: HashMap<Stage, Act>,
    for_recipient: HashMap<String, Act>,
}

impl SmtpServer {
    /// A server in good health.
    pub fn start() -> Self {
        Self::offering(Offer::default())
    }

    pub fn offering(offer: Offer) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (sender, received) = watch::channel(Vec::new());
        let shared = Arc::new(Shared {
            offer,
            script: Mutex::default(),
            received: sender,
            held: watch::Sender::new(0),
            released: Mutex::default(),
            release: Condvar::new(),
            connections: watch::Sender::new(0),
            talking: Mutex::default(),
            open: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(&listener));
        Self { address, shared, received }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Acts so at `stage` once; further calls queue up. Comes before [`Self::always`].
    pub fn next(&self, stage: Stage, act: Act) -> &Self {
        lock(&self.shared.script).next.entry(stage).or_default().push_back(act);
        self
    }

    /// Acts so at `stage` from now on.
    pub fn always(&self, stage: Stage, act: Act) -> &Self {
        lock(&self.shared.script).standing.insert(stage, act);
        self
    }

    /// Acts so at RCPT TO this address, before anything else that is said about that stage.
    pub fn always_to(&self, recipient: &str, act: Act) -> &Self {
        lock(&self.shared.script).for_recipient.insert(recipient.to_owned(), act);
        self
    }

    /// Forgets everything it was told to do, and is in good health from now on.
    pub fn heal(&self) {
        *lock(&self.shared.script) = Script::default();
    }

    /// Waits until [`Act::Hold`] has held `count` conversations.
    ///
    /// # Panics
    ///
    /// If that takes longer than 10 seconds.
    pub async fn wait_for_held(&self, count: usize) {
        wait_for_count(&self.shared.held, count, "conversations held").await;
    }

    /// Waits until `count` connections have been opened, closed ones included.
    ///
    /// # Panics
    ///
    /// If that takes longer than 10 seconds.
    pub async fn wait_for_connections(&self, count: usize) {
        wait_for_count(&self.shared.connections, count, "connections").await;
    }

    /// Lets every held conversation go on; none is held after this.
    pub fn release(&self) {
        *lock(&self.shared.released) = true;
        self.shared.release.notify_all();
    }

    /// The mails taken so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// How many mails are taken so far.
    pub fn taken(&self) -> usize {
        self.received.borrow().len()
    }

    /// The mails taken so far but for the first `seen`.
    pub fn taken_since(&self, seen: usize) -> Vec<Received> {
        self.received.borrow()[seen..].to_vec()
    }

    /// Waits until `count` mails are taken, and returns all.
    ///
    /// # Panics
    ///
    /// If that takes longer than 10 seconds.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut received = self.received.clone();
        let enough = received.wait_for(|mails| mails.len() >= count);
        let mails = tokio::time::timeout(Duration::from_secs(10), enough).await;
        mails.unwrap_or_else(|_| panic!("{count} mails within 10 s")).expect("the server runs").clone()
    }

    /// How many connections were ever opened.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// The most connections that were ever open at once.
    pub fn most_at_once(&self) -> usize {
        lock(&self.shared.talking).1
    }

    /// Closes every connection, as a server does that is restarted.
    pub fn hang_up(&self) {
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        self.release();
        self.hang_up();
        // Wakes the thread that accepts, which then sees that it is to stop.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().map_while(Result::ok) {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            self.connections.send_modify(|connections| *connections += 1);
            let number = *self.connections.borrow();
            lock(&self.open).push(stream.try_clone().expect("a socket can be shared"));
            let shared = Arc::clone(&self);
            thread::spawn(move || conversation::hold(&shared, stream, number));
        }
    }

    fn hold(&self) {
        self.held.send_modify(|held| *held += 1);
        let released = lock(&self.released);
        drop(self.release.wait_while(released, |released| !*released).unwrap_or_else(PoisonError::into_inner));
    }

    fn act(&self, stage: Stage, recipient: Option<&str>) -> Act {
        let mut script = lock(&self.script);
        if let Some(act) = recipient.and_then(|recipient| script.for_recipient.get(recipient)) {
            return act.clone();
        }
        let next = script.next.get_mut(&stage).and_then(VecDeque::pop_front);
        next.or_else(|| script.standing.get(&stage).cloned()).unwrap_or(Act::Accept)
    }
}

async fn wait_for_count(counter: &watch::Sender<usize>, count: usize, of: &str) {
    let mut counted = counter.subscribe();
    let enough = tokio::time::timeout(Duration::from_secs(10), counted.wait_for(|counted| *counted >= count)).await;
    enough.unwrap_or_else(|_| panic!("{count} {of} within 10 s")).expect("the server runs");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
