//! Checks which page a request comes from, by the headers that browsers add. A request with a cookie must prove its
//! origin; a request from another site is recognised.
//!
//! Browsers set these headers themselves and let no page change them. A request that changes data, carries a cookie and
//! has none of these headers is refused: no current browser sends one.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, ORIGIN, REFERER};

use super::faults::{Code, Fault};
use super::origins::{AllowedOrigins, is_own, origin_of};

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// 403: the answer to a request without proof of its origin.
pub(crate) fn fault() -> Fault {
    Fault::forbidden(Code::CsrfFailed, "CSRF Failed: the request does not come from an allowed origin.")
}

/// Returns the browser's `Sec-Fetch-Site` header.
pub(crate) fn site(headers: &HeaderMap) -> Option<&str> {
    headers.get(SEC_FETCH_SITE).map(|value| value.to_str().unwrap_or(""))
}

/// Returns whether the request comes from our own origin or from an allowed one.
///
/// `Sec-Fetch-Site: same-origin` is sufficient; with any other value the origin must be allowed. Without this header
/// `Origin` decides, and without `Origin`, `Referer`.
pub(crate) fn is_proven(request: &HttpRequest, allowed: &AllowedOrigins) -> bool {
    let headers = request.headers();
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let site = site(headers);
    if site == Some("same-origin") {
        return true;
    }
    let source = match header(ORIGIN) {
        Some(origin) => Some(Cow::Borrowed(origin)),
        None => header(REFERER).and_then(origin_of).map(Cow::Owned),
    };
    let Some(source) = source else { return false };
    if allowed.allow(&source) {
        return true;
    }
    // An attacker on the network can serve a page at http://our-host. Its host is ours, but the browser reports it as
    // cross-site.
    site.is_none() && is_own(headers, &source)
}

/// Returns whether a browser reports that the request comes from another site. Other programs send no such header.
///
/// For requests that need no credentials. `Sec-Fetch-Site: same-site` is another site unless the origin is allowed:
/// another owner may have a neighbouring host of the same domain. `none` means that the user opened the URL directly.
pub(crate) fn is_refuted(request: &HttpRequest, allowed: &AllowedOrigins) -> bool {
    let says_something = [SEC_FETCH_SITE, ORIGIN.as_str(), REFERER.as_str()]
        .iter()
        .any(|name| request.headers().get(*name).is_some_and(|value| value.as_bytes() != b"none"));
    says_something && !is_proven(request, allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    const ALLOWED: &str = "https://app.example";

    fn proven(headers: &[(&str, &str)]) -> bool {
        let mut request = TestRequest::post().insert_header(("host", "api.example:8443"));
        for header in headers {
            request = request.append_header(*header);
        }
        is_proven(&request.to_http_request(), &AllowedOrigins::listed(&[ALLOWED, "capacitor://localhost"]))
    }

    #[test]
    fn our_own_origin_and_allowed_ones_are_proof() {
        assert!(proven(&[("sec-fetch-site", "same-origin")]));
        assert!(proven(&[("origin", "https://api.example:8443")]));
        assert!(proven(&[("origin", ALLOWED)]));
        assert!(proven(&[("sec-fetch-site", "cross-site"), ("origin", ALLOWED)]));
        assert!(proven(&[("referer", "https://api.example:8443/api/v1/accounts/")]));
        assert!(proven(&[("referer", "https://app.example/settings?x=1")]));
        assert!(proven(&[("sec-fetch-site", "cross-site"), ("origin", "capacitor://localhost")]));
        assert!(proven(&[("referer", "capacitor://localhost/login")]));
    }

    #[test]
    fn everything_else_is_none() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("origin", "null")],
            &[("origin", "ionic://localhost")],
            &[("origin", "capacitor://localhost.evil.example")],
            &[("origin", "file://")],
            &[("origin", "https://evil.example")],
            &[("origin", "https://api.example")],
            &[("origin", "https://app.example.evil.example")],
            &[("origin", "http://app.example")],
            &[("origin", "https://evil.example"), ("referer", "https://app.example/")],
            &[("referer", "https://evil.example/?https://app.example")],
            &[("referer", "not a url")],
            &[("origin", "")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://api.example:8443")],
            &[("sec-fetch-site", "none"), ("origin", "https://api.example:8443")],
        ] {
            assert!(!proven(headers), "{headers:?}");
        }
    }
}
