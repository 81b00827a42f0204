//! Two processes behind a load balancer, restarted one after the other: no request fails, and none that was answered is
//! lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::process::{Home, Program, registration};

const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\ndrain_seconds = 2\n\
                        [passwords]\nmemory_kib = 8\npasses = 1\n[throttle]\nenabled = false\n";

/// Clients that send one request after the other, each on connections that it keeps.
const CLIENTS: usize = 4;

/// A connection to one process, kept for as long as that lets it be.
struct Kept {
    socket: String,
    stream: TcpStream,
}

impl Kept {
    async fn connect(socket: &str) -> std::io::Result<Self> {
        Ok(Self { socket: socket.to_owned(), stream: TcpStream::connect(socket).await? })
    }

    /// Sends a request, and gives back the status and whether the connection may be used again.
    async fn ask(&mut self, request: &str) -> std::io::Result<(u16, bool)> {
        self.stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        loop {
            if self.stream.read_buf(&mut answer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let text = String::from_utf8_lossy(&answer).to_lowercase();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            let length: usize = value("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
                return Ok((status, value("connection:") != Some("close")));
            }
        }
    }
}

fn request(method: &str, path: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: app.example\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Asks each process again and again whether it is ready, as load balancers do, and tells the clients which are.
async fn balance(processes: watch::Receiver<Vec<String>>, ready: watch::Sender<Vec<String>>) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        let mut found = Vec::new();
        let asked = processes.borrow().clone();
        for socket in asked {
            let readiness = async { Kept::connect(&socket).await?.ask(&request("GET", "/readyz", "")).await };
            if matches!(readiness.await, Ok((200, _))) {
                found.push(socket);
            }
        }
        ready.send_replace(found);
    }
}

/// Registers one person after the other through whichever process is ready, and counts them.
async fn register_all_the_time(
    number: usize,
    ready: watch::Receiver<Vec<String>>,
    registered: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
) {
    let mut kept: Vec<Kept> = Vec::new();
    for turn in 0.. {
        if is_over.load(Ordering::Acquire) {
            return;
        }
        let sockets = ready.borrow().clone();
        let socket = &sockets[turn % sockets.len()];
        let body = registration(&format!("user{number}x{turn}")).to_string();
        let request = request("POST", "/api/v1/accounts/register/", &body);
        let mut connection = match kept.iter().position(|connection| &connection.socket == socket) {
            Some(place) => kept.swap_remove(place),
            None => Kept::connect(socket).await.expect("it was ready a moment ago"),
        };
        let (status, may_stay) = connection.ask(&request).await.expect("it was ready a moment ago");
        assert_eq!(status, 201, "{number} {turn}");
        registered.fetch_add(1, Ordering::AcqRel);
        if may_stay {
            kept.push(connection);
        }
    }
}

async fn sockets(programs: &[Program]) -> Vec<String> {
    futures_util::future::join_all(programs.iter().map(Program::socket)).await
}

#[tokio::test]
async fn processes_that_are_restarted_one_after_the_other_fail_no_request() {
    let home = Home::new(SETTINGS);
    let mut programs = vec![home.serve()];
    programs[0].base_url().await;
    programs.push(home.serve());
    let (announce, processes) = watch::channel(sockets(&programs).await);
    let (tell, mut ready) = watch::channel(Vec::new());
    let balancer = tokio::spawn(balance(processes, tell));
    ready.wait_for(|ready| ready.len() == 2).await.expect("the balancer goes on");

    let (registered, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            tokio::spawn(register_all_the_time(number, ready.clone(), Arc::clone(&registered), Arc::clone(&is_over)))
        })
        .collect();

    for place in 0..programs.len() {
        let before = registered.load(Ordering::Acquire);
        programs[place].terminate();
        ready.wait_for(|ready| ready.len() == 1).await.expect("the balancer goes on");
        let status = programs[place].ended().await;
        assert_eq!(status.code(), Some(0), "{}", programs[place].log());
        assert!(programs[place].log().contains("the server drains"), "{}", programs[place].log());
        assert!(registered.load(Ordering::Acquire) > before, "the other one served meanwhile");
        programs[place] = home.serve();
        announce.send_replace(sockets(&programs).await);
        ready.wait_for(|ready| ready.len() == 2).await.expect("the balancer goes on");
    }

    is_over.store(true, Ordering::Release);
    for client in clients {
        client.await.expect("no request failed");
    }
    balancer.abort();
    let users = home.run(&["users", "list", "--limit", "1000000"]).done();
    assert_eq!(users.lines().count(), registered.load(Ordering::Acquire));
}

#[tokio::test]
async fn a_process_that_drains_serves_on_and_asks_each_client_to_leave() {
    let home = Home::new(&SETTINGS.replace("drain_seconds = 2", "drain_seconds = 600"));
    let mut program = home.serve();
    let socket = program.socket().await;
    let mut kept = Kept::connect(&socket).await.expect("it listens");
    let healthz = request("GET", "/healthz", "");
    assert_eq!(kept.ask(&healthz).await.expect("it answers"), (200, true));
    assert_eq!(kept.ask(&request("GET", "/readyz", "")).await.expect("it answers"), (200, true));

    program.terminate();
    program.wait_for_log("the server drains").await;
    assert_eq!(kept.ask(&request("GET", "/readyz", "")).await.expect("it answers"), (503, false));
    for (request, status) in [
        (healthz, 200),
        (request("POST", "/api/v1/accounts/register/", &registration("ann").to_string()), 201),
        (request("GET", "/nothing", ""), 404),
    ] {
        let mut fresh = Kept::connect(&socket).await.expect("it listens still");
        assert_eq!(fresh.ask(&request).await.expect("it answers"), (status, false));
    }

    // Whoever does not want to wait says so once more.
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
}
