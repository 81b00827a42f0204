//! The two addresses of `localhost`.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, TcpListener};

use crate::settings::Bind;

/// Returns the other address of `localhost`, if it can be listened on. Some programs, such as proxies of development
/// servers, try only one of the two addresses; they would find no server there, or another one.
pub(super) fn second_address(bind: Bind, bound: &[SocketAddr], setting: &str) -> Option<SocketAddr> {
    let Bind::Localhost { port } = bind else { return None };
    let second = SocketAddr::from((Ipv6Addr::LOCALHOST, bound.first()?.port()));
    match TcpListener::bind(second) {
        Ok(_) => Some(second),
        // With port 0, no client expects a certain port. The error kinds below mean that the machine has no IPv6.
        Err(_) if port == 0 => None,
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable || error.kind() == io::ErrorKind::Unsupported => {
            None
        }
        Err(error) => {
            let address = second.to_string();
            tracing::warn!(address, %error, setting, "part of localhost cannot be listened on; another program may answer there");
            None
        }
    }
}
