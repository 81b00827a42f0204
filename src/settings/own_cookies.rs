//! The names of this server's own cookies, in one place: no cookie that the settings name may have one of them.

use super::login::CookieTransport;

/// Frontends of the reference read this cookie and send it back as `X-CSRFToken`. It protects nothing: requests with a
/// cookie must prove their origin.
pub(crate) const CSRF_COOKIE: &str = "csrftoken";

/// The names of the other cookies, over one kind of connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieNames {
    /// The session.
    pub(crate) session: &'static str,
    /// The registrations that were made in a browser.
    pub(crate) registration: &'static str,
    /// Recognises the browser that was sent to an identity provider.
    pub(crate) browser: &'static str,
}

impl CookieTransport {
    /// Returns the names of the cookies. With `__Host-`, browsers refuse the cookie from other hosts and without TLS.
    pub(crate) fn cookie_names(self) -> CookieNames {
        match self {
            Self::Tls => CookieNames {
                session: "__Host-sessionid",
                registration: "__Host-registration",
                browser: "__Host-browser",
            },
            Self::Any => CookieNames { session: "sessionid", registration: "registration", browser: "browser" },
        }
    }
}

/// Returns whether a cookie of this server has the name over any kind of connection, in any letters.
pub(super) fn is_own(name: &str) -> bool {
    let of_transports = [CookieTransport::Tls, CookieTransport::Any].into_iter().flat_map(|transport| {
        let CookieNames { session, registration, browser } = transport.cookie_names();
        [session, registration, browser]
    });
    of_transports.chain([CSRF_COOKIE]).any(|own| own.eq_ignore_ascii_case(name))
}
