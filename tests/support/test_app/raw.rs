//! Requests that no client library would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Answer, TestApp};

/// Longer than any answer takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

impl TestApp {
    /// Opens a connection, for requests that come in pieces.
    pub async fn connect(&self) -> Connection {
        Connection { stream: TcpStream::connect(self.address).await.expect("the server listens"), rest: Vec::new() }
    }

    /// Sends bytes over a connection of their own, and says no more. `None` if the server hangs up without an answer.
    pub async fn raw(&self, request: impl AsRef<[u8]>) -> Option<Answer> {
        let mut connection = self.connect().await;
        connection.send(request).await;
        connection.finish().await;
        connection.answer().await
    }
}

/// A connection to the application, byte by byte.
pub struct Connection {
    stream: TcpStream,
    /// What came after the last answer.
    rest: Vec<u8>,
}

impl Connection {
    /// Sends bytes. A server that has hung up meanwhile is no failure: its answer may be there already.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Tells the server that nothing more will come.
    pub async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// The next answer. `None` if the server hangs up instead.
    ///
    /// # Panics
    ///
    /// If it does neither for half a minute.
    pub async fn answer(&mut self) -> Option<Answer> {
        timeout(PATIENCE, self.read()).await.expect("the server answers or hangs up")
    }

    async fn read(&mut self) -> Option<Answer> {
        loop {
            if let Some((answer, length)) = parse(&self.rest) {
                self.rest.drain(..length);
                return Some(answer);
            }
            let mut chunk = [0; 16_384];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.rest.extend_from_slice(&chunk[..length]),
            }
        }
    }
}

/// An answer and its length in bytes, if it is there whole.
fn parse(received: &[u8]) -> Option<(Answer, usize)> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&received[..end]);
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status line");
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, value)| value);
    let length: usize = length.parse().expect("a length");
    let body = received.get(end + 4..end + 4 + length)?;
    let body = String::from_utf8(body.to_vec()).expect("answers are UTF-8");
    Some((Answer { status, headers, body }, end + 4 + length))
}
