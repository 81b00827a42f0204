//! Links that are used again.

use countersign::UserId;
use serde_json::json;

use super::VERIFIED;
use crate::support::accounts::paths;
use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Link, TestApp};

const USED: &str = "This link has already been used.";

async fn code(app: &TestApp, path: &str, body: &serde_json::Value) -> String {
    let request = app.request("POST", path).header("accept", "application/problem+json").json(body);
    app.send(request).await.expect(400)["code"].as_str().expect("a code").to_owned()
}

#[tokio::test]
async fn a_link_to_the_present_address_works_again_and_changes_nothing() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
    assert_eq!(app.mails().await.len(), 1);
    let before = app.user(&ann.id).await;
    for _ in 0..2 {
        app.verify_email(&link).await.expect_detail(200, VERIFIED);
    }
    let after = app.user(&ann.id).await;
    assert_eq!((before.email, before.link_secret.expose()), (after.email, after.link_secret.expose()));
    assert!(app.mails().await.is_empty());

    // Neither another request nor another password makes the address another one.
    app.ask_for_email(&token, "ann3@mail.example").await.expect(200);
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
    app.ask_for_email(&token, "ANN2@mail.example").await.expect(200);
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
    app.advance(7 * 86_400 + 1);
    app.verify_email(&link).await.expect_detail(400, "Signature expired");
}

#[tokio::test]
async fn once_the_address_is_another_the_link_is_told_as_used() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let first = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&first).await.expect(200);
    app.mails().await;
    let lenient = app.sibling(|settings| settings.change_email.verification = false).await;
    // The link that was used last is known; it is not that of the address any more.
    let user = app.user(&ann.id).await;
    lenient.ask_for_email(&token, "ann3@mail.example").await.expect_detail(200, "Email changed");
    app.mails().await;
    assert_eq!(app.verify_email(&first).await.status, 400);
    assert_ne!(user.email, app.user(&ann.id).await.email);
}

#[tokio::test]
async fn a_used_reset_link_is_told_apart_from_a_forged_one() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let older = app.reset_link("ann").await;
    app.advance(1);
    let link = app.reset_link("ann").await;
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    app.reset(&link, PASSWORD).await.expect_detail(400, USED);
    let mut claim = link.claim();
    claim["password"] = json!(PASSWORD);
    assert_eq!(code(&app, paths::RESET_PASSWORD, &claim).await, "link_already_used");
    // It was never used; the other one killed it.
    app.reset(&older, PASSWORD).await.expect_detail(400, "Invalid signature");
    for (field, value) in [("timestamp", json!(1_700_000_002)), ("signature", json!("0".repeat(64)))] {
        let mut forged = claim.clone();
        forged[field] = value;
        assert_eq!(code(&app, paths::RESET_PASSWORD, &forged).await, "invalid_signature", "{field}");
    }
    assert!(app.knows("ann", NEW_PASSWORD).await);

    app.advance(86_401);
    app.reset(&link, PASSWORD).await.expect_detail(400, "Signature expired");
}

#[tokio::test]
async fn a_used_reset_link_is_known_as_such_until_another_one_is_used() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let first = app.reset_link("ann").await;
    app.reset(&first, NEW_PASSWORD).await.expect(200);
    assert!(!app.is_alive(&token).await);
    app.mails().await;
    app.advance(1);
    let second = app.reset_link("ann").await;
    app.reset(&first, PASSWORD).await.expect_detail(400, USED);
    app.reset(&second, PASSWORD).await.expect(200);
    app.reset(&second, NEW_PASSWORD).await.expect_detail(400, USED);
    app.reset(&first, NEW_PASSWORD).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn a_registration_link_for_one_use_is_told_as_used() {
    let app = TestApp::with(|settings| settings.registration.one_time_use = true).await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    app.verify(&link).await.expect(200);
    app.verify(&link).await.expect_detail(400, USED);
    assert_eq!(code(&app, paths::VERIFY_REGISTRATION, &link.claim()).await, "link_already_used");
    app.store().disable_user(UserId::from_stored(&ann.id), app.now()).await.expect("it answers");
    app.verify(&link).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn a_used_link_of_a_disabled_or_deleted_user_opens_nothing() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&link).await.expect(200);
    app.store().disable_user(UserId::from_stored(&ann.id), app.now()).await.expect("it answers");
    app.verify_email(&link).await.expect_detail(400, "User not found");
    app.store().delete_user(UserId::from_stored(&ann.id)).await.expect("it answers");
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn sixty_four_clicks_at_once_on_one_link_all_succeed() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    let clicks = |link: Link| {
        let app = &app;
        async move { at_once((0..64).map(|_| app.verify_email(&link))).await }
    };
    for answer in clicks(link).await {
        answer.expect_detail(200, VERIFIED);
    }
    assert_eq!(app.mails().await.len(), 1, "one notice");
    assert_eq!(app.user(&ann.id).await.email.as_deref(), Some("ann2@mail.example"));
}

#[tokio::test]
async fn of_sixty_four_resets_at_once_one_wins_and_the_others_hear_that_the_link_was_used() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let link = app.reset_link("ann").await;
    let answers: Vec<Answer> = at_once((0..64).map(|_| app.reset(&link, NEW_PASSWORD))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 63));
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        answer.expect_detail(400, USED);
    }
}
