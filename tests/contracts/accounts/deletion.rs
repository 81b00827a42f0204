//! `profile/` DELETE.

use std::sync::{Arc, Mutex};

use countersign::{Hooks, UserId};
use serde_json::{Value, json};

use crate::support::accounts::{COOKIE, NEW_PASSWORD, cookie, paths};
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

#[derive(Clone, Default)]
struct Deleted(Arc<Mutex<Vec<String>>>);

impl Hooks for Deleted {
    fn user_deleted(&self, user_id: &UserId) {
        self.0.lock().expect("no test panics with it").push(user_id.to_string());
    }
}

async fn delete(app: &TestApp, token: &str, body: &Value) -> Answer {
    app.send(app.request_by(token, "DELETE", paths::PROFILE).json(body)).await
}

#[tokio::test]
async fn a_user_who_knows_the_password_deletes_the_account_with_all_that_hangs_on_it() {
    let deleted = Deleted::default();
    let app = TestApp::with_hooks(deleted.clone(), |_| {}).await;
    let (ann, token) = app.somebody("ann").await;
    let other_device = app.token_of(&ann).await;
    app.ask_for_reset("ann").await.expect(200);
    for (body, sentence) in [
        (json!({}), "This field is required."),
        (json!({ "password": null }), "This field may not be null."),
        (json!({ "password": "" }), "This field may not be blank."),
        (json!({ "password": NEW_PASSWORD }), "Password is not correct"),
    ] {
        assert_eq!(delete(&app, &token, &body).await.expect(400), json!({ "password": [sentence] }));
    }
    assert_eq!(app.users().await.len(), 1);
    let request = app.request_by(&token, "DELETE", paths::PROFILE).header("accept", "application/problem+json");
    let problem = app.send(request.json(&json!({ "password": NEW_PASSWORD }))).await;
    assert_eq!(problem.expect(400)["errors"]["password"][0]["code"], "password_incorrect");

    delete(&app, &token, &json!({ "password": PASSWORD })).await.expect_detail(200, "Account deleted");
    assert_eq!((app.users().await.len(), app.mails().await.len()), (0, 0));
    for token in [&token, &other_device] {
        app.get_by(token, paths::PROFILE).await.expect_detail(401, "Invalid token.");
    }
    app.log_in("ann", PASSWORD).await.expect(400);
    assert_eq!(*deleted.0.lock().expect("no test panics with it"), [ann.id]);
    app.somebody("ann").await;
}

#[tokio::test]
async fn a_browser_loses_the_cookie_of_a_deleted_account() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let session = cookie(&app.log_in("ann", PASSWORD).await, COOKIE).expect("a cookie");
    let request = || {
        let request = app.request("DELETE", paths::PROFILE).header("cookie", format!("{COOKIE}={session}"));
        request.json(&json!({ "password": PASSWORD }))
    };
    app.send(request().header("origin", "https://evil.example")).await.expect(403);
    assert_eq!(app.users().await.len(), 1);
    let deleted = app.send(request().header("sec-fetch-site", "same-origin")).await;
    deleted.expect_detail(200, "Account deleted");
    assert_eq!(cookie(&deleted, COOKIE).as_deref(), Some(""));
}

#[tokio::test]
async fn wrong_passwords_are_counted_with_those_of_other_changes() {
    let app = TestApp::with(three_guesses).await;
    let (_, token) = app.somebody("ann").await;
    for _ in 0..2 {
        delete(&app, &token, &json!({ "password": NEW_PASSWORD })).await.expect(400);
    }
    app.change_password(&token, NEW_PASSWORD, PASSWORD).await.expect(400);
    delete(&app, &token, &json!({ "password": PASSWORD })).await.expect(429);
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_site_may_keep_its_accounts() {
    let app = TestApp::with(|settings| settings.contracts.accounts.account_deletion = false).await;
    let (_, token) = app.somebody("ann").await;
    let refused = delete(&app, &token, &json!({ "password": PASSWORD })).await;
    refused.expect_detail(405, "Method \"DELETE\" not allowed.");
    assert_eq!(refused.header("allow"), Some("GET, POST, PUT, PATCH, HEAD, OPTIONS"));
    let path = &app.described()["paths"]["/api/v1/accounts/profile/"];
    assert!(path.get("get").is_some() && path.get("delete").is_none());
}
