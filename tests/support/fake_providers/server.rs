//! The web server of a fake provider: one request for each connection.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: String,
    pub path: String,
    pub query: HashMap<String, String>,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Received {
    /// Returns the members of a form.
    pub fn form(&self) -> HashMap<String, String> {
        url_pairs(&self.body)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Returns the token of an `Authorization: Bearer` header.
    pub fn bearer(&self) -> &str {
        self.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    pub fn html(status: u16) -> Self {
        let headers = vec![("Content-Type".to_owned(), "text/html".to_owned())];
        Self { status, headers, body: b"<!doctype html><title>Sorry</title>".to_vec() }
    }

    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }
}

/// What a path answers instead of the truth.
#[derive(Clone, Debug)]
pub enum Act {
    Reply(Reply),
    /// Nothing, until the server is dropped or the client leaves.
    Hang,
    /// The truth, once the path answers it again.
    Hold,
    /// A byte now and then, without an end.
    Drip,
    /// As many bytes.
    Flood(usize),
    /// Closes the connection.
    Close,
}

type Handler = dyn Fn(&Received) -> Reply + Send + Sync;

/// The server. It stops when it is dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    handler: Box<Handler>,
    acts: Mutex<HashMap<String, Act>>,
    received: Mutex<Vec<Received>>,
    is_stopped: AtomicBool,
}

impl Server {
    pub fn start(handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        Self::on(listener, handler)
    }

    pub fn on(listener: TcpListener, handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            acts: Mutex::default(),
            received: Mutex::default(),
            is_stopped: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if of_thread.is_stopped.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&of_thread);
                // A client that leaves is no fault.
                thread::spawn(move || shared.answer(stream).ok());
            }
        });
        Self { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Makes a path answer something else from now on.
    pub fn make(&self, path: &str, act: Act) {
        lock(&self.shared.acts).insert(path.to_owned(), act);
    }

    /// Makes a path answer the truth again.
    pub fn heal(&self, path: &str) {
        lock(&self.shared.acts).remove(path);
    }

    /// Returns the requests that came to a path.
    pub fn received(&self, path: &str) -> Vec<Received> {
        lock(&self.shared.received).iter().filter(|request| request.path == path).cloned().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let request = read(&stream)?;
        lock(&self.received).push(request.clone());
        let act = lock(&self.acts).get(&request.path).cloned();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
        match act {
            None => write_reply(&mut stream, &(self.handler)(&request)),
            Some(Act::Reply(reply)) => write_reply(&mut stream, &reply),
            Some(Act::Close) => Ok(()),
            Some(Act::Hang) => self.while_running(|| Ok(())),
            Some(Act::Hold) => {
                while lock(&self.acts).contains_key(&request.path) && !self.is_stopped.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(5));
                }
                write_reply(&mut stream, &(self.handler)(&request))
            }
            Some(Act::Drip) => {
                write!(stream, "{head}\r\n{{\"a\":\"")?;
                self.while_running(|| stream.write_all(b"a"))
            }
            Some(Act::Flood(bytes)) => {
                write!(stream, "{head}Content-Length: {bytes}\r\n\r\n")?;
                let piece = vec![b' '; 64 * 1024];
                for _ in 0..bytes / piece.len() {
                    stream.write_all(&piece)?;
                }
                Ok(())
            }
        }
    }

    /// Does something every 20 ms, until the server is dropped, or for a minute.
    fn while_running(&self, mut work: impl FnMut() -> std::io::Result<()>) -> std::io::Result<()> {
        for _ in 0..3_000 {
            if self.is_stopped.load(Ordering::SeqCst) {
                break;
            }
            work()?;
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

fn read(stream: &TcpStream) -> std::io::Result<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (path, query) = (path.to_owned(), url_pairs(query.as_bytes()));
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Received { method, path, query, headers, body })
}

fn write_reply(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let mut head =
        format!("HTTP/1.1 {} Said\r\nConnection: close\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&reply.body)
}

fn url_pairs(text: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(text).into_owned().collect()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
