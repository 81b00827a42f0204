//! `users/set_username/`, `users/reset_username/` and `users/reset_username_confirm/`.

use std::sync::{Arc, Mutex};

use countersign::{Hooks, Settings, UserId};
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

fn change(name: &str) -> Value {
    json!({ "new_username": name, "current_password": PASSWORD })
}

#[derive(Clone, Default)]
struct Renamed(Arc<Mutex<Vec<String>>>);

impl Hooks for Renamed {
    fn user_changed_username(&self, user_id: &UserId) {
        self.0.lock().expect("no test panics with it").push(user_id.to_string());
    }
}

#[tokio::test]
async fn a_changed_name_is_told_and_keeps_the_sessions() {
    let renamed = Renamed::default();
    let app = TestApp::with_hooks(renamed.clone(), without_activation).await;
    let (id, token) = app.djoser().somebody("ann").await;
    expect_nothing(&app.djoser().post_by(&token, paths::SET_USERNAME, &change("anna")).await);
    assert!(app.djoser().is_alive(&token).await);
    app.djoser().token("anna", PASSWORD).await;
    let mail = app.mail().await;
    assert_eq!(mail.to, "ann@mail.example");
    assert!(!mail.text.contains("anna"), "{}", mail.text);
    assert_eq!(*renamed.0.lock().expect("no test panics with it"), [id]);
    // The present name changes nothing, another spelling of it only the spelling.
    expect_nothing(&app.djoser().post_by(&token, paths::SET_USERNAME, &change("anna")).await);
    assert_eq!(app.mails().await.len(), 0);
    expect_nothing(&app.djoser().post_by(&token, paths::SET_USERNAME, &change("Anna")).await);
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["username"], "Anna");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_its_field() {
    let app = TestApp::with(without_activation).await;
    app.djoser().registered("bea").await;
    let (_, token) = app.djoser().somebody("ann").await;
    let refused = async |body: &Value| app.djoser().post_by(&token, paths::SET_USERNAME, body).await.expect(400);
    let required = json!(["This field is required."]);
    assert_eq!(refused(&json!({})).await, json!({ "new_username": required, "current_password": required }));
    let taken = json!(["A user with that username already exists."]);
    let both = json!({ "new_username": "BEA", "current_password": "Wrong-Lantern-9" });
    assert_eq!(refused(&both).await, json!({ "new_username": taken, "current_password": ["Invalid password."] }));
    assert!(refused(&change("a b")).await["new_username"].is_array());
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["username"], "ann");
}

#[tokio::test]
async fn a_site_may_ask_for_the_name_twice() {
    let retyped = |settings: &mut Settings| {
        without_activation(settings);
        settings.contracts.djoser.set_username_retype = true;
        settings.contracts.djoser.username_reset_confirm_retype = true;
    };
    let app = TestApp::with(retyped).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let sentence = json!({ "non_field_errors": ["The two username fields didn't match."] });
    let missing = json!({ "re_new_username": ["This field is required."] });
    let mut body = change("anna");
    assert_eq!(app.djoser().post_by(&token, paths::SET_USERNAME, &body).await.expect(400), missing);
    body["re_new_username"] = json!("x");
    assert_eq!(app.djoser().post_by(&token, paths::SET_USERNAME, &body).await.expect(400), sentence);
    body["re_new_username"] = json!("anna");
    expect_nothing(&app.djoser().post_by(&token, paths::SET_USERNAME, &body).await);
    app.mails().await;
    app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    let confirm = async |body: Value| app.djoser().post(paths::RESET_USERNAME_CONFIRM, &link.with(body)).await;
    assert_eq!(confirm(json!({ "new_username": "b" })).await.expect(400), missing);
    assert_eq!(confirm(json!({ "new_username": "b", "re_new_username": "x" })).await.expect(400), sentence);
    expect_nothing(&confirm(json!({ "new_username": "b", "re_new_username": "b" })).await);
}

#[tokio::test]
async fn a_mailed_link_sets_a_new_name_once() {
    let app = TestApp::with(with_activation).await;
    app.djoser().somebody("bea").await;
    let (_, token) = app.djoser().somebody("ann").await;
    expect_nothing(&app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await);
    let link = Link::of(&app.mail().await);
    assert!(link.url.starts_with("http://localhost:5173/username/reset/confirm/"), "{}", link.url);
    let confirm = async |body: Value| app.djoser().post(paths::RESET_USERNAME_CONFIRM, &body).await;
    assert_eq!(confirm(json!({})).await.expect(400), json!({ "new_username": ["This field is required."] }));
    let (no_user, no_link) = (
        json!({ "uid": ["Invalid user id or user doesn't exist."] }),
        json!({ "token": ["Invalid token for given user."] }),
    );
    for (body, expected) in [
        (json!({ "new_username": "anna" }), &no_user),
        (json!({ "new_username": "anna", "uid": "!", "token": link.token }), &no_user),
        (json!({ "new_username": "anna", "uid": link.uid }), &no_link),
        (json!({ "new_username": "anna", "uid": link.uid, "token": "x" }), &no_link),
    ] {
        assert_eq!(&confirm(body.clone()).await.expect(400), expected, "{body}");
    }
    let taken = json!({ "new_username": ["A user with that username already exists."] });
    assert_eq!(confirm(link.with(json!({ "new_username": "Bea" }))).await.expect(400), taken);
    let body = link.with(json!({ "new_username": "anna" }));
    expect_nothing(&confirm(body.clone()).await);
    assert_eq!(confirm(body).await.expect(400), no_link);
    assert!(app.djoser().is_alive(&token).await);
    app.djoser().token("anna", PASSWORD).await;
    assert_eq!(app.mail().await.to, "ann@mail.example");
}

#[tokio::test]
async fn a_link_dies_with_time_with_the_account_and_with_a_new_password() {
    let app = TestApp::with(without_activation).await;
    let (id, token) = app.djoser().somebody("ann").await;
    let ask = async || {
        app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
        Link::of(&app.mail().await).with(json!({ "new_username": "anna" }))
    };
    let refused = async |body: &Value| {
        let answer = app.djoser().post(paths::RESET_USERNAME_CONFIRM, body).await;
        assert_eq!(answer.expect(400), json!({ "token": ["Invalid token for given user."] }));
    };
    let old = ask().await;
    app.advance(86_401);
    refused(&old).await;
    let body = ask().await;
    let password = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    expect_nothing(&app.djoser().post_by(&token, paths::SET_PASSWORD, &password).await);
    refused(&body).await;
    app.mails().await;
    let body = ask().await;
    app.accounts().administration().disable_user(&UserId::from_stored(id)).await.expect("it is there");
    refused(&body).await;
}

#[tokio::test]
async fn without_a_page_for_it_names_cannot_be_reset() {
    let pageless = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.username_reset_confirm_url = None;
    };
    let app = TestApp::with(pageless).await;
    for path in [paths::RESET_USERNAME, paths::RESET_USERNAME_CONFIRM] {
        app.djoser().post(path, &json!({ "email": "ann@mail.example" })).await.expect_detail(404, "Not found.");
    }
}

#[tokio::test]
async fn without_a_link_nobody_learns_which_names_are_taken() {
    let app = TestApp::with(with_activation).await;
    app.djoser().somebody("bea").await;
    let mut answers = Vec::new();
    for name in ["bea", "nobody"] {
        let body =
            json!({ "new_username": name, "uid": "YW5u", "token": "1700000000-00112233445566778899aabbccddeeff" });
        answers.push(app.djoser().post(paths::RESET_USERNAME_CONFIRM, &body).await.expect(400));
        answers
            .push(app.djoser().post(paths::RESET_USERNAME_CONFIRM, &json!({ "new_username": name })).await.expect(400));
    }
    assert_eq!(answers[..2], answers[2..]);
}

#[tokio::test]
async fn a_link_may_set_the_present_name_in_another_spelling() {
    let app = TestApp::with(with_activation).await;
    app.djoser().somebody("ann").await;
    app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    let body = link.with(json!({ "new_username": "Ann" }));
    expect_nothing(&app.djoser().post(paths::RESET_USERNAME_CONFIRM, &body).await);
    assert_eq!(app.users().await[0].username.as_deref(), Some("Ann"));
}

#[tokio::test]
async fn a_username_that_is_changed_at_the_other_contract_is_told_too() {
    let app = TestApp::with(with_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let change = json!({ "username": "anna" });
    app.send(app.request_by(&token, "PATCH", "profile/").json(&change)).await.expect(200);
    assert_eq!(app.mail().await.to, "ann@mail.example");
}

#[tokio::test]
async fn a_repetition_that_is_no_name_differs() {
    let app = TestApp::with(|settings| {
        without_activation(settings);
        settings.contracts.djoser.set_username_retype = true;
    })
    .await;
    let (_, token) = app.djoser().somebody("ann").await;
    let mut body = change("anna");
    body["re_new_username"] = json!("a b");
    let sentence = json!({ "non_field_errors": ["The two username fields didn't match."] });
    assert_eq!(app.djoser().post_by(&token, paths::SET_USERNAME, &body).await.expect(400), sentence);
}

#[tokio::test]
async fn an_imported_name_that_breaks_the_rules_of_today_is_still_the_users_own() {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        settings.contracts.djoser.set_username_retype = true;
    })
    .await;
    let (id, token) = app.djoser().somebody("ann").await;
    // Letters of two scripts, which no new name may have.
    let name = "ann\u{0430}";
    app.execute(&format!("UPDATE users SET username = '{name}', username_key = '{name}'"));
    let set = async |name: &str| {
        let body = json!({ "new_username": name, "re_new_username": name, "current_password": PASSWORD });
        app.djoser().post_by(&token, paths::SET_USERNAME, &body).await
    };
    expect_nothing(&set(name).await);
    assert!(set(&name.to_uppercase()).await.expect(400)["new_username"].is_array(), "another spelling is a new name");
    assert_eq!((app.user(&id).await.username.as_deref(), app.mails().await.len()), (Some(name), 0));
}

#[tokio::test]
async fn the_present_name_uses_the_link_up_and_is_not_told_as_new() {
    let app = TestApp::with(with_activation).await;
    app.djoser().somebody("ann").await;
    app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    let confirm = async |name: &str| {
        app.djoser().post(paths::RESET_USERNAME_CONFIRM, &link.with(json!({ "new_username": name }))).await
    };
    expect_nothing(&confirm("ann").await);
    assert!(app.mails().await.is_empty());
    assert_eq!(confirm("anna").await.expect(400), json!({ "token": ["Invalid token for given user."] }));
    assert_eq!(app.users().await[0].username.as_deref(), Some("ann"));
}
