//! `[contracts.dj_rest_auth]` and `[contracts.django_rest_auth]`, which share most settings.

use super::changes::public_page;
use super::row::{Findings, Row, harmless, judged};
use crate::clock::Seconds;
use crate::links::{FrontendUrl, Purpose};
use crate::settings::{CookieSameSite, DjRestAuthContractSettings, Settings};

/// Such a token is not renewed, so that users would log in every few minutes if it were as short as an access token.
const LONGEST_SOUND_SINGLE: Seconds = Seconds::new(86_400);

const REPORTED: &str = "in any case a request is refused that the browser reports as another site's";

/// The rows of one section of `[contracts]`.
macro_rules! rows {
    ($section:ident) => {{
        macro_rules! key {
            ($name:literal) => {
                concat!("contracts.", stringify!($section), ".", $name)
            };
        }
        &[
            harmless(key!("enabled"), "the same users, rules and limits as at any other contract"),
            harmless(key!("base_path"), "every endpoint guards itself, whatever its path"),
            judged(key!("account_confirm_email_url"), |settings, findings| {
                confirmation_page(settings, &settings.contracts.$section, findings);
            }),
            judged(key!("password_reset_confirm_url"), |settings, findings| {
                reset_page(settings, &settings.contracts.$section, findings);
            }),
            harmless(key!("user_fields"), "users see their own record alone"),
            harmless(key!("logout_on_password_change"), "all other sessions end in any case"),
            harmless(key!("session_login"), "requests with the cookie must prove their origin"),
        ]
    }};
}

pub(super) const ROWS: &[Row] = rows!(dj_rest_auth);

/// The rows of the settings that dj-rest-auth has alone.
pub(super) const JWT_ROWS: &[Row] = &[
    harmless(
        "contracts.dj_rest_auth.use_jwt",
        "a login like any other, which logout and a new password end; see [jwt]",
    ),
    harmless("contracts.dj_rest_auth.jwt_auth_cookie", "HttpOnly by default; see the cookie's own settings"),
    judged("contracts.dj_rest_auth.jwt_auth_refresh_cookie", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let is_lost = contract.jwt_cookies.is_http_only && contract.jwt_cookies.refresh_name.is_none();
        let message = "no login gives the refresh token to its client, so that each login ends with its access token: \
                       name a cookie for it, or set `jwt_auth_httponly` to false and let the client keep it";
        findings.risk_of_any_mode(contract.serves_jwt() && is_lost, message);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_refresh_cookie_path", refresh_cookie_path),
    judged("contracts.dj_rest_auth.jwt_auth_secure", |settings, findings| {
        cookies_over_tls(&settings.contracts.dj_rest_auth, findings);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_httponly", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let message =
            "any script that gets into your page reads the tokens in the cookies, and takes them away; set true";
        findings.risk(contract.sets_jwt_cookies() && !contract.jwt_cookies.is_http_only, message);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_samesite", |settings, findings| {
        cookies_of_one_site(&settings.contracts.dj_rest_auth, findings);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_cookie_domain", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let message = "every host of the domain, and every network that can answer for one, receives the tokens and can \
                       set others; set \"\" unless several hosts need them";
        findings.risk(contract.sets_jwt_cookies() && contract.jwt_cookies.domain.is_some(), message);
    }),
    harmless("contracts.dj_rest_auth.jwt_auth_cookie_use_csrf", REPORTED),
    harmless("contracts.dj_rest_auth.jwt_auth_return_expiration", "the tokens hold the same times"),
];

pub(super) const OLDER_ROWS: &[Row] = rows!(django_rest_auth);

/// The rows of the single JSON Web Token of django-rest-auth.
pub(super) const OLDER_JWT_ROWS: &[Row] = &[
    harmless("contracts.django_rest_auth.use_jwt", "a login like any other, which logout and a new password end"),
    judged("contracts.django_rest_auth.jwt_expires_after_seconds", |settings, findings| {
        let contract = &settings.contracts.django_rest_auth;
        let message = "services that verify tokens by themselves accept a stolen one for more than a day, also after a \
                       logout; 3600 are an hour";
        findings.risk(contract.serves_jwt() && contract.jwt_expires_after > LONGEST_SOUND_SINGLE, message);
    }),
    harmless("contracts.django_rest_auth.jwt_auth_cookie", "HttpOnly; see the cookie's own settings"),
    judged("contracts.django_rest_auth.jwt_auth_secure", |settings, findings| {
        cookies_over_tls(&settings.contracts.django_rest_auth, findings);
    }),
    judged("contracts.django_rest_auth.jwt_auth_samesite", |settings, findings| {
        cookies_of_one_site(&settings.contracts.django_rest_auth, findings);
    }),
    harmless("contracts.django_rest_auth.jwt_auth_cookie_use_csrf", REPORTED),
];

/// Judges whether browsers send the refresh token's cookie to the endpoints that read it.
fn refresh_cookie_path(settings: &Settings, findings: &mut Findings) {
    let contract = &settings.contracts.dj_rest_auth;
    let is_set = contract.serves_jwt() && contract.jwt_cookies.refresh_name.is_some();
    let is_sent_to =
        |endpoint: &str| contract.jwt_cookies.refresh_path_matches(&format!("{}{endpoint}", contract.base_path));
    let refreshes = is_sent_to("token/refresh/");
    let message = "browsers do not send the refresh token's cookie to token/refresh/ of this contract, so that each login \
                   ends with its access token; set \"/\" or the contract's `base_path`, unless a proxy before this \
                   server changes the path";
    findings.risk_of_any_mode(is_set && !refreshes, message);
    let message = "browsers do not send the refresh token's cookie to logout/ of this contract, so that users whose access \
                   token has expired cannot log out; set \"/\" or the contract's `base_path`, unless a proxy before this \
                   server changes the path";
    findings.risk_of_any_mode(is_set && refreshes && !is_sent_to("logout/"), message);
}

fn cookies_over_tls(contract: &DjRestAuthContractSettings, findings: &mut Findings) {
    let message = "the tokens travel in clear text, where others can take them; set true, as the proxy before this server \
                   speaks TLS";
    findings.error(contract.sets_jwt_cookies() && !contract.jwt_cookies.is_secure, message);
}

fn cookies_of_one_site(contract: &DjRestAuthContractSettings, findings: &mut Findings) {
    let message = "browsers add the cookies to requests that any other site makes; set \"Lax\", and serve frontend and \
                   API from one site";
    findings.risk(contract.sets_jwt_cookies() && contract.jwt_cookies.same_site == CookieSameSite::None, message);
}

fn confirmation_page(settings: &Settings, contract: &DjRestAuthContractSettings, findings: &mut Findings) {
    let is_used = contract.enabled && (settings.registration.verification || settings.change_email.verification);
    let page = contract.account_confirm_email_url.as_ref().map(|pages| &pages.registration);
    public_page(is_used, page, findings);
    let own_path = format!("{}registration/account-confirm-email/", contract.base_path);
    leads_back(is_used, page, &own_path, findings);
}

fn reset_page(settings: &Settings, contract: &DjRestAuthContractSettings, findings: &mut Findings) {
    let is_used = contract.enabled && settings.reset_password.enabled;
    let page = contract.password_reset_confirm_url.as_ref();
    public_page(is_used, page, findings);
    leads_back(is_used, page, &format!("{}password/reset/confirm/", contract.base_path), findings);
}

/// Judges a page whose path is one of the API's, where a GET leads to that page.
fn leads_back<P: Purpose>(is_used: bool, page: Option<&FrontendUrl<P>>, own_path: &str, findings: &mut Findings) {
    let is_own = page.is_some_and(|page| page.as_url().path().starts_with(own_path));
    let message = "the path is the API's own, and leads to this page: without end, if this host serves the API; name the \
                   page of your frontend";
    findings.risk_of_any_mode(is_used && is_own, message);
}
