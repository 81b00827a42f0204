//! Two contracts at once: each has its own paths, error style and challenge, and both share users and limits.

use countersign::Settings;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::tutorial::credentials;

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
