//! The origins whose pages may call the API. CORS checks them, and so does the origin check of requests with a cookie.

use std::net::Ipv4Addr;

use actix_web::http::header::{HOST, HeaderMap};
use url::Url;

use crate::settings::{Mode, Origin, Settings};

/// The frontends that may call from other origins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AllowedOrigins {
    listed: Vec<Origin>,
    /// Whether every page that this machine serves may call: development servers have any port and any of its names.
    has_every_loopback: bool,
}

impl AllowedOrigins {
    /// Returns origins that allow no page of another origin.
    pub(crate) const NONE: Self = Self { listed: Vec::new(), has_every_loopback: false };

    /// Returns the origins of `cors.allowed_origins`; in development also every page that this machine serves.
    pub(crate) fn of(settings: &Settings) -> Self {
        let has_every_loopback = settings.mode == Mode::Development && settings.cors.loopback_in_development;
        Self { listed: settings.cors.allowed_origins.clone(), has_every_loopback }
    }

    #[cfg(test)]
    pub(super) fn listed(origins: &[&str]) -> Self {
        let listed = origins.iter().map(|origin| Origin::parse(origin).expect("an origin")).collect();
        Self { listed, has_every_loopback: false }
    }

    /// Returns whether no page of another origin may call.
    pub(super) fn are_none(&self) -> bool {
        self.listed.is_empty() && !self.has_every_loopback
    }

    /// Returns whether pages of `origin`, as a browser sends it, may call.
    pub(super) fn allow(&self, origin: &str) -> bool {
        self.listed.iter().any(|allowed| allowed.as_str() == origin)
            || (self.has_every_loopback && is_loopback(origin))
            // Browsers never write an origin like this, with capitals or a default port.
            || Origin::parse(origin).is_ok_and(|origin| self.listed.contains(&origin))
    }
}

/// Returns whether the page of this origin is served by the machine on which its browser runs.
fn is_loopback(origin: &str) -> bool {
    let Some(authority) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else {
        return false;
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    let is_this_machine = host == "localhost"
        || host == "[::1]"
        || host.strip_suffix(".localhost").is_some_and(is_name)
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    is_port && is_this_machine
}

/// Returns whether `origin` has the host and port that the request was sent to. A proxy may terminate TLS, so our own
/// scheme is unknown and assumed to be the origin's.
pub(super) fn is_own(headers: &HeaderMap, origin: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let Ok(own) = Url::parse(&format!("{}://{host}", origin.scheme())) else { return false };
    own.has_host() && own.host() == origin.host() && own.port_or_known_default() == origin.port_or_known_default()
}

/// Returns the origin of the page whose URL a `Referer` holds.
pub(super) fn origin_of(referer: &str) -> Option<String> {
    let url = Url::parse(referer).ok()?;
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_development_server_is_on_the_loopback() {
        for origin in [
            "http://localhost",
            "http://localhost:5173",
            "https://localhost:5173",
            "http://app.localhost:3000",
            "http://127.0.0.1:3000",
            "http://127.1.2.3",
            "http://[::1]:8080",
            "http://[::1]",
        ] {
            assert!(is_loopback(origin), "{origin}");
        }
    }

    #[test]
    fn what_only_looks_like_the_loopback_is_not() {
        for origin in [
            "null",
            "",
            "http://localhost.evil.example",
            "http://localhost:5173.evil.example",
            "http://localhost:evil",
            "http://localhost:+80",
            "http://localhost:99999",
            "http://evil@localhost",
            "http://evil.example#.localhost",
            "http://evil.example/.localhost",
            "http://127.0.0.1.evil.example",
            "http://128.0.0.1",
            "http://[::2]:8080",
            "http://[::1",
            "ftp://localhost",
            "file://localhost",
        ] {
            assert!(!is_loopback(origin), "{origin}");
        }
    }

    #[test]
    fn an_origin_is_compared_whole_and_as_browsers_spell_it() {
        let allowed =
            AllowedOrigins::listed(&["https://app.example", "capacitor://localhost", "chrome-extension://abc"]);
        for origin in
            ["https://app.example", "capacitor://localhost", "chrome-extension://abc", "HTTPS://App.Example:443"]
        {
            assert!(allowed.allow(origin), "{origin}");
        }
        for origin in [
            "http://app.example",
            "https://app.example:8443",
            "capacitor://localhost:1",
            "capacitor://elsewhere",
            "ionic://localhost",
            "http://localhost",
            "chrome-extension://abcd",
            "null",
        ] {
            assert!(!allowed.allow(origin), "{origin}");
        }
    }
}
