//! `users/set_password/`, `users/reset_password/` and `users/reset_password_confirm/`.

use countersign::{Settings, UserId};
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::djoser::{Link, credentials, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

fn change(current: &str, new: &str) -> Value {
    json!({ "current_password": current, "new_password": new })
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let app = TestApp::with(without_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let other = app.djoser().token("ann", PASSWORD).await;
    expect_nothing(&app.djoser().post_by(&token, paths::SET_PASSWORD, &change(PASSWORD, NEW_PASSWORD)).await);
    assert!(app.djoser().is_alive(&token).await && !app.djoser().is_alive(&other).await);
    app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await.expect(400);
    app.djoser().token("ann", NEW_PASSWORD).await;
    assert_eq!(app.mail().await.subject, "Your password at Tea & Co was changed");
}

#[tokio::test]
async fn all_fields_are_judged_before_the_rules_of_the_new_password() {
    let app = TestApp::with(without_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let refused = async |body: &Value| app.djoser().post_by(&token, paths::SET_PASSWORD, body).await.expect(400);
    let (required, wrong) = (json!(["This field is required."]), json!(["Invalid password."]));
    assert_eq!(refused(&json!({})).await, json!({ "new_password": required, "current_password": required }));
    let no_new = json!({ "current_password": "Wrong-Lantern-9" });
    assert_eq!(refused(&no_new).await, json!({ "new_password": required, "current_password": wrong }));
    assert_eq!(refused(&change("Wrong-Lantern-9", "12345678")).await, json!({ "current_password": wrong }));
    let weak = json!({ "new_password": ["This password is too common.", "This password is entirely numeric."] });
    assert_eq!(refused(&change(PASSWORD, "12345678")).await, weak);
    assert!(app.djoser().is_alive(&token).await);
}

#[tokio::test]
async fn a_site_may_ask_for_the_new_password_twice_and_log_out_afterwards() {
    let strict = |settings: &mut Settings| {
        without_activation(settings);
        settings.contracts.djoser.set_password_retype = true;
        settings.contracts.djoser.logout_on_password_change = true;
    };
    let app = TestApp::with(strict).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let mut body = change(PASSWORD, NEW_PASSWORD);
    let missing = app.djoser().post_by(&token, paths::SET_PASSWORD, &body).await;
    assert_eq!(missing.expect(400), json!({ "re_new_password": ["This field is required."] }));
    body["re_new_password"] = json!("x");
    let different = app.djoser().post_by(&token, paths::SET_PASSWORD, &body).await;
    let sentence = json!({ "non_field_errors": ["The two password fields didn't match."] });
    assert_eq!(different.expect(400), sentence);
    body["re_new_password"] = json!(NEW_PASSWORD);
    expect_nothing(&app.djoser().post_by(&token, paths::SET_PASSWORD, &body).await);
    assert!(!app.djoser().is_alive(&token).await);
    app.djoser().token("ann", NEW_PASSWORD).await;
}

#[tokio::test]
async fn the_old_password_is_not_asked_for_where_a_site_switches_that_off() {
    let trusting = |settings: &mut Settings| {
        without_activation(settings);
        settings.change_password.old_required = false;
    };
    let app = TestApp::with(trusting).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let body = json!({ "new_password": NEW_PASSWORD });
    expect_nothing(&app.djoser().post_by(&token, paths::SET_PASSWORD, &body).await);
    app.djoser().token("ann", NEW_PASSWORD).await;
    let body = json!({ "password": PASSWORD, "password_confirm": PASSWORD });
    app.post_by(&token, crate::support::accounts::paths::CHANGE_PASSWORD, &body).await.expect(200);
    app.djoser().token("ann", PASSWORD).await;
}

#[tokio::test]
async fn a_mailed_link_sets_a_new_password_once() {
    let app = TestApp::with(with_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    expect_nothing(&app.djoser().post(paths::RESET_PASSWORD, &json!({ "email": "Ann@mail.example" })).await);
    let link = Link::of(&app.mail().await);
    assert!(link.url.starts_with("http://localhost:5173/password/reset/confirm/"), "{}", link.url);
    let confirm = async |body: Value| app.djoser().post(paths::RESET_PASSWORD_CONFIRM, &body).await;
    let required = json!(["This field is required."]);
    let empty = json!({ "uid": required, "token": required, "new_password": required });
    assert_eq!(confirm(json!({})).await.expect(400), empty);
    let no_user = json!({ "uid": ["Invalid user id or user doesn't exist."] });
    let bad_uid = json!({ "uid": "!!", "token": link.token, "new_password": NEW_PASSWORD });
    assert_eq!(confirm(bad_uid).await.expect(400), no_user);
    let no_link = json!({ "token": ["Invalid token for given user."] });
    let bad_token = json!({ "uid": link.uid, "token": "bad-token", "new_password": NEW_PASSWORD });
    assert_eq!(confirm(bad_token).await.expect(400), no_link);
    // The link is judged before the password, and the password against its user.
    let forged = link.token.replace('-', "0-");
    let weak_and_forged = json!({ "uid": link.uid, "token": forged, "new_password": "12" });
    assert_eq!(confirm(weak_and_forged).await.expect(400), no_link);
    let similar = json!({ "new_password": ["The password is too similar to the email address."] });
    assert_eq!(confirm(link.with(json!({ "new_password": "ann@mail.example" }))).await.expect(400), similar);
    let body = link.with(json!({ "new_password": NEW_PASSWORD }));
    expect_nothing(&confirm(body.clone()).await);
    assert_eq!(confirm(body).await.expect(400), no_link);
    assert!(!app.djoser().is_alive(&token).await);
    app.djoser().token("ann", NEW_PASSWORD).await;
}

#[tokio::test]
async fn only_active_users_get_a_link_and_the_answer_does_not_tell() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("new").await;
    let (shut, _) = app.djoser().somebody("shut").await;
    app.accounts().administration().disable_user(&UserId::from_stored(shut)).await.expect("it is there");
    app.mails().await;
    for path in [paths::RESET_PASSWORD, paths::RESET_USERNAME] {
        for name in ["new", "shut", "nobody"] {
            let body = json!({ "email": format!("{name}@mail.example") });
            expect_nothing(&app.djoser().post(path, &body).await);
        }
    }
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_site_may_tell_that_no_active_user_has_the_address() {
    let telling = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.show_email_not_found = true;
    };
    let app = TestApp::with(telling).await;
    app.djoser().registered("new").await;
    app.djoser().somebody("ann").await;
    for path in [paths::RESET_PASSWORD, paths::RESET_USERNAME] {
        for email in ["new@mail.example", "nobody@mail.example"] {
            let answer = app.djoser().post(path, &json!({ "email": email })).await;
            assert_eq!(answer.expect(400), json!(["User with given email does not exist."]), "{path} {email}");
        }
        expect_nothing(&app.djoser().post(path, &json!({ "email": "ann@mail.example" })).await);
        assert_eq!(app.mail().await.to, "ann@mail.example");
    }
}

#[tokio::test]
async fn a_link_for_one_purpose_serves_no_other() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("ann").await;
    let activation = Link::of(&app.mail().await);
    let no_link = json!({ "token": ["Invalid token for given user."] });
    let refused = async |path: &str, body: Value| app.djoser().post(path, &body).await.expect(400);
    let (password, name) = (json!({ "new_password": NEW_PASSWORD }), json!({ "new_username": "other" }));
    assert_eq!(refused(paths::RESET_PASSWORD_CONFIRM, activation.with(password.clone())).await, no_link);
    assert_eq!(refused(paths::RESET_USERNAME_CONFIRM, activation.with(name.clone())).await, no_link);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &activation.claim()).await);
    app.djoser().post(paths::RESET_PASSWORD, &json!({ "email": "ann@mail.example" })).await;
    let reset = Link::of(&app.mail().await);
    assert_eq!(refused(paths::ACTIVATION, reset.claim()).await, no_link);
    assert_eq!(refused(paths::RESET_USERNAME_CONFIRM, reset.with(name)).await, no_link);
    app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
    let rename = Link::of(&app.mail().await);
    assert_eq!(refused(paths::ACTIVATION, rename.claim()).await, no_link);
    assert_eq!(refused(paths::RESET_PASSWORD_CONFIRM, rename.with(password)).await, no_link);
}

#[tokio::test]
async fn a_reset_does_not_reopen_a_shut_account() {
    let app = TestApp::with(without_activation).await;
    let (id, _) = app.djoser().somebody("ann").await;
    app.djoser().post(paths::RESET_PASSWORD, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    app.accounts().administration().disable_user(&UserId::from_stored(id)).await.expect("it is there");
    app.djoser().post(paths::RESET_PASSWORD_CONFIRM, &link.with(json!({ "new_password": NEW_PASSWORD }))).await;
    app.djoser().post(paths::LOGIN, &credentials("ann", NEW_PASSWORD)).await.expect(400);
}

#[tokio::test]
async fn an_unactivated_user_who_may_log_in_gets_links_too() {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        settings.login.require_verified = false;
    })
    .await;
    app.djoser().registered("ann").await;
    app.djoser().token("ann", PASSWORD).await;
    app.mails().await;
    for path in [paths::RESET_PASSWORD, paths::RESET_USERNAME] {
        expect_nothing(&app.djoser().post(path, &json!({ "email": "ann@mail.example" })).await);
        assert_eq!(app.mail().await.to, "ann@mail.example", "{path}");
    }
}

#[tokio::test]
async fn of_two_changes_without_the_old_password_the_slower_one_is_told_to_try_again() {
    let app = TestApp::with(|settings| {
        without_activation(settings);
        settings.change_password.old_required = false;
    })
    .await;
    let (_, token) = app.djoser().somebody("ann").await;
    let client = app.djoser();
    let bodies: Vec<_> = (0..8).map(|number| json!({ "new_password": format!("Copper-Lantern-{number}") })).collect();
    let requests = bodies.iter().map(|body| client.post_by(&token, paths::SET_PASSWORD, body));
    for answer in crate::support::accounts::at_once(requests).await {
        if answer.status != 204 {
            answer.expect_detail(400, "Your account was changed meanwhile. Please try again.");
        }
    }
}
