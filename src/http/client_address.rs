//! The client's address, which throttles count by and users see in the list of their sessions.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use ipnet::IpNet;

use crate::identity::Network;

/// Returns the peer's address. If the peer is a trusted proxy, returns the last address in `X-Forwarded-For` that is
/// not a trusted proxy's.
///
/// The search goes from right to left, since each proxy appends the address of its client, and the client itself may
/// have written what stands further left. Each hop is parsed by itself, as bytes: what a client wrote must not
/// invalidate what a proxy adds.
pub(crate) fn client_address(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let mut client = peer;
    let headers: Vec<_> = request.headers().get_all("x-forwarded-for").collect();
    let hops = headers.iter().rev().flat_map(|header| header.as_bytes().rsplit(|byte| *byte == b','));
    // An empty element of a list has no meaning (RFC 9110, 5.6.1).
    for hop in hops.map(<[u8]>::trim_ascii).filter(|hop| !hop.is_empty()) {
        // A trusted proxy wrote this hop, since all hops further right are trusted. If it is not an address, as with
        // `unknown`, that proxy's own address counts for its clients. What the client wrote further left is never read.
        let Some(address) = parse(hop) else { break };
        client = address;
        if !is_trusted(&address) {
            break;
        }
    }
    Some(client)
}

/// The headers in which proxies name the client.
const FORWARDING_HEADERS: [&str; 3] = ["x-forwarded-for", "forwarded", "x-real-ip"];

/// The most peers that are logged: strangers may send such headers too.
const MOST_TOLD: usize = 8;

/// The networks of peers that forward and are not trusted. Each is logged once: if it is the site's own proxy, all
/// clients behind it share one budget.
#[derive(Default)]
pub(crate) struct UnknownProxies {
    told: Mutex<Vec<Network>>,
    is_full: AtomicBool,
}

impl UnknownProxies {
    /// Logs a warning about the peer, if it forwards, is not trusted, and was not logged before.
    pub(crate) fn watch(&self, request: &HttpRequest, trusted: &[IpNet]) {
        let is_sent = |name: &&str| request.headers().contains_key(*name);
        let Some(header) = FORWARDING_HEADERS.into_iter().find(is_sent) else { return };
        let Some(peer) = request.peer_addr().map(|peer| peer.ip().to_canonical()) else { return };
        if self.is_full.load(Ordering::Relaxed) || trusted.iter().any(|network| network.contains(&peer)) {
            return;
        }
        let network = Network::of(peer);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST_TOLD || told.contains(&network) {
            return;
        }
        told.push(network);
        self.is_full.store(told.len() >= MOST_TOLD, Ordering::Relaxed);
        drop(told);
        tracing::warn!(
            %peer,
            header,
            "{peer} forwards requests and is not in `server.trusted_proxies`: its {header} is ignored, and all clients \
             behind it share one budget; if it is your proxy, add it to the setting"
        );
    }
}

/// Parses an address, with or without quotes, brackets, and the port that some proxies add.
fn parse(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?;
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let bracketed = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = bracketed.unwrap_or(text).parse().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};
    use actix_web::test::TestRequest;

    fn client_of_bytes(peer: &str, forwarded: &[&[u8]]) -> String {
        let mut request = TestRequest::get().peer_addr(peer.parse().expect("an address"));
        for value in forwarded {
            let value = HeaderValue::from_bytes(value).expect("fit for a header");
            request = request.append_header((HeaderName::from_static("x-forwarded-for"), value));
        }
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
        client_address(&request.to_http_request(), &trusted).expect("there is a peer").to_string()
    }

    fn client(peer: &str, forwarded: &[&str]) -> String {
        client_of_bytes(peer, &forwarded.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())
    }

    #[test]
    fn a_peer_that_forwards_and_is_not_trusted_is_noted_once_and_no_more_than_a_few_are() {
        let proxies = UnknownProxies::default();
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        let asks = |peer: &str, header: &'static str| {
            let request = TestRequest::get().peer_addr(peer.parse().expect("an address"));
            proxies.watch(&request.insert_header((header, "192.0.2.9")).to_http_request(), &trusted);
            proxies.told.lock().expect("no test panics meanwhile").len()
        };
        assert_eq!(asks("10.0.0.1:9", "x-forwarded-for"), 0, "trusted");
        assert_eq!(asks("192.0.2.1:9", "accept"), 0, "forwards nothing");
        assert_eq!(asks("192.0.2.1:9", "x-forwarded-for"), 1);
        assert_eq!(asks("192.0.2.1:10", "forwarded"), 1, "once");
        assert_eq!(asks("192.0.2.2:9", "x-real-ip"), 2);
        for number in 3..100 {
            asks(&format!("192.0.2.{number}:9"), "forwarded");
        }
        assert_eq!(asks("192.0.2.100:9", "forwarded"), MOST_TOLD);
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        assert_eq!(client("192.0.2.1:9", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn the_last_address_that_is_no_proxy_counts() {
        assert_eq!(client("10.0.0.1:9", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1:9", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1:9", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("[fd00::1]:9", &["2001:db8::5"]), "2001:db8::5");
    }

    #[test]
    fn what_a_client_wrote_does_not_spoil_what_a_proxy_adds() {
        for nonsense in [&b"\xe9"[..], b"\xff\xfe", b"unknown", b"", b",,,", b"\"", b"[", b"a b", b"10.0.0.9, \xe9"] {
            let appended = [nonsense, b", 198.51.100.7"].concat();
            assert_eq!(client_of_bytes("10.0.0.1:9", &[&appended]), "198.51.100.7", "{nonsense:?}");
            assert_eq!(client_of_bytes("10.0.0.1:9", &[nonsense, b"198.51.100.7"]), "198.51.100.7", "{nonsense:?}");
            let twice = [nonsense, b",198.51.100.7\t, 10.0.0.2:80"].concat();
            assert_eq!(client_of_bytes("10.0.0.1:9", &[&twice]), "198.51.100.7", "{nonsense:?}");
        }
    }

    #[test]
    fn ports_brackets_quotes_and_ipv4_in_ipv6_are_read() {
        assert_eq!(client("10.0.0.1:9", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1:9", &["[2001:db8::5]:4711"]), "2001:db8::5");
        assert_eq!(client("10.0.0.1:9", &["[2001:db8::5]"]), "2001:db8::5");
        assert_eq!(client("10.0.0.1:9", &["\"[2001:db8::5]:4711\""]), "2001:db8::5");
        assert_eq!(client("10.0.0.1:9", &["\"198.51.100.7\""]), "198.51.100.7");
        assert_eq!(client("[::ffff:10.0.0.1]:9", &["::ffff:198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1:9", &["[::ffff:198.51.100.7]:80"]), "198.51.100.7");
    }

    #[test]
    fn without_a_readable_address_the_proxy_stands_for_its_clients() {
        assert_eq!(client("10.0.0.1:9", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1:9", &["198.51.100.7, unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1:9", &["198.51.100.7, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client("10.0.0.1:9", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2");
        assert_eq!(client("10.0.0.1:9", &["198.51.100.7, _hidden:80"]), "10.0.0.1");
        assert_eq!(client_of_bytes("10.0.0.1:9", &[b"198.51.100.7, \xe9"]), "10.0.0.1");
    }
}
