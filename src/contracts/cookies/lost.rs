//! Cookies that browsers do not keep.

use actix_web::http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};

use crate::http::same_origin::site;
use crate::log::Once;
use crate::settings::CookieSameSite;

/// The most sites with lost cookies that a process logs: strangers choose them.
const LOGGED: usize = 64;

static LOST_COOKIES: Once = Once::new(LOGGED);

/// Logs, for the operator, a login whose cookie the page's browser will not keep. Nothing else would report it, and the
/// next request is not logged in. `setting` is the key of `same_site`.
pub(super) fn note(headers: &HeaderMap, same_site: CookieSameSite, setting: &'static str) {
    if same_site == CookieSameSite::None || site(headers) != Some("cross-site") {
        return;
    }
    let text =
        |name| String::from_utf8_lossy(headers.get(name).map_or(b"" as &[u8], HeaderValue::as_bytes)).into_owned();
    let (origin, host): (String, String) = (text(ORIGIN), text(HOST));
    let origin: String = origin.chars().take(200).collect();
    if LOST_COOKIES.is_first(&origin) {
        let host: String = host.chars().take(200).collect();
        tracing::warn!(
            origin,
            host,
            setting,
            "the page's browser drops the session's cookie, as page and API are two sites: call both by one host name \
             (localhost and 127.0.0.1 are two), or use the token; docs/frontends.md has more. This is told once"
        );
    }
}
