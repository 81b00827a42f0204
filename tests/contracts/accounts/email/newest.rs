//! Only the newest request for an address counts; it is shown to its user, who can take it back.

use countersign::links::{LinkSecret, LinkSigner};
use countersign::secret::Secret;
use serde_json::{Value, json};

use super::{SENT, VERIFIED};
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{NEW_PASSWORD, at_once};
use crate::support::test_app::{PASSWORD, SECRET};

const CANCELLED: &str = "Email change cancelled";

async fn pending(app: &TestApp, token: &str) -> Option<String> {
    let profile = app.get_by(token, paths::PROFILE).await.expect(200);
    profile.get("pending_email").map(|email| email.as_str().expect("a text").to_owned())
}

#[tokio::test]
async fn the_link_to_a_mistyped_address_dies_when_the_right_one_is_asked_for() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let mistyped = app.email_link(&token, "an2@mail.example").await;
    let right = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&mistyped).await.expect_detail(400, "Invalid signature");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
    app.verify_email(&right).await.expect_detail(200, VERIFIED);
    app.verify_email(&mistyped).await.expect_detail(400, "Invalid signature");
    assert_eq!(app.user(&ann.id).await.email.as_deref(), Some("ann2@mail.example"));
}

#[tokio::test]
async fn a_pending_change_is_shown_to_its_user_alone_and_only_while_it_is_pending() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    assert_eq!(pending(&app, &token).await, None);
    let link = app.email_link(&token, "Ann2@MAIL.example").await;
    assert_eq!(pending(&app, &token).await.as_deref(), Some("Ann2@mail.example"));
    let patched = app.send(app.request_by(&token, "PATCH", paths::PROFILE).json(&json!({ "first_name": "Ann" }))).await;
    assert_eq!(patched.expect(200)["pending_email"], "Ann2@mail.example");
    app.verify_email(&link).await.expect(200);
    assert_eq!(pending(&app, &token).await, None);
}

#[tokio::test]
async fn a_taken_address_looks_as_pending_as_a_free_one() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let bob = app.verified("bob").await;
    app.ask_for_email(&token, &bob.email).await.expect_detail(200, SENT);
    assert_eq!(pending(&app, &token).await, Some(bob.email));
    app.delete_by(&token, paths::REGISTER_EMAIL).await.expect_detail(200, CANCELLED);
    assert_eq!(pending(&app, &token).await, None);
}

#[tokio::test]
async fn a_change_that_was_taken_back_has_no_link_any_more() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.delete_by(&token, paths::REGISTER_EMAIL).await.expect_detail(200, CANCELLED);
    app.delete_by(&token, paths::REGISTER_EMAIL).await.expect_detail(200, CANCELLED);
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
    let again = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
    app.verify_email(&again).await.expect_detail(200, VERIFIED);
    assert_eq!(app.user(&ann.id).await.email.as_deref(), Some("ann2@mail.example"));
    app.send(app.request("DELETE", paths::REGISTER_EMAIL)).await.expect(401);
}

#[tokio::test]
async fn asking_for_the_present_address_takes_a_change_back() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.ask_for_email(&token, &ann.email).await.expect_detail(200, SENT);
    assert!(app.mails().await.is_empty());
    assert_eq!(pending(&app, &token).await, None);
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn asking_twice_for_one_address_leaves_both_links_alive() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let first = app.email_link(&token, "ann2@mail.example").await;
    app.advance(60);
    let second = app.email_link(&token, "ann2@mail.example").await;
    assert_ne!(first, second);
    app.verify_email(&first).await.expect_detail(200, VERIFIED);
}

#[tokio::test]
async fn mails_of_overtaken_requests_that_still_wait_are_not_sent() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let bob = app.verified("bob").await;
    for email in ["an2@mail.example", &bob.email, "ann2@mail.example"] {
        app.ask_for_email(&token, email).await.expect(200);
    }
    assert_eq!(app.mail().await.to, "ann2@mail.example");
    app.ask_for_email(&token, "ann3@mail.example").await.expect(200);
    app.delete_by(&token, paths::REGISTER_EMAIL).await.expect(200);
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_new_password_forgets_a_pending_change() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
    assert_eq!(pending(&app, &token).await, None);
    app.mails().await;
    app.verify_email(&link).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn of_many_requests_at_once_the_one_that_is_shown_has_the_only_link() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let emails: Vec<_> = (0..24).map(|number| format!("ann{number}@mail.example")).collect();
    for answer in at_once(emails.iter().map(|email| app.ask_for_email(&token, email))).await {
        answer.expect_detail(200, SENT);
    }
    let mail = app.mail().await;
    assert_eq!(pending(&app, &token).await.as_ref(), Some(&mail.to));
    app.verify_email(&mail.link()).await.expect_detail(200, VERIFIED);
    assert_eq!(app.user(&ann.id).await.email, Some(mail.to));
}

#[tokio::test]
async fn of_a_link_and_a_cancellation_at_once_one_wins() {
    let app = TestApp::start().await;
    for round in 0..8 {
        let (user, token) = app.somebody(&format!("user{round}")).await;
        let email = format!("new{round}@mail.example");
        let link = app.email_link(&token, &email).await;
        let (used, cancelled) = tokio::join!(app.verify_email(&link), app.delete_by(&token, paths::REGISTER_EMAIL));
        cancelled.expect_detail(200, CANCELLED);
        let has_it = app.user(&user.id).await.email == Some(email);
        assert_eq!(used.status == 200, has_it, "{used:?}");
        assert_eq!(pending(&app, &token).await, None);
        app.mails().await;
    }
}

/// Links of version 0.1.0 are bound to the link secret; they hold until another address is asked for.
#[tokio::test]
async fn a_link_that_an_older_version_mailed_still_works() {
    let app = TestApp::start().await;
    let (ann, _) = app.somebody("ann").await;
    let user = app.user(&ann.id).await;
    let secret = LinkSecret::parse(user.link_secret.expose()).expect("as it was stored");
    let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("long enough");
    let claim = |email: &str| -> Value {
        let link = signer.sign_verify_email(&ann.id, email, &secret, app.now());
        json!({ "user_id": ann.id, "email": email, "timestamp": app.now().unix_seconds(), "signature": link.signature() })
    };
    let old = claim("old@mail.example");
    app.post_json(paths::VERIFY_EMAIL, &old).await.expect_detail(200, VERIFIED);
    app.post_json(paths::VERIFY_EMAIL, &old).await.expect_detail(200, VERIFIED);
    app.mails().await;
    let other = app.post_json(paths::VERIFY_EMAIL, &claim("other@mail.example")).await;
    other.expect_detail(400, "This link has already been used.");

    let (bob, bobs) = app.somebody("bob").await;
    let user = app.user(&bob.id).await;
    let secret = LinkSecret::parse(user.link_secret.expose()).expect("as it was stored");
    app.email_link(&bobs, "bob2@mail.example").await;
    app.delete_by(&bobs, paths::REGISTER_EMAIL).await.expect(200);
    let link = signer.sign_verify_email(&bob.id, "old.bob@mail.example", &secret, app.now());
    let claim = json!({
        "user_id": bob.id,
        "email": "old.bob@mail.example",
        "timestamp": app.now().unix_seconds(),
        "signature": link.signature(),
    });
    app.post_json(paths::VERIFY_EMAIL, &claim).await.expect_detail(400, "Invalid signature");
}
