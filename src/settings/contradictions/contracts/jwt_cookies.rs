//! Constraints of the JSON Web Tokens of `[contracts.dj_rest_auth]` and `[contracts.django_rest_auth]`, and of their
//! cookies.

use crate::settings::reader::Reader;
use crate::settings::{ContractsSettings, CookieSameSite, DjRestAuthContractSettings};

const USE_JWT: &str = "use_jwt";
const ACCESS: &str = "jwt_auth_cookie";
const REFRESH: &str = "jwt_auth_refresh_cookie";
const REFRESH_PATH: &str = "jwt_auth_refresh_cookie_path";
const SECURE: &str = "jwt_auth_secure";
const HTTP_ONLY: &str = "jwt_auth_httponly";
const SAME_SITE: &str = "jwt_auth_samesite";
const DOMAIN: &str = "jwt_auth_cookie_domain";
const USE_CSRF: &str = "jwt_auth_cookie_use_csrf";

pub(super) fn find(contracts: &ContractsSettings, reader: &mut Reader) {
    let newer = Section { name: "dj_rest_auth", contract: &contracts.dj_rest_auth };
    newer.find(&[ACCESS, REFRESH, DOMAIN, USE_CSRF, "jwt_auth_return_expiration"], &[DOMAIN, USE_CSRF], reader);
    let older = Section { name: "django_rest_auth", contract: &contracts.django_rest_auth };
    let without_jwt = [ACCESS, SECURE, SAME_SITE, USE_CSRF, "jwt_expires_after_seconds"];
    older.find(&without_jwt, &[SECURE, SAME_SITE, USE_CSRF], reader);
    shared_names(&newer, &older, reader);
}

/// Checks that a browser can keep the cookies of both contracts.
fn shared_names(newer: &Section<'_>, older: &Section<'_>, reader: &mut Reader) {
    if !newer.contract.sets_jwt_cookies() || !older.contract.sets_jwt_cookies() {
        return;
    }
    for (key, name) in newer.contract.jwt_cookies.named() {
        for (older_key, _) in older.contract.jwt_cookies.named().filter(|(_, other)| *other == name) {
            let message =
                "a login at one contract would replace the cookie of the other: give one of them another name";
            reader.contradict(&[&newer.key(key), &older.key(older_key)], message);
        }
    }
}

/// A section of the settings.
struct Section<'a> {
    name: &'static str,
    contract: &'a DjRestAuthContractSettings,
}

impl Section<'_> {
    fn key(&self, name: &str) -> String {
        format!("contracts.{}.{name}", self.name)
    }

    fn contradict(&self, names: [&str; 2], message: &str, reader: &mut Reader) {
        let keys = names.map(|name| self.key(name));
        reader.contradict(&keys.each_ref().map(String::as_str), message);
    }

    /// Records every contradiction. The keys `without_jwt` have no effect without JSON Web Tokens, and those of
    /// `without_cookies` none where no login sets a cookie.
    fn find(&self, without_jwt: &[&str], without_cookies: &[&str], reader: &mut Reader) {
        if !self.contract.enabled {
            return;
        }
        if !self.contract.use_jwt {
            for name in without_jwt.iter().filter(|name| reader.is_changed(&self.key(name))).collect::<Vec<_>>() {
                let message = "logins are answered with a token that is no JSON Web Token: set `use_jwt` to true, or \
                               leave this out";
                self.contradict([USE_JWT, name], message, reader);
            }
            return;
        }
        let cookies = &self.contract.jwt_cookies;
        if !cookies.are_set() {
            for name in without_cookies.iter().filter(|name| reader.is_changed(&self.key(name))).collect::<Vec<_>>() {
                let message = "no login sets a cookie: give the cookies names, or leave this out";
                self.contradict([ACCESS, name], message, reader);
            }
            return;
        }
        if cookies.access_name.is_some() && cookies.access_name == cookies.refresh_name {
            self.contradict([ACCESS, REFRESH], "two cookies cannot have one name: give one of them another", reader);
        }
        // The other section has no such key, and the default is that of this one.
        if cookies.refresh_name.is_none() && cookies.refresh_path != "/" {
            let message = "the path is that of a cookie without a name: give it one";
            self.contradict([REFRESH, REFRESH_PATH], message, reader);
        }
        if cookies.same_site == CookieSameSite::None && !cookies.is_secure {
            let message = "browsers drop a cookie for other sites that is not Secure: set `jwt_auth_secure` to true";
            self.contradict([SAME_SITE, SECURE], message, reader);
        }
        for (key, name) in cookies.named() {
            self.find_by_prefix(key, name, reader);
        }
    }

    /// Checks a name whose prefix tells browsers which attributes the cookie must have (RFC 6265bis, 4.1.3;
    /// of `__Http-` its successor).
    fn find_by_prefix(&self, key: &str, name: &str, reader: &mut Reader) {
        let cookies = &self.contract.jwt_cookies;
        let begins_with =
            |prefix: &str| name.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
        let is_host = begins_with("__Host-");
        let is_http = begins_with("__Http-") || begins_with("__Host-Http-");
        if (is_host || is_http || begins_with("__Secure-")) && !cookies.is_secure {
            let message = "browsers drop a cookie of this name that is not Secure: set `jwt_auth_secure` to true, or \
                           leave the prefix out";
            self.contradict([key, SECURE], message, reader);
        }
        if is_http && !cookies.is_http_only {
            let message = "browsers drop a cookie of this name that scripts can read: set `jwt_auth_httponly` to true, \
                           or leave the prefix out";
            self.contradict([key, HTTP_ONLY], message, reader);
        }
        if is_host && cookies.domain.is_some() {
            let message = "browsers drop a cookie of this name that has a domain: leave the domain out, or the prefix";
            self.contradict([key, DOMAIN], message, reader);
        }
        if is_host && key == REFRESH && cookies.refresh_path != "/" {
            let message =
                "browsers drop a cookie of this name whose path is not \"/\": leave the path out, or the prefix";
            self.contradict([key, REFRESH_PATH], message, reader);
        }
    }
}
