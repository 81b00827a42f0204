//! Keeps data of development from pages of other sites: for answers that need no login.
//!
//! Without a login, a page elsewhere could read such an answer in two ways: by a request from its own origin, or after
//! its own name was made to lead to this machine (DNS rebinding). The browser reports the first in `Sec-Fetch-Site` and
//! `Origin`; the second shows in `Host`, which then has the name of that page.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use url::{Host, Url};

use super::faults::{Code, Fault};
use super::origins::is_own;
use super::same_origin::site;

/// Refuses a request that a page of another site may have made. Programs other than browsers are not affected.
///
/// # Errors
///
/// 403 if the browser reports another site, or if the request was sent to a name that a stranger can own.
pub(crate) fn refuse_other_sites(request: &HttpRequest) -> Result<(), Fault> {
    let headers = request.headers();
    let host = headers.get(HOST).map(|host| host.to_str().unwrap_or(""));
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str())).unwrap_or("");
    if !is_no_strangers_name(host) {
        let text = format!(
            "This is for development, and refuses names that other sites can own, such as {host:?}. \
             Use localhost, an IP address, or a name without a dot."
        );
        return Err(Fault::forbidden(Code::PermissionDenied, text));
    }
    if comes_from_elsewhere(headers) {
        let text =
            "This is for development, and refuses pages of other origins. Ask from a program, or from this origin.";
        return Err(Fault::forbidden(Code::PermissionDenied, text));
    }
    Ok(())
}

fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let is_elsewhere = |site: &str| !matches!(site, "same-origin" | "none");
    let origin = headers.get(ORIGIN).map(|origin| origin.to_str().unwrap_or(""));
    site(headers).is_some_and(is_elsewhere) || origin.is_some_and(|origin| !is_own(headers, origin))
}

/// Returns whether no public DNS server can make this host lead here: it is an address, a name without a dot, or a name
/// below `localhost`.
fn is_no_strangers_name(host: &str) -> bool {
    let Ok(url) = Url::parse(&format!("http://{host}/")) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name.ends_with(".localhost") || !name.contains('.') && name.parse::<IpAddr>().is_err()
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn is_refused(headers: &[(&str, &str)]) -> bool {
        let request = headers.iter().fold(TestRequest::get(), |request, header| request.append_header(*header));
        refuse_other_sites(&request.to_http_request()).is_err()
    }

    #[test]
    fn names_that_strangers_can_own_are_refused() {
        for host in ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "app.localhost", "accounts:8000", "192.168.1.7"]
        {
            assert!(!is_refused(&[("host", host)]), "{host}");
        }
        for host in
            ["evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example.", "", "a b"]
        {
            assert!(is_refused(&[("host", host)]), "{host}");
        }
    }

    #[test]
    fn pages_of_other_origins_are_refused() {
        let host = ("host", "localhost:8000");
        for own in [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", "http://localhost:8000")]
        {
            assert!(!is_refused(&[host, own]), "{own:?}");
        }
        for other in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "http://localhost:5173"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            assert!(is_refused(&[host, other]), "{other:?}");
        }
    }
}
