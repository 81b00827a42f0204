//! The session's cookies and the cookie of registrations: set, read and removed in one place. A browser removes a
//! cookie only if the answer repeats the attributes with which the cookie was set.

use actix_web::HttpResponse;
use actix_web::http::header::{COOKIE, HOST, HeaderMap, HeaderValue, ORIGIN, SET_COOKIE};

use crate::accounts::{LoggedIn, SessionToken, TokenDigits};
use crate::clock::Seconds;
use crate::http::same_origin::site;
use crate::log::Once;
use crate::settings::{CookieSameSite, CookieTransport, SessionsSettings};

/// Frontends of the reference read this cookie and send it back as `X-CSRFToken`. The protection is in `same_origin`.
const CSRF_COOKIE: &str = "csrftoken";

/// The most session cookies that are checked per request. A browser has two of one name if it keeps one for all sites
/// and one for the site that embeds it.
const LOOKED_AT: usize = 4;

/// The most registrations that a browser keeps; a new one replaces the oldest.
const KEPT_MARKS: usize = 4;

/// The separator between two marks of registrations, which are hexadecimal digits.
const SEPARATOR: &str = ".";

/// The most sites with lost cookies that a process logs: strangers choose them.
const LOGGED: usize = 64;

static LOST_COOKIES: Once = Once::new(LOGGED);

/// The names of a site's session cookies, and where browsers send them.
#[derive(Clone, Debug)]
pub(super) struct Cookies {
    session: &'static str,
    registration: &'static str,
    same_site: CookieSameSite,
    /// The attributes of every `Set-Cookie` but the name, the value and the expiry.
    attributes: String,
}

impl Cookies {
    pub(super) fn of(settings: &SessionsSettings) -> Self {
        let same_site = match settings.cookie_same_site {
            CookieSameSite::Strict => "Strict",
            CookieSameSite::Lax => "Lax",
            CookieSameSite::None => "None",
        };
        let (session, registration, secure) = match settings.cookie_transport {
            // With `__Host-`, browsers refuse the cookie from other hosts and without TLS.
            CookieTransport::Tls => ("__Host-sessionid", "__Host-registration", "; Secure"),
            CookieTransport::Any => ("sessionid", "registration", ""),
        };
        let partitioned = if settings.cookie_partitioned { "; Partitioned" } else { "" };
        let attributes = format!("; SameSite={same_site}{secure}{partitioned}; Path=/");
        Self { session, registration, same_site: settings.cookie_same_site, attributes }
    }

    /// Returns the session tokens in the browser's cookies. Other cookies are ignored, whatever they contain: other
    /// applications on this host set them.
    pub(super) fn sessions(&self, headers: &HeaderMap) -> Vec<SessionToken> {
        let tokens =
            values(headers, self.session).filter_map(|value| SessionToken::parse(std::str::from_utf8(value).ok()?));
        tokens.take(LOOKED_AT).collect()
    }

    /// Adds the cookies of a new session.
    pub(super) fn set(&self, response: &mut HttpResponse, session: &LoggedIn) {
        let max_age = session.expires_after.get();
        let marker = SessionToken::generate(TokenDigits::SixtyFour);
        self.append(response, self.session, session.token.expose(), &format!("; HttpOnly; Max-Age={max_age}"));
        self.append(response, CSRF_COOKIE, marker.expose(), &format!("; Max-Age={max_age}"));
    }

    /// Returns the marks of the registrations that were made in this browser, newest first.
    pub(super) fn registrations(&self, headers: &HeaderMap) -> Vec<String> {
        let is_mark = |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let texts = values(headers, self.registration).filter_map(|value| std::str::from_utf8(value).ok());
        texts.flat_map(|text| text.split(SEPARATOR)).filter(is_mark).take(KEPT_MARKS).map(str::to_owned).collect()
    }

    /// Adds the mark of a registration to those of the browser, for as long as its link works.
    pub(super) fn remember_registration(
        &self,
        headers: &HeaderMap,
        response: &mut HttpResponse,
        mark: String,
        kept_for: Seconds,
    ) {
        let mut marks = self.registrations(headers);
        marks.insert(0, mark);
        marks.truncate(KEPT_MARKS);
        let more = format!("; HttpOnly; Max-Age={}", kept_for.get());
        self.append(response, self.registration, &marks.join(SEPARATOR), &more);
    }

    /// Removes the session cookies from the browser, if it sent any.
    pub(super) fn remove(&self, headers: &HeaderMap, response: &mut HttpResponse) {
        const GONE: &str = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        for (name, more) in [(self.session, "; HttpOnly"), (CSRF_COOKIE, "")] {
            if values(headers, name).next().is_some() {
                self.append(response, name, "", &format!("{more}{GONE}"));
            }
        }
    }

    fn append(&self, response: &mut HttpResponse, name: &str, value: &str, more: &str) {
        let cookie = HeaderValue::try_from(format!("{name}={value}{}{more}", self.attributes));
        let cookie = cookie.expect("hexadecimal digits and dots are fit for a header");
        response.headers_mut().append(SET_COOKIE, cookie);
    }

    /// Logs, for the operator, a login whose cookie the page's browser will not keep. Nothing else would report it, and
    /// the next request is not logged in.
    pub(super) fn note_if_lost(&self, headers: &HeaderMap) {
        if self.same_site == CookieSameSite::None || site(headers) != Some("cross-site") {
            return;
        }
        let text =
            |name| String::from_utf8_lossy(headers.get(name).map_or(b"" as &[u8], HeaderValue::as_bytes)).into_owned();
        let (origin, host): (String, String) = (text(ORIGIN), text(HOST));
        let origin: String = origin.chars().take(200).collect();
        if LOST_COOKIES.is_first(&origin) {
            let host: String = host.chars().take(200).collect();
            let setting = "sessions.cookie_same_site";
            tracing::warn!(
                origin,
                host,
                setting,
                "the page's browser drops the session's cookie, as page and API are two sites: call both by one host name \
                 (localhost and 127.0.0.1 are two), or use the token; docs/frontends.md has more. This is told once"
            );
        }
    }
}

/// Returns the values of all cookies of this name.
fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let pairs = headers.get_all(COOKIE).flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (found, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
        let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
        (found == name.as_bytes()).then_some(unquoted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values_of(sent: &[&[u8]]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for header in sent {
            headers.append(COOKIE, HeaderValue::from_bytes(header).unwrap());
        }
        values(&headers, "id").map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    #[test]
    fn other_cookies_do_not_matter_whatever_is_in_them() {
        for sent in [
            b"id=a" as &[u8],
            b"theme=caf\xe9; id=a",
            b"\xff\xfe=\xfd; id=a; more=\x80",
            b"nonsense; id=a",
            b"; ;; id=a;",
            b"=x; id = a ;y=",
            b"x=\"; id=a; y=\"",
            b"id=\"a\"",
            b"xid=b; ids=b; ID=b; id=a",
            b"x=id=b; id=a",
        ] {
            assert_eq!(values_of(&[sent]), ["a"], "{}", String::from_utf8_lossy(sent));
        }
    }

    #[test]
    fn all_of_one_name_are_found() {
        assert_eq!(values_of(&[b"id=a; x=y; id=b", b"id=c"]), ["a", "b", "c"]);
        assert_eq!(values_of(&[b"id=; id=\"", b"id=\"\""]), ["", "\"", ""]);
        assert!(values_of(&[b"x=y"]).is_empty() && values_of(&[]).is_empty());
        let many = format!("{}id=a", "x=y; ".repeat(5_000));
        assert_eq!(values_of(&[many.as_bytes()]), ["a"]);
    }
}
