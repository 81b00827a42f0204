//! `users/me/` DELETE.

use std::sync::{Arc, Mutex};

use countersign::{Hooks, Settings, UserId};
use serde_json::json;

use super::without_activation;
use crate::support::TestApp;
use crate::support::djoser::{credentials, expect_nothing, paths};
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;

#[derive(Clone, Default)]
struct Deleted(Arc<Mutex<Vec<String>>>);

impl Hooks for Deleted {
    fn user_deleted(&self, user_id: &UserId) {
        self.0.lock().expect("no test panics with it").push(user_id.to_string());
    }
}

#[tokio::test]
async fn a_user_who_knows_the_password_deletes_the_account_with_all_that_hangs_on_it() {
    let deleted = Deleted::default();
    let app = TestApp::with_hooks(deleted.clone(), without_activation).await;
    let (id, token) = app.djoser().somebody("ann").await;
    let other_device = app.djoser().token("ann", PASSWORD).await;
    app.djoser().post(paths::RESET_PASSWORD, &json!({ "email": "ann@mail.example" })).await;
    let path = paths::user(&id);
    for (path, body, sentence) in [
        (paths::ME, json!({}), "This field is required."),
        (paths::ME, json!({ "current_password": "Wrong-Lantern-9" }), "Invalid password."),
        (path.as_str(), json!({ "current_password": "" }), "This field may not be blank."),
    ] {
        let answer = app.djoser().send_by(&token, "DELETE", path, &body).await;
        assert_eq!(answer.expect(400), json!({ "current_password": [sentence] }));
    }
    assert_eq!(app.users().await.len(), 1);
    expect_nothing(&app.djoser().send_by(&token, "DELETE", &path, &json!({ "current_password": PASSWORD })).await);
    assert_eq!((app.users().await.len(), app.mails().await.len()), (0, 0));
    for token in [&token, &other_device] {
        app.djoser().get_by(token, paths::ME).await.expect_detail(401, "Invalid token.");
    }
    app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await.expect(400);
    assert_eq!(*deleted.0.lock().expect("no test panics with it"), [id]);
    app.djoser().somebody("ann").await;
}

#[tokio::test]
async fn wrong_passwords_are_counted_with_those_of_other_changes() {
    let limited = |settings: &mut Settings| {
        without_activation(settings);
        three_guesses(settings);
    };
    let app = TestApp::with(limited).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let wrong =
        json!({ "current_password": "Wrong-Lantern-9", "new_password": "Velvet-Comet-77", "new_username": "b" });
    app.djoser().send_by(&token, "DELETE", paths::ME, &wrong).await.expect(400);
    app.djoser().post_by(&token, paths::SET_PASSWORD, &wrong).await.expect(400);
    app.djoser().post_by(&token, paths::SET_USERNAME, &wrong).await.expect(400);
    app.djoser().send_by(&token, "DELETE", paths::ME, &wrong).await.expect(429);
}
