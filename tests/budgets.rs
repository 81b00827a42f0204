//! Limits that count by account, name and mailbox.

mod guesses;
mod mailboxes;
mod unfinished;

use std::num::NonZeroU32;

use countersign::Settings;
use countersign::settings::Rate;
use serde_json::json;

use crate::support::accounts::paths;
use crate::support::{Answer, TestApp};

/// A password that is nobody's.
const WRONG: &str = "Wrong-Lantern-9";

pub fn rate(per_hour: u32, burst: u32) -> Rate {
    let number = |number| NonZeroU32::new(number).expect("not zero");
    Rate { per_hour: number(per_hour), burst: number(burst) }
}

/// The limits per account of the defaults, and none per client. Clients come through a proxy.
pub fn by_account(settings: &mut Settings) {
    let none = rate(1_000_000, 100_000);
    settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    let throttle = &mut settings.throttle;
    throttle.enabled = true;
    (throttle.register, throttle.resend_verification, throttle.login) = (none, none, none);
    (throttle.send_reset_link, throttle.reset_password, throttle.register_email) = (none, none, none);
}

/// Logs in from an address.
async fn log_in_from(app: &TestApp, address: &str, login: &str, password: &str) -> Answer {
    let request = app.request("POST", paths::LOGIN).header("x-forwarded-for", address);
    app.send(request.json(&json!({ "login": login, "password": password }))).await
}
