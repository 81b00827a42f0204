//! Parts of `Set-Cookie`.

use actix_web::http::header::{HeaderMap, SET_COOKIE};

use crate::settings::CookieSameSite;

/// The attributes that remove a cookie.
pub(super) const GONE: &str = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

/// Returns the value of `SameSite`.
pub(super) fn same_site_value(same_site: CookieSameSite) -> &'static str {
    match same_site {
        CookieSameSite::Strict => "Strict",
        CookieSameSite::Lax => "Lax",
        CookieSameSite::None => "None",
    }
}

/// Returns whether an answer sets a cookie of this name.
pub(super) fn is_in(answer: &HeaderMap, name: &str) -> bool {
    let mut set = answer.get_all(SET_COOKIE);
    set.any(|cookie| cookie.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"=")))
}
