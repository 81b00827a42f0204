//! `[contracts.…]`.

use super::changes::public_page;
use super::local::is_this_machine;
use super::row::{Findings, Row, harmless, judged};
use crate::links::{FrontendUrl, Purpose};
use crate::settings::CookieSameSite;
use crate::settings::contracts::ProfilesVisibility;

pub(super) const ROWS: &[Row] = &[
    judged("contracts.accounts.enabled", |settings, findings| {
        let contracts = &settings.contracts;
        let message = "no contract with a login is on, so that no frontend can register or log in; set one to true";
        findings.risk(!contracts.log_in(), message);
        let takes_links = contracts.accounts.enabled || contracts.djoser.enabled || contracts.dj_rest_auth.enabled;
        let is_left_alone = !takes_links && contracts.log_in();
        let message = "new users get a link, and no contract that is on takes it, so that they can never log in; set true, \
                       or `registration.verification` to false";
        findings.risk(is_left_alone && settings.registration.verification, message);
    }),
    harmless("contracts.accounts.base_path", "every endpoint guards itself, whatever its path"),
    harmless("contracts.accounts.login", "whichever it is, logout and a new password end it; see [sessions] and [jwt]"),
    harmless("contracts.accounts.non_field_errors_key", "the name of a member in answers"),
    harmless("contracts.accounts.register_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.change_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.reset_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.reset_password_by_email", "a name or an address, answered alike"),
    harmless("contracts.djoser.enabled", "the same users, rules and limits as at any other contract"),
    harmless("contracts.djoser.base_path", "every endpoint guards itself, whatever its path"),
    judged("contracts.djoser.activation_url", |settings, findings| {
        let djoser = &settings.contracts.djoser;
        let is_used = djoser.enabled && (settings.registration.verification || settings.change_email.verification);
        public_page(is_used, djoser.activation_url.as_ref().map(|pages| &pages.registration), findings);
    }),
    judged("contracts.djoser.password_reset_confirm_url", |settings, findings| {
        let djoser = &settings.contracts.djoser;
        let is_used = djoser.enabled && settings.reset_password.enabled;
        public_page(is_used, djoser.password_reset_confirm_url.as_ref(), findings);
    }),
    judged("contracts.djoser.username_reset_confirm_url", |settings, findings| {
        let djoser = &settings.contracts.djoser;
        let page = djoser.username_reset_confirm_url.as_ref();
        public_page(djoser.enabled, page, findings);
        let is_local = djoser.enabled && page.is_some_and(|page| is_this_machine(page.as_url()));
        findings.risk(is_local, "without such a page, set \"\": login names cannot be reset then");
    }),
    harmless("contracts.djoser.user_fields", "users see their own record, and those of others only without hide_users"),
    harmless("contracts.djoser.user_create_fields", "which names a form asks for"),
    harmless("contracts.djoser.editable_fields", "a new address is proved as the section [change_email] says"),
    judged("contracts.djoser.hide_users", |settings, findings| {
        let djoser = &settings.contracts.djoser;
        let message = "every user reads the names and addresses of all users; set true";
        findings.risk(djoser.enabled && !djoser.hide_users, message);
    }),
    judged("contracts.djoser.show_email_not_found", |settings, findings| {
        let djoser = &settings.contracts.djoser;
        let message = "anybody can find out who has an account by asking for a mail; set false";
        findings.risk(djoser.enabled && djoser.show_email_not_found, message);
    }),
    harmless("contracts.djoser.user_create_password_retype", "a courtesy of forms"),
    harmless("contracts.djoser.set_password_retype", "a courtesy of forms"),
    harmless("contracts.djoser.password_reset_confirm_retype", "a courtesy of forms"),
    harmless("contracts.djoser.set_username_retype", "a courtesy of forms"),
    harmless("contracts.djoser.username_reset_confirm_retype", "a courtesy of forms"),
    harmless("contracts.djoser.logout_on_password_change", "all other sessions end in any case"),
    harmless("contracts.djoser.create_session_on_login", "requests with the cookie must prove their origin"),
    harmless("contracts.djoser.profile_fields", "each field says itself who sees and sets it"),
    harmless("contracts.djoser.token", "one way to log in less"),
    harmless("contracts.djoser.jwt", "a login like any other, which logout and a new password end; see [jwt]"),
    harmless("contracts.dj_rest_auth.enabled", "the same users, rules and limits as at any other contract"),
    harmless("contracts.dj_rest_auth.base_path", "every endpoint guards itself, whatever its path"),
    judged("contracts.dj_rest_auth.account_confirm_email_url", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let is_used = contract.enabled && (settings.registration.verification || settings.change_email.verification);
        let page = contract.account_confirm_email_url.as_ref().map(|pages| &pages.registration);
        public_page(is_used, page, findings);
        let own_path = format!("{}registration/account-confirm-email/", contract.base_path);
        leads_back(is_used, page, &own_path, findings);
    }),
    judged("contracts.dj_rest_auth.password_reset_confirm_url", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let is_used = contract.enabled && settings.reset_password.enabled;
        let page = contract.password_reset_confirm_url.as_ref();
        public_page(is_used, page, findings);
        leads_back(is_used, page, &format!("{}password/reset/confirm/", contract.base_path), findings);
    }),
    harmless("contracts.dj_rest_auth.user_fields", "users see their own record alone"),
    harmless("contracts.dj_rest_auth.logout_on_password_change", "all other sessions end in any case"),
    harmless("contracts.dj_rest_auth.session_login", "requests with the cookie must prove their origin"),
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
        findings.risk(contract.serves_jwt() && is_lost, message);
    }),
    harmless("contracts.dj_rest_auth.jwt_auth_refresh_cookie_path", "fewer requests get the cookie"),
    judged("contracts.dj_rest_auth.jwt_auth_secure", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let message = "the tokens travel in clear text, where others can take them; set true, as the proxy before this \
                       server speaks TLS";
        findings.error(contract.sets_jwt_cookies() && !contract.jwt_cookies.is_secure, message);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_httponly", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let message =
            "any script that gets into your page reads the tokens in the cookies, and takes them away; set true";
        findings.risk(contract.sets_jwt_cookies() && !contract.jwt_cookies.is_http_only, message);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_samesite", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let message = "browsers add the cookies to requests that any other site makes; set \"Lax\", and serve frontend \
                       and API from one site";
        findings.risk(contract.sets_jwt_cookies() && contract.jwt_cookies.same_site == CookieSameSite::None, message);
    }),
    judged("contracts.dj_rest_auth.jwt_auth_cookie_domain", |settings, findings| {
        let contract = &settings.contracts.dj_rest_auth;
        let message = "every host of the domain, and every network that can answer for one, receives the tokens and can \
                       set others; set \"\" unless several hosts need them";
        findings.risk(contract.sets_jwt_cookies() && contract.jwt_cookies.domain.is_some(), message);
    }),
    harmless(
        "contracts.dj_rest_auth.jwt_auth_cookie_use_csrf",
        "in any case a request is refused that the browser reports as another site's",
    ),
    harmless("contracts.dj_rest_auth.jwt_auth_return_expiration", "the tokens hold the same times"),
    harmless("contracts.profiles.enabled", "users see and change their own profile; see contracts.profiles.visible_to"),
    harmless("contracts.profiles.base_path", "every endpoint guards itself, whatever its path"),
    judged("contracts.profiles.visible_to", |settings, findings| {
        let profiles = &settings.contracts.profiles;
        let message = "everybody who registers reads the usernames of all users, and every field with \
                       `shown = \"logged-in\"`; set \"owner\" unless that is what your users expect";
        findings.risk(profiles.enabled && profiles.visible_to == ProfilesVisibility::LoggedIn, message);
    }),
    harmless("contracts.tutorial.enabled", "the same users, rules and limits as at any other contract"),
    harmless("contracts.tutorial.base_path", "every endpoint guards itself, whatever its path"),
];

/// Judges a page whose path is one of the API's, where a GET leads to that page.
fn leads_back<P: Purpose>(is_used: bool, page: Option<&FrontendUrl<P>>, own_path: &str, findings: &mut Findings) {
    let is_own = page.is_some_and(|page| page.as_url().path().starts_with(own_path));
    let message = "the path is the API's own, and leads to this page: without end, if this host serves the API; name the \
                   page of your frontend";
    findings.risk(is_used && is_own, message);
}
