//! The address that counts as the client's: what throttles count by, and what users see beside their sessions.

use std::net::IpAddr;

use actix_web::HttpRequest;
use ipnet::IpNet;

/// The peer's address; or, where the peer is a trusted proxy, the last one in `X-Forwarded-For` that is none.
///
/// Counted from the right, as each proxy appends whom it heard from, and what stands further left is whatever the
/// client wrote there.
pub(super) fn client_address(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let mut client = peer;
    let headers: Vec<_> = request.headers().get_all("x-forwarded-for").collect();
    let hops = headers.iter().rev().flat_map(|header| header.to_str().unwrap_or("").rsplit(','));
    for hop in hops {
        // What cannot be read was not written by a proxy of ours: the last one known stands for it.
        let Some(address) = parse(hop.trim()) else { break };
        client = address;
        if !is_trusted(&address) {
            break;
        }
    }
    Some(client)
}

/// Reads an address, with or without the port that some proxies add.
fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().or_else(|_| hop.parse::<std::net::SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut request = TestRequest::get().peer_addr(peer.parse().expect("an address"));
        for value in forwarded {
            request = request.append_header(("x-forwarded-for", *value));
        }
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
        client_address(&request.to_http_request(), &trusted).expect("there is a peer").to_string()
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
    fn ports_brackets_and_ipv4_in_ipv6_are_read() {
        assert_eq!(client("10.0.0.1:9", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1:9", &["[2001:db8::5]:4711"]), "2001:db8::5");
        assert_eq!(client("[::ffff:10.0.0.1]:9", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn without_a_readable_address_the_proxy_stands_for_its_clients() {
        assert_eq!(client("10.0.0.1:9", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1:9", &["198.51.100.7, unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1:9", &["10.0.0.2, 10.0.0.3"]), "10.0.0.2");
    }
}
