//! How the server listens and logs.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::str::FromStr;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use super::log_format::LogFormat;
use super::reader::Reader;
use crate::clock::Seconds;

/// `[server]`: where and how the server accepts requests.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Where to listen.
    pub bind: Bind,
    /// Threads that answer requests.
    pub workers: NonZeroUsize,
    /// The largest request body that is read, in bytes: 1 KiB to 16 MiB.
    pub body_limit_bytes: usize,
    /// How long a client may take to send headers and body: 1 s to 5 min.
    pub request_timeout: Seconds,
    /// How long an idle connection is kept; zero closes it after each answer. Up to 1 h.
    pub keep_alive: Seconds,
    /// How long to go on serving at shutdown, for load balancers to notice. Up to 10 min.
    pub drain: Seconds,
    /// How long requests in flight may take to finish after that. Up to 10 min.
    pub shutdown_timeout: Seconds,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections held open at once by each worker: 1 to 1,000,000.
    pub max_connections: usize,
}

impl ServerSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            bind: reader.parsed("server.bind", |text| text.parse()),
            workers: reader.threads("server.workers", 1024),
            body_limit_bytes: reader.number("server.body_limit_bytes", 1024..=16 * 1024 * 1024),
            request_timeout: reader.seconds("server.request_timeout_seconds", 1..=300),
            keep_alive: reader.seconds("server.keep_alive_seconds", 0..=3600),
            drain: reader.seconds("server.drain_seconds", 0..=600),
            shutdown_timeout: reader.seconds("server.shutdown_timeout_seconds", 0..=600),
            trusted_proxies: reader.list("server.trusted_proxies", |text| {
                let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
                network.map_err(|_| "allowed are IP addresses and networks, as in \"10.0.0.0/8\"".to_owned())
            }),
            max_connections: reader.number("server.max_connections", 1..=1_000_000),
        }
    }
}

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bind {
    /// One address. Port 0 takes any free one.
    Address(SocketAddr),
    /// The addresses of `localhost`: 127.0.0.1 and, if available, ::1.
    Localhost {
        /// The port on both; 0 takes any free one.
        port: u16,
    },
}

impl Bind {
    /// Returns the address that is listened on in any case.
    pub fn address(&self) -> SocketAddr {
        match *self {
            Self::Address(address) => address,
            Self::Localhost { port } => (Ipv4Addr::LOCALHOST, port).into(),
        }
    }

    /// Returns whether two listeners would need one and the same address. Two that take any free port never do.
    pub(super) fn overlaps(self, other: Self) -> bool {
        let of_other = other.addresses();
        self.addresses().iter().any(|one| of_other.iter().any(|another| conflict(*one, *another)))
    }

    /// Returns the addresses that are listened on where the machine has all of them.
    fn addresses(self) -> Vec<SocketAddr> {
        match self {
            Self::Address(address) => vec![address],
            Self::Localhost { port } => {
                vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
            }
        }
    }
}

/// Returns whether two listeners on these addresses would conflict. `0.0.0.0` stands for every IPv4 address, and
/// `[::]` for every address: Linux gives it the IPv4 ones as well.
fn conflict(one: SocketAddr, other: SocketAddr) -> bool {
    let [ip, other_ip] = [one, other].map(|address| address.ip().to_canonical());
    let covers = |ip: IpAddr, part: IpAddr| match ip {
        IpAddr::V4(every) if every.is_unspecified() => part.is_ipv4(),
        IpAddr::V6(every) if every.is_unspecified() => true,
        _ => ip == part,
    };
    one.port() == other.port() && one.port() != 0 && (covers(ip, other_ip) || covers(other_ip, ip))
}

impl FromStr for Bind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let allowed = "allowed are an IP address and a port, as in \"127.0.0.1:8000\" or \"[::1]:8000\", and \
                       \"localhost:8000\" for both of these";
        let port = text.strip_prefix("localhost:").filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
        match port {
            Some(port) => port.parse().map(|port| Self::Localhost { port }).map_err(|_| allowed.to_owned()),
            None => text.parse().map(Self::Address).map_err(|_| allowed.to_owned()),
        }
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Localhost { port } => write!(f, "localhost:{port}"),
        }
    }
}

/// Returns the origin at which a browser on this machine finds what listens on `address`: `localhost`, which stands for
/// 127.0.0.1 and ::1, unless only another address is listened on. The zone of a link-local address is left out, as URLs
/// have no place for it.
pub(crate) fn origin_on_this_machine(address: SocketAddr) -> String {
    let (ip, port) = (address.ip().to_canonical(), address.port());
    if ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST || ip.is_unspecified() {
        format!("http://localhost:{port}")
    } else {
        format!("http://{}", SocketAddr::new(ip, port))
    }
}

/// `[log]`: how much is logged, and how it is written.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// For people or for machines.
    pub format: LogFormat,
    /// Directives for `tracing_subscriber::EnvFilter`, which accepts them.
    pub level: String,
}

impl LogSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            format: reader.choice("log.format", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            level: reader.parsed("log.level", parse_level),
        }
    }
}

fn parse_level(text: &str) -> Result<String, String> {
    const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];
    // tracing takes a bare word that is no level for the name of a module, so "inof" would silence everything else.
    let is_directive = |part: &str| part.contains(['=', '[']) || LEVELS.contains(&part.to_lowercase().as_str());
    let is_sound = |part: &&str| is_directive(part.trim()) && EnvFilter::try_new(part).is_ok();
    let wrong: Vec<_> =
        text.split(',').filter(|part| !is_sound(part)).map(|part| format!("{:?}", part.trim())).collect();
    if wrong.is_empty() && EnvFilter::try_new(text).is_ok() {
        return Ok(text.to_owned());
    }
    let told = if text.contains(',') { format!("wrong in it: {}; ", wrong.join(", ")) } else { String::new() };
    Err(format!("{told}allowed are {}, and lists as in \"info,countersign::mail=debug\"", LEVELS.join(", ")))
}
