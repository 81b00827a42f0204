//! `[server]`, `[cors]`, `[log]` and `[metrics]`.

use std::net::IpAddr;

use ipnet::IpNet;

use super::super::Settings;
use super::super::{LogSettings, Origin};
use super::local::is_this_machine;
use super::row::{Findings, Row, harmless, judged};
use crate::clock::Seconds;

pub(super) const ROWS: &[Row] = &[
    judged("server.bind", bind),
    harmless("server.workers", "at most 1024 threads, which wait for work"),
    judged("server.body_limit_bytes", |settings, findings| {
        let message = "strangers make the program read bodies of more than 1 MiB into memory, and honest ones have 2 KiB; \
                       use 65536";
        findings.risk(settings.server.body_limit_bytes > 1 << 20, message);
    }),
    judged("server.request_timeout_seconds", |settings, findings| {
        let message = "a client that sends one byte now and then holds a connection for more than a minute; use 10";
        findings.risk(settings.server.request_timeout > Seconds::new(60), message);
    }),
    judged("server.keep_alive_seconds", |settings, findings| {
        let message = "idle clients hold connections for more than 10 minutes; a little more than the proxy's idle \
                       timeout is enough, as 75";
        findings.risk(settings.server.keep_alive > Seconds::new(600), message);
    }),
    judged("server.drain_seconds", |settings, findings| {
        let message = "a stop takes more than 2 minutes, and service managers kill what does not end in time; use two or \
                       three times the pause between the load balancer's questions";
        findings.risk(settings.server.drain > Seconds::new(120), message);
    }),
    judged("server.shutdown_timeout_seconds", |settings, findings| {
        let timeout = settings.server.shutdown_timeout;
        let message = "each stop cuts off requests in flight and the mail being sent; use 30";
        findings.risk(timeout < Seconds::new(2), message);
        let message =
            "a stop may take more than 4 minutes, and service managers kill what does not end in time; use 30";
        findings.risk(timeout > Seconds::new(120), message);
    }),
    judged("server.trusted_proxies", trusted_proxies),
    judged("server.max_connections", |settings, findings| {
        let most = settings.server.max_connections;
        let message = "a handful of slow clients keeps everybody else out; use 25000";
        findings.risk(most < 100, message);
        let message = "so many connections take all memory and file descriptors of the machine; use 25000";
        findings.risk(most > 100_000, message);
    }),
    judged("cors.allowed_origins", allowed_origins),
    harmless("cors.allowed_headers", "only pages of allowed origins may send them, and none has power of its own"),
    harmless("log.format", "the same lines in another form"),
    judged("log.level", log_level),
    judged("metrics.bind", metrics_bind),
    harmless("metrics.allow_public_bind", "it only permits what `metrics.bind` says"),
];

fn bind(settings: &Settings, findings: &mut Findings) {
    findings.risk(
        !settings.server.bind.address().ip().to_canonical().is_loopback(),
        "requests with passwords arrive here in clear text, from other machines too; bind 127.0.0.1 behind a reverse \
         proxy with TLS, or see that only the proxy reaches this address",
    );
    findings.risk(
        settings.server.bind.address().port() == 0,
        "the port is another one at each start, and no proxy finds it; name one, as in \"127.0.0.1:8000\"",
    );
}

fn metrics_bind(settings: &Settings, findings: &mut Findings) {
    let Some(bind) = settings.metrics.bind else { return };
    let network = IpNet::from(bind.address().ip().to_canonical());
    findings.error(
        !is_private(&network) && !settings.metrics.allow_public_bind,
        "anybody on the Internet may reach the metrics there; bind 127.0.0.1 or an address of your own network, or, where \
         only Prometheus reaches it, set `metrics.allow_public_bind` = true",
    );
    findings.risk(
        bind.address().port() == 0,
        "the port is another one at each start, and Prometheus does not find it; name one, as in \"127.0.0.1:9464\"",
    );
}

fn trusted_proxies(settings: &Settings, findings: &mut Findings) {
    let proxies = &settings.server.trusted_proxies;
    findings.risk(
        proxies.is_empty(),
        "Countersign speaks plain HTTP, so a proxy with TLS stands before it; as long as the proxy's address is not here, \
         all clients count as one and keep each other out with 429. Name the proxy, as in [\"127.0.0.1\"]",
    );
    let own = settings.server.bind.address().ip().to_canonical();
    let is_trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    findings.risk(
        !proxies.is_empty() && own.is_loopback() && !is_trusted(own),
        "the server listens on this machine only, so its proxy is here too, and its address is not in the list: all \
         clients count as one. Add \"127.0.0.1\", or \"::1\" where the proxy connects by IPv6",
    );
    for network in proxies.iter().filter(|network| is_too_wide(network)) {
        let message = format!(
            "{network} holds more than proxies of yours: each client in it chooses the address it counts by, so that no \
             throttle holds, and sessions show false addresses; name the proxies' own addresses"
        );
        findings.risk(true, &message);
    }
    // Many networks that are fine each may still be half of the Internet.
    let covered: f64 = proxies.iter().filter(|network| !is_too_wide(network) && !is_private(network)).map(share).sum();
    findings.risk(
        covered > 1.0 / 64.0,
        "the networks together are more than a 64th of the Internet: clients in them choose the address they count by; \
         name the proxies' own addresses",
    );
}

/// Returns whether a network holds addresses of strangers. The widest that content delivery networks publish for their
/// proxies are an IPv4 /12 and an IPv6 /28.
fn is_too_wide(network: &IpNet) -> bool {
    match network {
        _ if is_private(network) => false,
        IpNet::V4(network) => network.prefix_len() < 12,
        // Peers that connect by IPv4 are judged as such, so their range within IPv6 is no danger and no use.
        IpNet::V6(network) => network.prefix_len() < 28,
    }
}

/// Returns whether a network lies within those that are never routed on the Internet.
fn is_private(network: &IpNet) -> bool {
    const PRIVATE: [&str; 9] = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    ];
    PRIVATE.iter().any(|private| private.parse::<IpNet>().is_ok_and(|private| private.contains(network)))
}

/// Returns the share of its protocol's addresses that a network holds.
fn share(network: &IpNet) -> f64 {
    0.5_f64.powi(i32::from(network.prefix_len()))
}

fn allowed_origins(settings: &Settings, findings: &mut Findings) {
    let is_local = |origin: &&Origin| {
        let url = origin.to_url();
        url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && is_this_machine(&url))
    };
    let (local, others): (Vec<_>, Vec<_>) = settings.cors.allowed_origins.iter().partition(is_local);
    let listed = |origins: &[&Origin]| origins.iter().map(|origin| origin.as_str()).collect::<Vec<_>>().join(", ");
    let message = format!(
        "{} may be any page on a visitor's own machine, such as a developer's; name your frontend's https:// origin, or \
         [] if it is the API's own",
        listed(&local)
    );
    findings.error(!local.is_empty(), &message);
    let plain: Vec<_> = others.into_iter().filter(|origin| origin.is_plain_http()).collect();
    let message = format!(
        "pages of {} come over a network in clear text, where others can change them; name https:// origins only",
        listed(&plain)
    );
    findings.risk(!plain.is_empty(), &message);
}

fn log_level(settings: &Settings, findings: &mut Findings) {
    let directives: Vec<_> = settings.log.directives().collect();
    findings.risk(
        directives.iter().any(|(target, level)| target.is_none() && matches!(level.as_str(), "debug" | "trace")),
        "everything is logged, also what crates say of single connections: disks fill, and the line that matters drowns; \
         use \"info\", and more for a part, as in \"info,countersign::mail=debug\"",
    );
    findings.risk(
        directives.iter().any(|(target, level)| {
            target.as_ref().is_some_and(|target| !target.starts_with("countersign")) && level == "trace"
        }),
        "a crate's trace may hold what travels through it; use \"debug\" at most",
    );
    let is_silent = |(target, level): &(Option<String>, String)| {
        matches!(target.as_deref(), None | Some("countersign")) && matches!(level.as_str(), "off" | "error")
    };
    findings.risk(
        directives.iter().any(is_silent),
        "failed logins, throttled clients and mails that do not leave are not told; use \"info\"",
    );
}

impl LogSettings {
    /// Returns the parts of the level: for each the target, if there is one, and the level in lower case.
    fn directives(&self) -> impl Iterator<Item = (Option<String>, String)> {
        self.level.split(',').map(|part| match part.trim().rsplit_once('=') {
            Some((target, level)) => (Some(target.to_owned()), level.to_lowercase()),
            None => (None, part.trim().to_lowercase()),
        })
    }
}
