//! How the server listens and logs, and which frontends may call it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::reader::Reader;
use crate::clock::Seconds;

/// `[server]`: where and how requests are taken.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The address to listen on. Port 0 takes any free one.
    pub bind: SocketAddr,
    /// The path all endpoints are mounted under; begins and ends with a slash.
    pub base_path: String,
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
    /// The key of errors of no single field; `detail` when not set.
    pub non_field_errors_key: Option<String>,
    /// Connections held open at once by each worker: 1 to 1,000,000.
    pub max_connections: usize,
}

impl ServerSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            bind: reader.parsed("server.bind", |text| {
                let allowed = || "allowed are an IP address and a port, as in \"127.0.0.1:8000\" or \"[::1]:8000\"";
                text.parse().map_err(|_| allowed().to_owned())
            }),
            base_path: reader.parsed("server.base_path", parse_base_path),
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
            non_field_errors_key: reader.optional("server.non_field_errors_key", |text| {
                let is_name = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                if is_name { Ok(text.to_owned()) } else { Err("allowed are letters, digits and _".to_owned()) }
            }),
            max_connections: reader.number("server.max_connections", 1..=1_000_000),
        }
    }
}

/// Adds the slashes a path lacks at its ends, and refuses what a router would take for something else.
fn parse_base_path(text: &str) -> Result<String, String> {
    let inner = text.trim_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    if text.is_empty() || !inner.chars().all(is_plain) || inner.split('/').any(|part| part == "." || part == "..") {
        return Err("allowed is a path of letters, digits and `-._~/`, as in \"/api/v1/accounts/\"; the root is \"/\""
            .to_owned());
    }
    if inner.contains("//") {
        return Err("allowed is a path without empty parts, as in \"/api/v1/accounts/\"".to_owned());
    }
    Ok(if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") })
}

/// `[cors]`: which pages on other origins may call the API from a browser.
#[derive(Clone, Debug)]
pub struct CorsSettings {
    /// The origins, each once.
    pub allowed_origins: Vec<Origin>,
}

impl CorsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut allowed_origins: Vec<Origin> = Vec::new();
        for origin in reader.list("cors.allowed_origins", Origin::parse) {
            if !allowed_origins.contains(&origin) {
                allowed_origins.push(origin);
            }
        }
        Self { allowed_origins }
    }
}

/// The origin of a page, spelt as browsers spell it in the `Origin` header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Parses `scheme://host[:port]`, and writes it in lower case and without a default port, as browsers do.
    ///
    /// # Errors
    ///
    /// What is allowed, when `text` has a path, a wildcard, a user, or is no absolute URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed =
            || "allowed is scheme://host[:port] without a path or wildcard, as in \"https://app.example.org\"";
        let url = Url::parse(text).map_err(|_| allowed().to_owned())?;
        let authority = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() || host.contains('*') || authority.contains(['/', '?', '#', '@', '\\']) {
            return Err(allowed().to_owned());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{}://{}{port}", url.scheme(), host.to_lowercase())))
    }

    /// The origin as it stands in the `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The origin as a URL, where its scheme is one that URLs know.
    pub(super) fn to_url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }

    /// Whether pages of this origin travel over the network in clear text.
    pub(super) fn is_plain_http(&self) -> bool {
        self.0.starts_with("http://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
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
