//! The network of a client. Rate limits count by network, since a client's address may change within it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// A network: its first address and the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    first: IpAddr,
    prefix: u8,
}

/// The networks around an IPv6 /64 that are counted as well, and how many times the budget of a /64 each of them has.
/// RFC 6177 has subscribers given a /48 to a /56, so that one of them may have 65,536 of the smallest.
const WIDER: [(u8, u32); 2] = [(56, 4), (48, 16)];

impl Network {
    /// Returns what counts as one client: an IPv4 address, or the /64 that one IPv6 subscriber is given at least.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self { first: IpAddr::V4(address), prefix: 32 },
            IpAddr::V6(address) => Self::cut(address, 64),
        }
    }

    /// Returns the wider networks this one is in, each with how many times the budget it has; none for IPv4.
    pub fn wider(self) -> impl Iterator<Item = (Self, u32)> {
        let address = match self.first {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => Some(address),
        };
        let around = move |(prefix, times)| address.map(|address| (Self::cut(address, prefix), times));
        WIDER.into_iter().filter_map(around)
    }

    fn cut(address: Ipv6Addr, prefix: u8) -> Self {
        let mask = u128::MAX << (128 - u32::from(prefix));
        Self { first: IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask)), prefix }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Network {
        Network::of(address.parse().expect("an address"))
    }

    #[test]
    fn an_ipv4_address_is_a_network_of_its_own_and_in_no_wider_one() {
        assert_eq!(network("192.0.2.1").to_string(), "192.0.2.1/32");
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_eq!(network("192.0.2.1").wider().count(), 0);
    }

    #[test]
    fn an_ipv6_address_is_in_a_64_a_56_and_a_48() {
        let home = network("2001:db8:1:2fe:ffff::9");
        assert_eq!(home.to_string(), "2001:db8:1:2fe::/64");
        let wider: Vec<_> = home.wider().map(|(network, times)| (network.to_string(), times)).collect();
        assert_eq!(wider, [("2001:db8:1:200::/56".to_owned(), 4), ("2001:db8:1::/48".to_owned(), 16)]);
    }
}
