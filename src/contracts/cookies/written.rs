//! Parts of `Set-Cookie`.

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
