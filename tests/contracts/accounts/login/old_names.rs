//! Usernames that version 0.1.0 accepted and that could not be chosen today.

use serde_json::json;

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

/// A letter that draws nothing, and a Cyrillic letter among Latin ones.
const OLD_NAMES: [&str; 2] = ["ann\u{1160}", "аnn"];

/// A user whose name was chosen under the old rule, and stored under the key of that time.
async fn renamed(app: &TestApp, name: &str) -> String {
    let bob = app.verified("bob").await;
    app.execute(&format!("UPDATE users SET username = '{name}', username_key = '{name}' WHERE id = '{}'", bob.id));
    bob.id
}

#[tokio::test]
async fn an_old_name_still_logs_in_and_still_gets_its_reset_link() {
    for name in OLD_NAMES {
        let app = TestApp::start().await;
        let id = renamed(&app, name).await;
        app.log_in(name, PASSWORD).await.expect(200);
        app.log_in(&name.to_uppercase(), PASSWORD).await.expect(200);
        assert_eq!(app.reset_link(name).await.user_id, id);
    }
}

#[tokio::test]
async fn an_old_name_neither_stands_for_the_plain_one_nor_keeps_it_taken() {
    for name in OLD_NAMES {
        let app = TestApp::start().await;
        renamed(&app, name).await;
        app.log_in("ann", PASSWORD).await.expect_detail(400, REFUSED);
        app.register("ann", json!({})).await.expect(201);
        app.log_in(name, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_old_name_may_be_kept_and_not_be_chosen_anew() {
    for name in OLD_NAMES {
        let app = TestApp::start().await;
        let (_, other) = app.somebody("cyd").await;
        let id = renamed(&app, name).await;
        let token = app.log_in(name, PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
        let put =
            |token: &str, body: &serde_json::Value| app.send(app.request_by(token, "PUT", paths::PROFILE).json(body));
        let kept = put(&token, &json!({ "username": name, "first_name": "B" })).await.expect(200);
        assert_eq!((&kept["username"], &kept["first_name"]), (&json!(name), &json!("B")));
        assert_eq!(app.lines(&format!("SELECT username_key AS line FROM users WHERE id = '{id}'")), [name]);
        put(&other, &json!({ "username": name })).await.expect(400);

        // Into a name of today it may be changed, if that is free.
        assert_eq!(put(&token, &json!({ "username": "ann" })).await.expect(200)["username"], "ann");
        app.log_in("ann", PASSWORD).await.expect(200);
        app.log_in(name, PASSWORD).await.expect_detail(400, REFUSED);
    }
}
