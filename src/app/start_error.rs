//! Why an account server cannot start, and what to do about it.

use std::io;
use std::net::SocketAddr;

use crate::links::SecretError;
use crate::mail::DispatcherError;
use crate::passwords::HashingParametersError;
use crate::providers::OpenError;
use crate::settings::{Bind, SecretFileError, SettingsErrors};
use crate::store::StoreError;
use crate::tokens::TokenSecretError;

/// Why an account server cannot start. Each message includes the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings have values that production refuses.
    #[error(transparent)]
    Settings(#[from] SettingsErrors),
    /// An error of the database.
    #[error("{0}; see `database.url`, or `database.url_file` where that is set")]
    Store(#[from] StoreError),
    /// The tables are older than this program, and the settings forbid changing them at start.
    #[error(
        "the database's tables are not up to date ({0}); run `countersign migrate`, or set `database.migrate_at_start`"
    )]
    NotMigrated(String),
    /// The database holds an unfinished copy.
    #[error(
        "a copy into the database was not finished, so some of the data is missing; run `countersign database copy` \
         again to finish it, or see `database.url`"
    )]
    HalfCopied,
    /// A secret could not be generated or stored.
    #[error(transparent)]
    SecretFile(#[from] SecretFileError),
    /// The secrets that sign links are missing or unsafe.
    #[error("{0}; see `links.secrets`")]
    Secrets(#[from] SecretError),
    /// The secrets or keys that sign JSON Web Tokens are missing or too short.
    #[error(transparent)]
    TokenSecrets(#[from] TokenSecretError),
    /// Identity providers cannot be spoken to.
    #[error(transparent)]
    Providers(#[from] OpenError),
    /// The templates or the mail transport cannot be used.
    #[error(transparent)]
    Mail(#[from] DispatcherError),
    /// The password hasher could not be started.
    #[error("the threads that hash passwords cannot be started: {0}")]
    Hasher(io::Error),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}; is /dev/urandom there?")]
    Randomness(io::Error),
    /// The cost of a hash is out of range.
    #[error("{0}; see [passwords] in the settings")]
    HashingParameters(#[from] HashingParametersError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}; {}; see `server.bind`", remedy_for_bind(address.address(), cause))]
    Bind {
        /// The address in the settings.
        address: Bind,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The address for Prometheus cannot be listened on.
    #[error("cannot listen on {address}: {cause}; {}; see `metrics.bind`", remedy_for_bind(address.address(), cause))]
    BindMetrics {
        /// The address in the settings.
        address: Bind,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The server stopped with an error.
    #[error("the server broke off: {0}")]
    Server(io::Error),
}

/// Returns what to do about an address that cannot be listened on.
fn remedy_for_bind(address: SocketAddr, cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::AddrInUse => {
            format!(
                "another program uses it, perhaps another Countersign: stop that one, or choose another port than {}",
                address.port()
            )
        }
        io::ErrorKind::PermissionDenied if address.port() < 1024 => {
            "ports below 1024 need the right to them (CAP_NET_BIND_SERVICE): choose one from 1024 up, behind a proxy"
                .to_owned()
        }
        io::ErrorKind::PermissionDenied => "the system forbids it to this user or service: see its rules".to_owned(),
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine has no address {}: choose one of its own, or 127.0.0.1", address.ip())
        }
        _ if address.is_ipv6() => "does this machine speak IPv6?".to_owned(),
        _ => "choose another address or port".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_why_an_address_cannot_be_listened_on_has_its_remedy() {
        for (address, kind, told) in [
            ("127.0.0.1:8000", io::ErrorKind::AddrInUse, "another port than 8000"),
            ("0.0.0.0:80", io::ErrorKind::PermissionDenied, "CAP_NET_BIND_SERVICE"),
            ("127.0.0.1:8000", io::ErrorKind::PermissionDenied, "forbids it"),
            ("192.0.2.1:8000", io::ErrorKind::AddrNotAvailable, "no address 192.0.2.1"),
            ("[::1]:8000", io::ErrorKind::Unsupported, "IPv6"),
            ("127.0.0.1:8000", io::ErrorKind::Other, "choose another"),
        ] {
            let error = StartError::Bind { address: address.parse().expect("an address"), cause: kind.into() };
            assert!(error.to_string().contains(told), "{error}");
            assert_eq!(error.to_string().contains("another program"), kind == io::ErrorKind::AddrInUse, "{error}");
        }
    }
}
