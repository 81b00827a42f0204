//! Everybody at once at one budget: what is spent is spent once, and names reserved are reserved once.

use countersign::Settings;
use countersign::settings::Rate;
use serde_json::json;

use super::all_are_clear;
use crate::support::TestApp;
use crate::support::accounts::{at_once, count};
use crate::support::limits::{rate, unreached};
use crate::support::test_app::PASSWORD;

/// Limits per account as given, and none per client.
fn throttled(account_login: Rate) -> impl FnOnce(&mut Settings) {
    move |settings| {
        settings.throttle.enabled = true;
        settings.throttle.register = unreached();
        settings.throttle.login = unreached();
        settings.throttle.account_login = account_login;
        settings.throttle.account_login_anywhere = unreached();
        settings.throttle.account_mails = unreached();
    }
}

#[tokio::test]
async fn of_many_wrong_logins_as_many_are_looked_at_as_the_budget_holds() {
    let app = TestApp::with(throttled(rate(1, 5))).await;
    app.verified("ann").await;
    let answers = at_once((0..100).map(|_| app.log_in("ann", "Wrong-Lantern-9"))).await;
    assert_eq!((count(&answers, 400), count(&answers, 429)), (5, 95));
    let refused = answers.iter().find(|answer| answer.status == 429).expect("there are 95");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(refused.header("ratelimit"), None, "what an account has left is not told");
}

#[tokio::test]
async fn all_devices_log_in_at_once() {
    let app = TestApp::with(throttled(unreached())).await;
    app.verified("ann").await;
    let answers = at_once((0..48).map(|_| app.log_in("ann", PASSWORD))).await;
    assert_eq!(count(&answers, 200), 48, "{answers:?}");
}

#[tokio::test]
async fn of_many_who_register_one_name_with_any_address_one_is_told_201() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    for (name, taken_every) in [("bob", 1), ("cyd", 2), ("dan", 47)] {
        let bodies: Vec<_> = (0..48)
            .map(|number| match number % taken_every {
                0 => json!({ "email": ann.email }),
                _ => json!({ "email": format!("{name}{number}@mail.example") }),
            })
            .collect();
        let answers = at_once(bodies.iter().map(|body| app.register(name, body.clone()))).await;
        all_are_clear(&answers);
        assert_eq!((count(&answers, 201), count(&answers, 400)), (1, 47), "{name}");
    }
}
