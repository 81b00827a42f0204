//! `[contracts.…]`.

use super::changes::public_page;
use super::local::is_this_machine;
use super::row::{Row, harmless, judged};
use crate::settings::contracts::ProfilesVisibility;

pub(super) const ROWS: &[Row] = &[
    judged("contracts.accounts.enabled", |settings, findings| {
        let contracts = &settings.contracts;
        let message = "no contract with a login is on, so that no frontend can register or log in; set one to true";
        findings.risk_of_any_mode(!contracts.log_in(), message);
        let is_left_alone = !contracts.take_links() && contracts.log_in();
        let message = "new users get a link, and no contract that is on takes it, so that they can never log in; set true, \
                       or `registration.verification` to false";
        findings.risk_of_any_mode(is_left_alone && settings.registration.verification, message);
    }),
    harmless("contracts.accounts.base_path", "every endpoint guards itself, whatever its path"),
    harmless("contracts.accounts.login", "whichever it is, logout and a new password end it; see [sessions] and [jwt]"),
    harmless("contracts.accounts.non_field_errors_key", "the name of a member in answers"),
    harmless("contracts.accounts.register_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.change_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.reset_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.reset_password_by_email", "a name or an address, answered alike"),
    harmless("contracts.accounts.account_deletion", "only the users themselves, who know their password"),
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
];

/// The contracts of tutorials.
pub(super) const TUTORIAL_ROWS: &[Row] = &[
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
