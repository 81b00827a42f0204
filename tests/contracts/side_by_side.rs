//! Two contracts at once: each has its own paths, error style and challenge, and both share users and limits.

use countersign::Settings;
use serde_json::json;

use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::tutorial::credentials;
use crate::support::{Answer, TestApp};

fn both(settings: &mut Settings) {
    settings.contracts.tutorial.enabled = true;
    settings.contracts.accounts.non_field_errors_key = Some("__all__".to_owned());
}

#[tokio::test]
async fn each_contract_writes_errors_in_its_own_style() {
    let app = TestApp::with(both).await;
    let wrong = json!({ "login": "ann", "username": "ann", "password": "wrong" });
    let accounts = app.post_json(paths::LOGIN, &wrong).await;
    assert_eq!(accounts.expect(400), json!({ "__all__": ["Login or password invalid."] }));
    let tutorial = app.tutorial().log_in(&wrong).await;
    assert_eq!(tutorial.expect(401), json!({ "detail": "Invalid credentials" }));
    assert_eq!(tutorial.header("www-authenticate"), None);
    assert_eq!(app.get(paths::PROFILE).await.header("www-authenticate"), Some("Token"));
}

#[tokio::test]
async fn a_path_of_one_contract_is_not_there_in_the_other() {
    let app = TestApp::with(both).await;
    for path in ["/api/user/profile/", "/api/user/", "/api/v1/accounts/nothing/", "/api/"] {
        app.get(path).await.expect_detail(404, "Not found.");
    }
}

#[tokio::test]
async fn a_contract_that_is_off_is_not_there() {
    let app = TestApp::start().await;
    app.tutorial().log_in(&json!({})).await.expect_detail(404, "Not found.");
    let only = |settings: &mut Settings| {
        settings.contracts.tutorial.enabled = true;
        settings.contracts.accounts.enabled = false;
    };
    let app = TestApp::with(only).await;
    app.post_json(paths::LOGIN, &json!({})).await.expect_detail(404, "Not found.");
    app.tutorial().log_in(&json!({})).await.expect(401);
    app.get("/healthz").await.expect_detail(200, "alive");
}

#[tokio::test]
async fn a_contract_may_stand_below_the_path_of_another() {
    let nested = |settings: &mut Settings| {
        both(settings);
        settings.contracts.accounts.base_path = "/".to_owned();
        settings.contracts.tutorial.base_path = "/token/".to_owned();
    };
    let app = TestApp::with(nested).await;
    app.tutorial().log_in(&json!({})).await.expect(401);
    app.post_json("/login/", &json!({})).await.expect(400);
    app.get("/healthz").await.expect_detail(200, "alive");
}

#[tokio::test]
async fn wrong_passwords_at_one_contract_leave_no_tries_at_the_other() {
    let limited = |settings: &mut Settings| {
        both(settings);
        settings.throttle.enabled = true;
        settings.login.require_verified = false;
    };
    let app = TestApp::with(limited).await;
    app.registered("ann").await;
    for _ in 0..10 {
        app.post_json(paths::LOGIN, &json!({ "login": "ann", "password": "wrong" })).await.expect(400);
    }
    let right = credentials("ann", PASSWORD);
    app.tutorial().log_in(&right).await.expect(429);
}

#[tokio::test]
async fn registrations_count_together() {
    let limited = |settings: &mut Settings| {
        both(settings);
        settings.throttle.enabled = true;
    };
    let app = TestApp::with(limited).await;
    let body = json!({});
    for number in 0..20 {
        let answer = if number % 2 == 0 {
            app.post_json(paths::REGISTER, &body).await
        } else {
            app.tutorial().register(&body).await
        };
        answer.expect(400);
    }
    app.post_json(paths::REGISTER, &body).await.expect(429);
    app.tutorial().register(&body).await.expect(429);
}

/// What a browser keeps of its cookies after an answer.
fn kept(before: &[(String, String)], answer: &Answer) -> Vec<(String, String)> {
    let mut kept = before.to_vec();
    for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
        let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
        kept.retain(|(other, _)| other != name);
        if !value.is_empty() {
            kept.push((name.to_owned(), value.to_owned()));
        }
    }
    kept
}

#[tokio::test]
async fn a_browser_is_logged_in_as_the_user_of_its_newest_login() {
    let app = TestApp::with(|settings| {
        settings.registration.verification = false;
        for contract in [&mut settings.contracts.dj_rest_auth, &mut settings.contracts.django_rest_auth] {
            contract.enabled = true;
            contract.use_jwt = true;
            contract.session_login = false;
        }
        settings.contracts.dj_rest_auth.jwt_cookies.access_name = Some("access".to_owned());
        settings.contracts.dj_rest_auth.jwt_cookies.refresh_name = Some("refresh".to_owned());
        settings.contracts.dj_rest_auth.jwt_cookies.refresh_path = "/dj-rest-auth/token/".to_owned();
        settings.contracts.django_rest_auth.jwt_cookies.access_name = Some("jwt".to_owned());
    })
    .await;
    for name in ["alice", "berta"] {
        app.registered(name).await;
    }
    let own = app.url("/");
    let own = own.trim_end_matches('/');
    let logins = [paths::LOGIN, "/dj-rest-auth/login/", "/rest-auth/login/"];
    for (first, second) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
        let mut browser = Vec::new();
        for (path, user) in [(logins[first], "alice"), (logins[second], "berta")] {
            let header = browser.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            let name = if path == paths::LOGIN { "login" } else { "username" };
            let request = app.request("POST", path).header("cookie", header).header("origin", own);
            let answer = app.send(request.json(&json!({ name: user, "password": PASSWORD }))).await;
            answer.expect(200);
            browser = kept(&browser, &answer);
        }
        let header = browser.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        for path in [paths::PROFILE, "/dj-rest-auth/user/", "/rest-auth/user/"] {
            let answer = app.send(app.request("GET", path).header("cookie", &header)).await;
            assert_eq!(answer.expect(200)["username"], "berta", "{first}, {second}: {path}, {header}");
        }
        let out = app.request("POST", paths::LOGOUT).header("cookie", &header).header("origin", own);
        let answer = app.send(out.json(&json!({}))).await;
        answer.expect(200);
        assert!(kept(&browser, &answer).iter().all(|(name, _)| name == "refresh"), "{answer:?}");
        for path in [paths::PROFILE, "/dj-rest-auth/user/", "/rest-auth/user/"] {
            assert_eq!(app.send(app.request("GET", path).header("cookie", &header)).await.status, 401, "{header}");
        }
    }
}
