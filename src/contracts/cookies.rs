//! The session's cookies, the cookie of registrations and those of JSON Web Tokens: set, read and removed in one place.
//! A browser removes a cookie only if the answer repeats the attributes with which the cookie was set.

mod jwt;
mod lost;
mod sent;
mod written;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};

use crate::accounts::{LoggedIn, SessionToken, TokenDigits};
use crate::clock::Seconds;
use crate::secret::Secret;
use crate::settings::{CSRF_COOKIE, CookieNames, CookieSameSite, CookieTransport, SessionsSettings};
use sent::{LOOKED_AT, values};
use written::{GONE, same_site_value};

pub(super) use jwt::{JwtCookies, LivingToken};

/// The most registrations that a browser keeps; a new one replaces the oldest.
const KEPT_MARKS: usize = 4;

/// How long a browser keeps its mark: longer than a state is valid, so that a late login is told that it is late.
const BROWSER_KEPT_FOR: Seconds = Seconds::new(3_600);

/// The separator between two marks of registrations, which are hexadecimal digits.
const SEPARATOR: &str = ".";

/// The names of a site's session cookies, and where browsers send them.
#[derive(Clone, Debug)]
pub(super) struct Cookies {
    names: CookieNames,
    same_site: CookieSameSite,
    /// The attributes of every `Set-Cookie` but the name, the value and the expiry.
    attributes: String,
}

impl Cookies {
    pub(super) fn of(settings: &SessionsSettings) -> Self {
        let same_site = same_site_value(settings.cookie_same_site);
        let secure = if settings.cookie_transport == CookieTransport::Tls { "; Secure" } else { "" };
        let partitioned = if settings.cookie_partitioned { "; Partitioned" } else { "" };
        let attributes = format!("; SameSite={same_site}{secure}{partitioned}; Path=/");
        Self { names: settings.cookie_transport.cookie_names(), same_site: settings.cookie_same_site, attributes }
    }

    /// Returns the name of the session's cookie.
    pub(super) fn session_name(&self) -> &'static str {
        self.names.session
    }

    /// Returns the session tokens in the browser's cookies. Other cookies are ignored, whatever they contain: other
    /// applications on this host set them.
    pub(super) fn sessions(&self, headers: &HeaderMap) -> Vec<SessionToken> {
        let tokens = values(headers, self.names.session)
            .filter_map(|value| SessionToken::parse(std::str::from_utf8(value).ok()?));
        tokens.take(LOOKED_AT).collect()
    }

    /// Adds the cookies of a new session.
    pub(super) fn set(&self, response: &mut HttpResponse, session: &LoggedIn) {
        let max_age = session.expires_after.get();
        let marker = SessionToken::generate(TokenDigits::SixtyFour);
        self.append(response, self.names.session, session.token.expose(), &format!("; HttpOnly; Max-Age={max_age}"));
        self.append(response, CSRF_COOKIE, marker.expose(), &format!("; Max-Age={max_age}"));
    }

    /// Returns the marks of the registrations that were made in this browser, newest first.
    pub(super) fn registrations(&self, headers: &HeaderMap) -> Vec<String> {
        let is_mark = |text: &&str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let texts = values(headers, self.names.registration).filter_map(|value| std::str::from_utf8(value).ok());
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
        self.append(response, self.names.registration, &marks.join(SEPARATOR), &more);
    }

    /// Returns the mark of a browser that was sent to an identity provider; empty if it has none.
    pub(super) fn browser_mark(&self, headers: &HeaderMap) -> Secret {
        let mut marks = values(headers, self.names.browser).filter_map(|value| std::str::from_utf8(value).ok());
        let is_mark =
            |text: &&str| text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        Secret::new(marks.find(is_mark).unwrap_or_default())
    }

    /// Adds the mark of a browser that is sent to an identity provider.
    pub(super) fn remember_browser(&self, response: &mut HttpResponse, mark: &Secret) {
        let more = format!("; HttpOnly; Max-Age={}", BROWSER_KEPT_FOR.get());
        self.append(response, self.names.browser, mark.expose(), &more);
    }

    /// Removes the session cookies of another login than the one that `response` answers: if the browser sent any, and the
    /// answer gives none.
    pub(super) fn remove_others(&self, headers: &HeaderMap, response: &mut HttpResponse) {
        if !written::is_in(response.headers(), self.names.session) {
            self.remove(headers, response);
        }
    }

    /// Removes the session cookies from the browser, if it sent any.
    pub(super) fn remove(&self, headers: &HeaderMap, response: &mut HttpResponse) {
        for (name, more) in [(self.names.session, "; HttpOnly"), (CSRF_COOKIE, "")] {
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

    /// Logs, for the operator, a login whose cookie the page's browser will not keep.
    pub(super) fn note_if_lost(&self, headers: &HeaderMap) {
        lost::note(headers, self.same_site, "sessions.cookie_same_site");
    }
}
