//! What browsers say of the page that a request comes from: proof that one with a cookie was meant by the page, and
//! word that one comes from another site.
//!
//! Browsers set these headers themselves and let no page change them. A request that changes something, carries a
//! cookie and none of them is refused: no current browser sends such a one.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, ORIGIN, REFERER};

use super::faults::{Code, Fault};
use super::origins::{AllowedOrigins, is_own, origin_of};

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// 403: what a request without proof is answered.
pub(crate) fn fault() -> Fault {
    Fault::forbidden(Code::CsrfFailed, "CSRF Failed: the request does not come from an allowed origin.")
}

/// Returns what the browser says of the site that the request comes from.
pub(crate) fn site(headers: &HeaderMap) -> Option<&str> {
    headers.get(SEC_FETCH_SITE).map(|value| value.to_str().unwrap_or(""))
}

/// Returns whether the request comes from our own origin or from an allowed one.
///
/// `Sec-Fetch-Site: same-origin` is enough, and with any other value of it only an allowed origin is. Where a browser
/// does not say, `Origin` decides, and where there is none, `Referer`.
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
    // A page that whoever sits on the line wrote for http://our-host has our host, and is cross-site all the same.
    site.is_none() && is_own(headers, &source)
}

/// Returns whether a browser says that the request comes from elsewhere. Programs that are no browsers say nothing.
///
/// For requests that need no credentials. `Sec-Fetch-Site: same-site` is another site unless the origin is allowed: a
/// neighbour under one domain may be another's. `none` is the user's own doing.
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
