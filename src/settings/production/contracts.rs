//! `[contracts.…]`.

use super::row::{Row, harmless, judged};

pub(super) const ROWS: &[Row] = &[
    judged("contracts.accounts.enabled", |settings, findings| {
        let message = "no contract is on, so that no frontend can register or log in; set one to true";
        findings.risk(settings.contracts.enabled().next().is_none(), message);
        let is_left_alone = !settings.contracts.accounts.enabled && settings.contracts.enabled().next().is_some();
        let message = "new users get a link, and no contract that is on takes it, so that they can never log in; set true, \
                       or `registration.verification` to false";
        findings.risk(is_left_alone && settings.registration.verification, message);
    }),
    harmless("contracts.accounts.base_path", "every endpoint guards itself, whatever its path"),
    harmless("contracts.accounts.non_field_errors_key", "the name of a member in answers"),
    harmless("contracts.accounts.register_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.change_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.reset_password_confirm", "a courtesy of forms"),
    harmless("contracts.accounts.reset_password_by_email", "a name or an address, answered alike"),
    harmless("contracts.tutorial.enabled", "the same users, rules and limits as at any other contract"),
    harmless("contracts.tutorial.base_path", "every endpoint guards itself, whatever its path"),
];
