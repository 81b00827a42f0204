//! The client: a bounded number of connections on the loopback, each with one request under way, never two.
//!
//! It does as little as a client can (no parsing beyond status and length, one system call to send and one or two to
//! receive), because what it does is taken from both sides of a comparison and hides their difference.

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::epoll;

use crate::bare::cores;
use crate::requests::Requests;

/// What to send, where to, and how much at once.
pub struct Load<'a> {
    pub address: SocketAddr,
    pub requests: &'a Requests,
    pub connections: usize,
    /// Every answer must have it: an answer for another reason would be measured as something it is not.
    pub expected_status: u16,
    /// No request is begun after this, even if some are left.
    pub ends_after: Duration,
}

/// What came of a load.
pub struct Outcome {
    /// When each answer was complete, since the first request was sent; ascending.
    pub answered_after: Vec<Duration>,
}

impl Outcome {
    /// Answers a second from the first request to the last answer.
    pub fn rate(&self) -> f64 {
        let elapsed = self.answered_after.last().map_or(f64::NAN, Duration::as_secs_f64);
        self.answered_after.len() as f64 / elapsed
    }

    /// Answers a second from the first answer to the last one: exact for slow answers too, as long as the server has
    /// never been idle in between.
    pub fn rate_between_answers(&self) -> f64 {
        let (Some(first), Some(last)) = (self.answered_after.first(), self.answered_after.last()) else {
            return f64::NAN;
        };
        (self.answered_after.len() - 1) as f64 / (*last - *first).as_secs_f64()
    }
}

impl Load<'_> {
    /// Sends from as many threads as there are cores until all requests are answered or time is up.
    ///
    /// # Errors
    ///
    /// When a connection breaks, or an answer has another status than expected.
    pub fn run(&self) -> io::Result<Outcome> {
        let threads = cores().min(self.connections);
        let (next, begin, started) = (AtomicUsize::new(0), Barrier::new(threads), Instant::now());
        let answered = thread::scope(|scope| {
            let share = |thread| self.connections / threads + usize::from(thread < self.connections % threads);
            let (next, begin) = (&next, &begin);
            let threads: Vec<_> = (0..threads)
                .map(|thread| scope.spawn(move || self.run_share(share(thread), next, begin, started)))
                .collect();
            let joined = threads.into_iter().map(|thread| thread.join().expect("the client does not panic"));
            joined.collect::<io::Result<Vec<_>>>()
        })?;
        let began = answered.iter().map(|(began, _)| *began).min().unwrap_or_default();
        let mut answered_after: Vec<_> =
            answered.into_iter().flat_map(|(_, answered)| answered).map(|at| at - began).collect();
        answered_after.sort_unstable();
        Ok(Outcome { answered_after })
    }

    fn run_share(
        &self,
        connections: usize,
        next: &AtomicUsize,
        begin: &Barrier,
        started: Instant,
    ) -> io::Result<(Duration, Vec<Duration>)> {
        let opened = self.open(connections);
        // Whoever failed still lets the others begin.
        begin.wait();
        let (ready, mut connections) = opened?;
        let began = started.elapsed();
        let next = || {
            let is_time_left = started.elapsed() < began + self.ends_after;
            is_time_left.then(|| self.requests.get(next.fetch_add(1, Ordering::Relaxed))).flatten()
        };
        let mut answered = Vec::with_capacity(self.requests.len());
        let mut under_way = 0_usize;
        for connection in &mut connections {
            under_way += usize::from(connection.send(next())?);
        }
        let mut room = vec![0; ROOM_BYTES];
        let mut events = [MaybeUninit::<epoll::Event>::uninit(); 64];
        while under_way > 0 {
            let (events, _) = epoll::wait(&ready, &mut events, None)?;
            for event in events {
                let connection = usize::try_from(event.data.u64()).ok().and_then(|index| connections.get_mut(index));
                let connection = connection.expect("epoll hands back what it was given");
                if connection.receive(self.expected_status, &mut room)? {
                    answered.push(started.elapsed());
                    under_way -= usize::from(!connection.send(next())?);
                }
            }
        }
        Ok((began, answered))
    }

    fn open(&self, count: usize) -> io::Result<(rustix::fd::OwnedFd, Vec<Connection>)> {
        let ready = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let mut connections = Vec::with_capacity(count);
        for number in 0..count {
            let connection = Connection::open(self.address)?;
            let data = epoll::EventData::new_u64(number as u64);
            epoll::add(&ready, &connection.stream, data, epoll::EventFlags::IN)?;
            connections.push(connection);
        }
        Ok((ready, connections))
    }
}

/// Room for one answer, longer than any of ours.
pub const ROOM_BYTES: usize = 32_768;

/// A kept-alive connection with at most one request under way.
pub struct Connection {
    stream: TcpStream,
    /// What has come of an answer that is not complete. Hardly ever anything: answers come whole, and into room that all
    /// connections of a thread share, as room for each of them would be far away in memory whenever it is written to.
    begun: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, begun: Vec::new() })
    }

    /// Sends a request, if there is one, and tells whether there was. It fits into an idle connection's buffer.
    pub fn send(&mut self, request: Option<&[u8]>) -> io::Result<bool> {
        request.map_or(Ok(false), |request| self.stream.write_all(request).map(|()| true))
    }

    /// Receives what has come (or waits for it) and tells whether the answer is complete. Then the next may come.
    pub fn receive(&mut self, expected_status: u16, room: &mut [u8]) -> io::Result<bool> {
        let Some(answer) = self.read(room)? else { return Ok(false) };
        if answer.get(9..12) != Some(expected_status.to_string().as_bytes()) {
            let answer = String::from_utf8_lossy(answer);
            return Err(io::Error::other(format!("expected {expected_status}, got {answer}")));
        }
        Ok(true)
    }

    /// Reads once; gives the answer when it is complete.
    fn read<'r>(&mut self, room: &'r mut [u8]) -> io::Result<Option<&'r [u8]>> {
        let (begun, free) = room.split_at_mut(self.begun.len());
        begun.copy_from_slice(&self.begun);
        if free.is_empty() {
            return Err(io::Error::other("a longer answer than any of ours"));
        }
        let count = self.stream.read(free)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let answer = &room[..self.begun.len() + count];
        if is_complete(answer) {
            self.begun.clear();
            return Ok(Some(answer));
        }
        self.begun = answer.to_vec();
        Ok(None)
    }
}

/// The lines of the head of the answer to one request, without the status.
pub fn headers_of_answer(address: SocketAddr, request: &[u8]) -> io::Result<Vec<String>> {
    let mut connection = Connection::open(address)?;
    connection.send(Some(request))?;
    let mut room = vec![0; ROOM_BYTES];
    let answer = loop {
        if let Some(answer) = connection.read(&mut room)? {
            break String::from_utf8_lossy(answer).into_owned();
        }
    };
    Ok(answer.lines().skip(1).take_while(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// actix writes `content-length` right after the status, and as the answer is the only one in the buffer, the end of
/// its headers is found by counting back from the end: nothing is searched in long headers.
fn is_complete(answer: &[u8]) -> bool {
    const NAME: &[u8] = b"content-length: ";
    let Some(start) = answer.windows(NAME.len()).position(|window| window == NAME) else { return false };
    let digits = answer[start + NAME.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    let body = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    let headers = answer.len().checked_sub(body).and_then(|end| answer.get(..end));
    headers.is_some_and(|headers| headers.ends_with(b"\r\n\r\n"))
}
