//! The headers that tell a client what is left of its limit.

use std::collections::BTreeSet;

use countersign::Settings;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::endpoints::{self, taking_bodies};
use crate::support::limits::{rate, three_guesses, unreached};

fn three_logins(settings: &mut Settings) {
    settings.throttle.enabled = true;
    settings.throttle.login = rate(20, 3);
    settings.throttle.account_login = unreached();
}

#[tokio::test]
async fn each_answer_tells_what_is_left_and_the_refusal_when_to_come_back() {
    let app = TestApp::with(three_logins).await;
    app.verified("ann").await;
    for (password, status, state) in [
        (crate::support::test_app::PASSWORD, 200, "\"login\";r=2;t=180"),
        ("wrong", 400, "\"login\";r=1;t=180"),
        ("", 400, "\"login\";r=0;t=180"),
    ] {
        let answer = app.log_in("ann", password).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (status, Some(state)));
        assert_eq!(answer.header("ratelimit-policy"), Some("\"login\";q=3;w=540"));
    }
    let refused = app.log_in("ann", "wrong").await;
    refused.expect(429);
    let retry_after = refused.header("retry-after").expect("it has one");
    assert!((1..=180).contains(&retry_after.parse::<u64>().expect("seconds")), "{retry_after}");
    assert_eq!(refused.header("ratelimit"), Some(&*format!("\"login\";r=0;t={retry_after}")));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"login\";q=3;w=540"));
    let headers = |name: &str| refused.headers.iter().filter(|(known, _)| known.starts_with(name)).count();
    assert_eq!((headers("ratelimit"), headers("retry-after")), (2, 1), "each is there once");
}

#[tokio::test]
async fn what_an_account_has_left_is_not_told() {
    let app = TestApp::with(three_guesses).await;
    app.verified("ann").await;
    for _ in 0..3 {
        let answer = app.log_in("ann", "wrong").await;
        assert!(answer.header("ratelimit").expect("it has one").starts_with("\"login\";r=9"));
    }
    let refused = app.log_in("ann", "wrong").await;
    refused.expect(429);
    assert!(refused.header("retry-after").is_some());
    assert_eq!((refused.header("ratelimit"), refused.header("ratelimit-policy")), (None, None));
}

#[tokio::test]
async fn a_site_may_tell_nothing_but_when_to_come_back() {
    let app = TestApp::with(|settings| {
        three_logins(settings);
        settings.throttle.rate_limit_headers = false;
    })
    .await;
    for status in [400, 400, 400, 429] {
        let answer = app.log_in("ann", "wrong").await;
        assert_eq!((answer.status, answer.header("retry-after").is_some()), (status, status == 429));
        assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("ratelimit")), "{answer:?}");
    }
}

#[tokio::test]
async fn endpoints_without_a_limit_tell_of_none() {
    let app = TestApp::with(|settings| settings.throttle.enabled = true).await;
    let (_, token) = app.somebody("ann").await;
    let forged = json!({ "user_id": "ann", "timestamp": 1, "signature": "0".repeat(64) });
    for answer in [
        app.get_by(&token, paths::PROFILE).await,
        app.post_json(paths::VERIFY_REGISTRATION, &forged).await,
        app.get("/healthz").await,
    ] {
        assert_eq!(answer.header("ratelimit"), None, "{answer:?}");
    }
}

#[tokio::test]
async fn the_limits_of_all_endpoints_have_the_names_of_their_settings() {
    let app = TestApp::with_all_contracts(|settings| settings.throttle.enabled = true).await;
    let (_, token) = app.somebody("ann").await;
    let mut names = BTreeSet::new();
    let rows = taking_bodies(endpoints::all()).into_iter();
    for (row, body) in rows.filter(|(row, _)| !row.endpoint.path.contains("logout")) {
        let answer = app.send(app.request_to(&row, &token).json(&body)).await;
        if let Some(policy) = answer.header("ratelimit-policy") {
            names.insert(policy.split('"').nth(1).expect("a name").to_owned());
        }
    }
    let answer = app.get_by(&token, paths::SESSIONS).await;
    names.extend(answer.header("ratelimit").and_then(|state| state.split('"').nth(1)).map(str::to_owned));
    let known = [
        "login",
        "refresh",
        "register",
        "register_email",
        "resend_verification",
        "reset_password",
        "send_reset_link",
        "sessions",
    ];
    assert_eq!(names, known.map(str::to_owned).into());
}

#[tokio::test]
async fn pages_of_other_origins_may_read_them() {
    let app = TestApp::with(|settings| {
        three_logins(settings);
        settings.cors.allowed_origins = vec![countersign::settings::Origin::parse("https://app.example").expect("one")];
    })
    .await;
    let request = app.request("POST", paths::LOGIN).header("origin", "https://app.example").json(&json!({}));
    let answer = app.send(request).await;
    let exposed = answer.header("access-control-expose-headers").expect("it has one");
    assert_eq!(exposed, "x-request-id, retry-after, ratelimit, ratelimit-policy");
}
