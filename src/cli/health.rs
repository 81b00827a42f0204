//! `countersign health`: asks the running server whether it is alive or ready, for containers that have no curl.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use super::failure::{Failure, say};
use crate::settings::{Bind, Settings};

/// Bytes of an answer after which no more is read.
const LONGEST_ANSWER: usize = 16 * 1_024;

#[derive(clap::Args, Debug)]
pub(super) struct Options {
    /// Ask whether it is ready (/readyz), not only whether it is alive (/healthz).
    #[arg(long)]
    ready: bool,
    /// Seconds that the answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
}

pub(super) fn run(settings: &Settings, options: &Options) -> Result<(), Failure> {
    let address = address(settings.server.bind)?;
    let path = if options.ready { "/readyz" } else { "/healthz" };
    let url = format!("http://{address}{path}");
    let deadline = Instant::now() + Duration::from_secs(options.timeout);
    let answer = ask(address, path, deadline).map_err(|error| {
        let error = match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!("no answer within {} s", options.timeout),
            _ => error.to_string(),
        };
        Failure::new(format!("{url}: {error}; does it serve, and with these settings? See `server.bind`"))
    })?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    match status {
        Some("200") => {
            say!("{body}");
            Ok(())
        }
        Some(status) => Err(Failure::new(format!("{url} answered {status}: {}", body.escape_debug()))),
        None => Err(Failure::new(format!("what answers at {url} is no Countersign; see `server.bind`"))),
    }
}

/// Returns the address at which a server with this `bind` is reached from its own machine.
fn address(bind: Bind) -> Result<SocketAddr, Failure> {
    let mut address = bind.address();
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    if address.port() == 0 {
        return Err(Failure::misused("nobody knows which port the server took; give `server.bind` one that is not 0"));
    }
    Ok(address)
}

fn ask(address: SocketAddr, path: &str, deadline: Instant) -> io::Result<String> {
    let left = || match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::Error::from(io::ErrorKind::TimedOut)),
        left => Ok(left),
    };
    let mut connection = TcpStream::connect_timeout(&address, left()?)?;
    connection.set_write_timeout(Some(left()?))?;
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    let mut some = [0; 4_096];
    loop {
        connection.set_read_timeout(Some(left()?))?;
        match connection.read(&mut some) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&some[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if answer.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_the_loopback() {
        for (bind, asked) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:8000", "[::1]:8000"),
            ("localhost:8000", "127.0.0.1:8000"),
            ("192.0.2.7:81", "192.0.2.7:81"),
        ] {
            assert_eq!(address(bind.parse().unwrap()).unwrap().to_string(), asked);
        }
        assert!(address("127.0.0.1:0".parse().unwrap()).is_err());
    }
}
