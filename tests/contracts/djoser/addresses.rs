//! The address in `users/me/`.

use countersign::Settings;
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn a_new_address_counts_once_its_link_was_used_and_the_old_one_works_until_then() {
    let app = TestApp::with(with_activation).await;
    let (id, token) = app.djoser().somebody("ann").await;
    let answer = app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "new@mail.example" })).await;
    assert_eq!(answer.expect(200)["email"], "ann@mail.example");
    assert!(app.djoser().is_alive(&token).await);
    app.djoser().token("ann", PASSWORD).await;
    let mail = app.mail().await;
    assert_eq!(mail.to, "new@mail.example");
    let link = Link::of(&mail);
    assert!(link.url.starts_with("http://localhost:5173/activate/"), "{}", link.url);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
    assert_eq!(app.user(&id).await.email.as_deref(), Some("new@mail.example"));
    assert_eq!(app.mail().await.to, "ann@mail.example", "the old address is told");
    app.djoser().post(paths::ACTIVATION, &link.claim()).await.expect_detail(403, "Stale token for given user.");
}

#[tokio::test]
async fn without_activation_a_new_address_counts_at_once() {
    let app = TestApp::with(without_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let answer = app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "new@Mail.example" })).await;
    assert_eq!(answer.expect(200)["email"], "new@mail.example");
    assert_eq!(app.mail().await.to, "ann@mail.example");
    let cleared = app.djoser().send_by(&token, "PUT", paths::ME, &json!({ "email": "" })).await;
    assert_eq!(cleared.expect(200)["email"], "");
    assert_eq!(app.mail().await.to, "new@mail.example", "the removed address is told");
    let again = app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "ann@mail.example" })).await;
    assert_eq!(again.expect(200)["email"], "ann@mail.example");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_and_the_present_one_changes_nothing() {
    let app = TestApp::with(with_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    for (email, sentence) in [
        (json!("x"), "Enter a valid email address."),
        (Value::Null, "This field may not be null."),
        // It must be proved.
        (json!(""), "This field may not be blank."),
    ] {
        let answer = app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": email })).await;
        assert_eq!(answer.expect(400), json!({ "email": [sentence] }));
    }
    app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "ann@mail.example" })).await.expect(200);
    assert_eq!(app.mails().await.len(), 0);
}

#[tokio::test]
async fn a_taken_address_is_told_only_where_it_would_count_at_once() {
    let app = TestApp::with(without_activation).await;
    app.djoser().somebody("bea").await;
    let (_, token) = app.djoser().somebody("ann").await;
    let taken = json!({ "email": "bea@mail.example" });
    let answer = app.djoser().send_by(&token, "PATCH", paths::ME, &taken).await;
    assert_eq!(answer.expect(400), json!({ "email": ["user with this email address already exists."] }));

    let app = TestApp::with(with_activation).await;
    app.djoser().somebody("bea").await;
    let (_, token) = app.djoser().somebody("ann").await;
    let answer = app.djoser().send_by(&token, "PATCH", paths::ME, &taken).await;
    assert_eq!(answer.expect(200)["email"], "ann@mail.example");
    let mail = app.mail().await;
    assert_eq!(mail.to, "bea@mail.example");
    assert!(!mail.text.contains("/activate/"), "{}", mail.text);
}

#[tokio::test]
async fn a_site_may_ask_for_the_password_with_a_new_address() {
    let asking = |settings: &mut Settings| {
        with_activation(settings);
        settings.change_email.password = true;
    };
    let app = TestApp::with(asking).await;
    let (_, token) = app.djoser().somebody("ann").await;
    let patch = async |body: Value| app.djoser().send_by(&token, "PATCH", paths::ME, &body).await;
    let required = json!({ "current_password": ["This field is required."] });
    assert_eq!(patch(json!({ "email": "new@mail.example" })).await.expect(400), required);
    let wrong = json!({ "email": "new@mail.example", "current_password": "Wrong-Lantern-9" });
    assert_eq!(patch(wrong).await.expect(400), json!({ "current_password": ["Invalid password."] }));
    assert_eq!(app.mails().await.len(), 0);
    patch(json!({ "email": "new@mail.example", "current_password": PASSWORD })).await.expect(200);
    assert_eq!(app.mail().await.to, "new@mail.example");
    patch(json!({})).await.expect(200);
}

#[tokio::test]
async fn the_present_address_takes_back_the_request_for_another_one() {
    let app = TestApp::with(with_activation).await;
    let (id, token) = app.djoser().somebody("ann").await;
    let patch = async |email: &str| app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": email })).await;
    patch("mistyped@mail.example").await.expect(200);
    let link = Link::of(&app.mail().await);
    patch("ann@mail.example").await.expect(200);
    let refused = app.djoser().post(paths::ACTIVATION, &link.claim()).await;
    assert_eq!(refused.expect(400), json!({ "token": ["Invalid token for given user."] }));
    assert_eq!(app.user(&id).await.email.as_deref(), Some("ann@mail.example"));
}

#[tokio::test]
async fn an_address_that_needs_no_proof_gets_no_more_notices_than_a_strangers() {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        settings.change_email.verification = false;
        settings.throttle.enabled = true;
        settings.throttle.login = crate::support::limits::unreached();
    })
    .await;
    let (_, token) = app.djoser().somebody("mallory").await;
    app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "victim@mail.example" })).await.expect(200);
    app.mails().await;
    for number in 0..12 {
        let body = json!({ "new_username": format!("mallory{number}"), "current_password": PASSWORD });
        expect_nothing(&app.djoser().post_by(&token, paths::SET_USERNAME, &body).await);
    }
    assert_eq!(app.mails().await.len(), 5);
}
