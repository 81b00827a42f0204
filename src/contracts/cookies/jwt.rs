//! The cookies of JSON Web Tokens.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};

use super::lost;
use super::sent::{LOOKED_AT, values};
use super::written::{self, GONE, same_site_value};
use crate::clock::{Seconds, Timestamp};
use crate::settings::{ContractsSettings, CookieSameSite, DjRestAuthContractSettings};

/// The names of the cookies in which the logins of one contract give JSON Web Tokens, and where browsers send them.
#[derive(Clone, Debug)]
pub(in crate::contracts) struct JwtCookies {
    access: Option<Named>,
    refresh: Option<Named>,
    same_site: CookieSameSite,
    /// The key of `same_site` in the settings.
    same_site_key: &'static str,
    /// Whether a request that changes something by a cookie must prove its origin.
    pub(in crate::contracts) is_origin_proved: bool,
}

/// A cookie with its attributes but the value and the expiry.
#[derive(Clone, Debug)]
struct Named {
    name: String,
    attributes: String,
    /// Whether browsers send it to some paths only.
    is_hidden: bool,
}

/// A token, and how long it is good for.
#[derive(Clone, Copy)]
pub(in crate::contracts) struct LivingToken<'a> {
    token: &'a str,
    lives_for: Seconds,
}

impl<'a> LivingToken<'a> {
    /// Returns a token that was signed at one time, and is good until another.
    pub(in crate::contracts) fn new(token: &'a str, signed_at: Timestamp, expires_at: Timestamp) -> Self {
        Self { token, lives_for: expires_at.since(signed_at) }
    }
}

impl JwtCookies {
    /// Returns the name of the cookie with the access token.
    pub(in crate::contracts) fn access_name(&self) -> Option<&str> {
        self.access.as_ref().map(|named| named.name.as_str())
    }

    /// Returns the cookies of each contract whose logins set some.
    pub(in crate::contracts) fn of_site(contracts: &ContractsSettings) -> Vec<Self> {
        [Self::of_dj_rest_auth(contracts), Self::of_django_rest_auth(contracts)].into_iter().flatten().collect()
    }

    /// Returns the cookies of `[contracts.dj_rest_auth]`; `None` if its logins set none.
    pub(in crate::contracts) fn of_dj_rest_auth(contracts: &ContractsSettings) -> Option<Self> {
        Self::of(&contracts.dj_rest_auth, "contracts.dj_rest_auth.jwt_auth_samesite")
    }

    /// Returns the cookie of `[contracts.django_rest_auth]`; `None` if its logins set none.
    pub(in crate::contracts) fn of_django_rest_auth(contracts: &ContractsSettings) -> Option<Self> {
        Self::of(&contracts.django_rest_auth, "contracts.django_rest_auth.jwt_auth_samesite")
    }

    fn of(contract: &DjRestAuthContractSettings, same_site_key: &'static str) -> Option<Self> {
        let settings = &contract.jwt_cookies;
        let same_site = same_site_value(settings.same_site);
        let secure = if settings.is_secure { "; Secure" } else { "" };
        let http_only = if settings.is_http_only { "; HttpOnly" } else { "" };
        let domain = settings.domain.as_ref().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
        let named = |name: &Option<String>, path: &str| {
            let attributes = format!("; SameSite={same_site}{secure}{domain}; Path={path}{http_only}");
            name.clone().map(|name| Named { name, attributes, is_hidden: path != "/" })
        };
        contract.sets_jwt_cookies().then(|| Self {
            access: named(&settings.access_name, "/"),
            refresh: named(&settings.refresh_name, &settings.refresh_path),
            same_site: settings.same_site,
            same_site_key,
            is_origin_proved: settings.is_origin_proved,
        })
    }

    /// Returns the access tokens in the browser's cookies.
    pub(in crate::contracts) fn access_tokens<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        self.access.iter().flat_map(|cookie| cookie.values(headers))
    }

    /// Returns the refresh tokens in the browser's cookies.
    pub(in crate::contracts) fn refresh_tokens<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        self.refresh.iter().flat_map(|cookie| cookie.values(headers))
    }

    /// Returns whether a cookie gives the refresh token.
    pub(in crate::contracts) fn give_refresh_tokens(&self) -> bool {
        self.refresh.is_some()
    }

    /// Adds the cookies of new tokens. Logs, for the operator, if the page's browser will not keep them.
    pub(in crate::contracts) fn give(
        &self,
        headers: &HeaderMap,
        response: &mut HttpResponse,
        access: LivingToken<'_>,
        refresh: Option<LivingToken<'_>>,
    ) {
        for (cookie, token) in [(&self.access, Some(access)), (&self.refresh, refresh)] {
            if let (Some(cookie), Some(LivingToken { token, lives_for })) = (cookie, token) {
                cookie.append(response, token, &format!("; Max-Age={}", lives_for.get()));
            }
        }
        lost::note(headers, self.same_site, self.same_site_key);
    }

    /// Removes the cookies from the browser.
    pub(in crate::contracts) fn remove(&self, response: &mut HttpResponse) {
        for cookie in self.access.iter().chain(&self.refresh) {
            cookie.append(response, "", GONE);
        }
    }

    /// Removes the cookies of another login than the one that `response` answers: if the browser sent any, or may keep one
    /// for another path, and the answer gives none.
    pub(in crate::contracts) fn remove_others(&self, headers: &HeaderMap, response: &mut HttpResponse) {
        let is_given =
            self.access.iter().chain(&self.refresh).any(|cookie| written::is_in(response.headers(), &cookie.name));
        let is_hidden = self.refresh.as_ref().is_some_and(|cookie| cookie.is_hidden);
        match is_hidden {
            _ if is_given => {}
            true => self.remove(response),
            false => self.remove_sent(headers, response),
        }
    }

    /// Removes the cookies from the browser, if it sent any.
    pub(in crate::contracts) fn remove_sent(&self, headers: &HeaderMap, response: &mut HttpResponse) {
        if self.access_tokens(headers).chain(self.refresh_tokens(headers)).next().is_some() {
            self.remove(response);
        }
    }
}

impl Named {
    /// Returns the first values of the cookies of this name. Those that cannot be a token are left out: other
    /// applications on this host set cookies too.
    fn values<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let texts = values(headers, &self.name).filter_map(|value| std::str::from_utf8(value).ok());
        texts.filter(|text| !text.is_empty()).take(LOOKED_AT)
    }

    fn append(&self, response: &mut HttpResponse, value: &str, more: &str) {
        let cookie = HeaderValue::try_from(format!("{}={value}{}{more}", self.name, self.attributes));
        let cookie = cookie.expect("names, paths, domains and tokens are printable ASCII");
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
