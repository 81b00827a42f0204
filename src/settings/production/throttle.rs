//! `[throttle]`: limits so high that there are none, and so low that honest people are kept out.

use std::sync::OnceLock;

use super::super::Settings;
use super::super::ThrottleSettings;
use super::row::{Findings, Row, harmless, judged};

/// Per client address, how many times the default is still a limit: a school behind one address.
const CLIENT_FACTOR: u32 = 10;
/// Per account, how many times the default is still a limit. There is one person behind an account.
const ACCOUNT_FACTOR: u32 = 3;
/// What part of the default still lets honest people in.
const LOWEST_PART: u32 = 10;

pub(super) const ROWS: &[Row] = &[
    judged("throttle.enabled", |settings, findings| {
        let message = "scripts may guess passwords, register and ask for mails without limit; set true";
        findings.risk(!settings.throttle.enabled, message);
    }),
    harmless(
        "throttle.rate_limit_headers",
        "a client learns of its own network's limits only, and could count by itself",
    ),
    judged("throttle.register_per_hour", client_limit),
    judged("throttle.register_burst", client_limit),
    judged("throttle.resend_verification_per_hour", client_limit),
    judged("throttle.resend_verification_burst", client_limit),
    judged("throttle.login_per_hour", client_limit),
    judged("throttle.login_burst", client_limit),
    judged("throttle.send_reset_link_per_hour", client_limit),
    judged("throttle.send_reset_link_burst", client_limit),
    judged("throttle.reset_password_per_hour", client_limit),
    judged("throttle.reset_password_burst", client_limit),
    judged("throttle.register_email_per_hour", client_limit),
    judged("throttle.register_email_burst", client_limit),
    judged("throttle.sessions_per_hour", client_limit),
    judged("throttle.sessions_burst", client_limit),
    judged("throttle.refresh_per_hour", client_limit),
    judged("throttle.refresh_burst", client_limit),
    judged("throttle.account_login_per_hour", account_limit),
    judged("throttle.account_login_burst", account_limit),
    judged("throttle.account_login_anywhere_per_hour", account_limit),
    judged("throttle.account_login_anywhere_burst", account_limit),
    judged("throttle.account_mails_per_hour", account_limit),
    judged("throttle.account_mails_burst", account_limit),
];

fn client_limit(settings: &Settings, findings: &mut Findings) {
    let harm = "a script behind one address guesses, registers or has mails sent nearly without limit";
    limit(settings, CLIENT_FACTOR, harm, findings);
}

fn account_limit(settings: &Settings, findings: &mut Findings) {
    limit(settings, ACCOUNT_FACTOR, "an account is guessed at, or its mailbox filled, nearly without limit", findings);
}

fn limit(settings: &Settings, factor: u32, harm: &str, findings: &mut Findings) {
    static DEFAULTS: OnceLock<ThrottleSettings> = OnceLock::new();
    let default = number(DEFAULTS.get_or_init(|| Settings::defaults().throttle), findings.key);
    let number = number(&settings.throttle, findings.key);
    let is_used = settings.throttle.enabled;
    let message = format!("{harm}: that is more than {factor} times the default; use {default}");
    findings.risk(is_used && number > default.saturating_mul(factor), &message);
    let message = format!("honest people are kept out with 429, and a stranger can see to it; use {default}");
    findings.risk(is_used && number < default / LOWEST_PART, &message);
}

/// Returns the number that the setting `key` sets.
fn number(throttle: &ThrottleSettings, key: &str) -> u32 {
    let name = key.strip_prefix("throttle.").unwrap_or(key);
    let (name, is_burst) = match name.strip_suffix("_burst") {
        Some(name) => (name, true),
        None => (name.strip_suffix("_per_hour").unwrap_or(name), false),
    };
    let rate = match name {
        "register" => throttle.register,
        "resend_verification" => throttle.resend_verification,
        "login" => throttle.login,
        "send_reset_link" => throttle.send_reset_link,
        "reset_password" => throttle.reset_password,
        "register_email" => throttle.register_email,
        "sessions" => throttle.sessions,
        "refresh" => throttle.refresh,
        "account_login" => throttle.account_login,
        "account_login_anywhere" => throttle.account_login_anywhere,
        "account_mails" => throttle.account_mails,
        _ => unreachable!("`{key}` has a row for limits, and names none of them"),
    };
    if is_burst { rate.burst.get() } else { rate.per_hour.get() }
}
