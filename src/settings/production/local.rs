//! Recognises names and addresses that mean the local machine. Users of other machines cannot open a link there.

use url::{Host, Url};

/// Returns whether a URL leads to this machine.
pub(in crate::settings) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback() || address.is_unspecified(),
        None => false,
    }
}

/// Returns whether a name can only mean the machine it is used on (RFC 6761, 6.3).
pub(super) fn is_local_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.trim_end_matches('.');
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "localhost.localdomain"
        || name.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.to_canonical().is_loopback())
}
