//! Limits that count by account, name and mailbox.

mod guesses;
mod mailboxes;
mod unfinished;

use countersign::Settings;
use serde_json::json;

use crate::support::accounts::paths;
use crate::support::limits::unreached;
use crate::support::{Answer, TestApp};

/// A password that no user has.
const WRONG: &str = "Wrong-Lantern-9";

/// The limits per account of the defaults, and none per client. Clients come through a proxy.
pub fn by_account(settings: &mut Settings) {
    let none = unreached();
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
