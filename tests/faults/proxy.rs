//! A network that fails: a TCP proxy before the database that cuts connections, stalls, and refuses new ones.
//!
//! It runs on a thread of its own, so that what else the test does slows nothing down.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::ports;

/// How a connection ends that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// In order, with a FIN, as by a pooler that shuts down.
    Fin,
    /// With a RST, as by a firewall that has forgotten it.
    Reset,
}

#[derive(Clone, Copy)]
struct Condition {
    is_refusing: bool,
    is_stalled: bool,
    is_over: bool,
    /// How often all connections have been cut, and how the last time.
    cuts: u64,
    cut: Cut,
}

/// The proxy. It ends when this is dropped.
pub struct Proxy {
    port: u16,
    condition: watch::Sender<Condition>,
}

impl Proxy {
    pub fn start(upstream: u16) -> Self {
        let fair = Condition { is_refusing: false, is_stalled: false, is_over: false, cuts: 0, cut: Cut::Fin };
        let (condition, watched) = watch::channel(fair);
        let port = ports::free();
        let upstream = SocketAddr::from((Ipv4Addr::LOCALHOST, upstream));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("threads can be had");
        thread::spawn(move || runtime.block_on(accept(port, upstream, watched)));
        Self { port, condition }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends every connection there is.
    pub fn cut_all(&self, cut: Cut) {
        self.condition.send_modify(|condition| {
            condition.cuts += 1;
            condition.cut = cut;
        });
    }

    /// Refuses new connections from now on.
    pub fn refuse(&self) {
        self.condition.send_modify(|condition| condition.is_refusing = true);
    }

    /// Passes nothing on from now on, and loses nothing either.
    pub fn stall(&self) {
        self.condition.send_modify(|condition| condition.is_stalled = true);
    }

    /// Works as it should from now on.
    pub fn heal(&self) {
        self.condition.send_modify(|condition| (condition.is_refusing, condition.is_stalled) = (false, false));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.condition.send_modify(|condition| condition.is_over = true);
    }
}

async fn accept(port: u16, upstream: SocketAddr, mut condition: watch::Receiver<Condition>) {
    loop {
        let usable = condition.wait_for(|condition| !condition.is_refusing || condition.is_over).await;
        if usable.is_ok_and(|condition| condition.is_over) {
            return;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.expect("the port is the proxy's own");
        let carried = condition.clone();
        let carrying = async {
            loop {
                let (client, _) = listener.accept().await.expect("there are descriptors left");
                tokio::spawn(carry(client, upstream, carried.clone()));
            }
        };
        // The listener is closed then: the kernel refuses for it.
        tokio::select! {
            () = carrying => {}
            _ = condition.wait_for(|condition| condition.is_refusing || condition.is_over) => {}
        }
    }
}

/// One connection, until either side closes it or it is cut.
async fn carry(client: TcpStream, upstream: SocketAddr, mut condition: watch::Receiver<Condition>) {
    let cuts = condition.borrow().cuts;
    // While the database is down, so is what stands before it.
    let Ok(server) = TcpStream::connect(upstream).await else { return reset(&client) };
    for side in [&client, &server] {
        side.set_nodelay(true).expect("it is a TCP socket");
    }
    let stalls = condition.clone();
    let (mut client, mut server) = (client.into_split(), server.into_split());
    let cut = tokio::select! {
        _ = pass_on(&mut client.0, &mut server.1, stalls.clone()) => None,
        _ = pass_on(&mut server.0, &mut client.1, stalls) => None,
        cut = condition.wait_for(|condition| condition.cuts > cuts || condition.is_over) => cut.ok().map(|now| now.cut),
    };
    if cut == Some(Cut::Reset) {
        reset(client.0.as_ref());
        reset(server.0.as_ref());
    }
}

/// Lets the socket end with a RST when it is dropped.
fn reset(socket: &TcpStream) {
    socket.set_zero_linger().expect("it is a TCP socket");
}

async fn pass_on(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut condition: watch::Receiver<Condition>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let size = from.read(&mut buffer).await?;
        if size == 0 {
            return Ok(());
        }
        // Its sender is gone only when the proxy is, and then nothing needs to be passed on.
        let _ = condition.wait_for(|condition| !condition.is_stalled).await;
        to.write_all(&buffer[..size]).await?;
    }
}
