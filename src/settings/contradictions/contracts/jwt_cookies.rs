//! Constraints of the cookies in which `[contracts.dj_rest_auth]` gives JSON Web Tokens.

use crate::settings::reader::Reader;
use crate::settings::{CookieSameSite, DjRestAuthContractSettings};

const USE_JWT: &str = "contracts.dj_rest_auth.use_jwt";
const ACCESS: &str = "contracts.dj_rest_auth.jwt_auth_cookie";
const REFRESH: &str = "contracts.dj_rest_auth.jwt_auth_refresh_cookie";
const REFRESH_PATH: &str = "contracts.dj_rest_auth.jwt_auth_refresh_cookie_path";
const SECURE: &str = "contracts.dj_rest_auth.jwt_auth_secure";
const HTTP_ONLY: &str = "contracts.dj_rest_auth.jwt_auth_httponly";
const SAME_SITE: &str = "contracts.dj_rest_auth.jwt_auth_samesite";
const DOMAIN: &str = "contracts.dj_rest_auth.jwt_auth_cookie_domain";
const USE_CSRF: &str = "contracts.dj_rest_auth.jwt_auth_cookie_use_csrf";

pub(super) fn find(contract: &DjRestAuthContractSettings, reader: &mut Reader) {
    if !contract.use_jwt {
        for key in [ACCESS, REFRESH, DOMAIN, USE_CSRF, "contracts.dj_rest_auth.jwt_auth_return_expiration"] {
            if reader.is_changed(key) {
                let message = "logins are answered with a token that is no JSON Web Token: set `use_jwt` to true, or \
                               leave this out";
                reader.contradict(&[USE_JWT, key], message);
            }
        }
        return;
    }
    let cookies = &contract.jwt_cookies;
    if !cookies.are_set() {
        for key in [DOMAIN, USE_CSRF] {
            if reader.is_changed(key) {
                reader.contradict(&[ACCESS, key], "no login sets a cookie: give the cookies names, or leave this out");
            }
        }
        return;
    }
    if cookies.access_name.is_some() && cookies.access_name == cookies.refresh_name {
        reader.contradict(&[ACCESS, REFRESH], "two cookies cannot have one name: give one of them another");
    }
    if cookies.refresh_name.is_none() && reader.is_changed(REFRESH_PATH) {
        reader.contradict(&[REFRESH, REFRESH_PATH], "the path is that of a cookie without a name: give it one");
    }
    if cookies.same_site == CookieSameSite::None && !cookies.is_secure {
        let message = "browsers drop a cookie for other sites that is not Secure: set `jwt_auth_secure` to true";
        reader.contradict(&[SAME_SITE, SECURE], message);
    }
    for (key, name) in cookies.named() {
        prefix(contract, key, name, reader);
    }
}

/// Checks a name whose prefix tells browsers which attributes the cookie must have (RFC 6265bis, 4.1.3; of `__Http-` its successor).
fn prefix(contract: &DjRestAuthContractSettings, key: &'static str, name: &str, reader: &mut Reader) {
    let cookies = &contract.jwt_cookies;
    let begins_with = |prefix: &str| name.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
    let is_host = begins_with("__Host-");
    let is_http = begins_with("__Http-") || begins_with("__Host-Http-");
    if (is_host || is_http || begins_with("__Secure-")) && !cookies.is_secure {
        let message = "browsers drop a cookie of this name that is not Secure: set `jwt_auth_secure` to true, or leave \
                       the prefix out";
        reader.contradict(&[key, SECURE], message);
    }
    if is_http && !cookies.is_http_only {
        let message = "browsers drop a cookie of this name that scripts can read: set `jwt_auth_httponly` to true, or \
                       leave the prefix out";
        reader.contradict(&[key, HTTP_ONLY], message);
    }
    if is_host && cookies.domain.is_some() {
        let message = "browsers drop a cookie of this name that has a domain: leave the domain out, or the prefix";
        reader.contradict(&[key, DOMAIN], message);
    }
    if is_host && key == REFRESH && cookies.refresh_path != "/" {
        let message = "browsers drop a cookie of this name whose path is not \"/\": leave the path out, or the prefix";
        reader.contradict(&[key, REFRESH_PATH], message);
    }
}
