//! Links that change an address.

use countersign::clock::Seconds;
use serde_json::json;

use super::VERIFIED;
use crate::support::TestApp;
use crate::support::accounts::paths;

const PERIOD: u64 = 7 * 86_400;

#[tokio::test]
async fn a_link_changes_the_address_once() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let first = app.email_link(&token, "ann2@mail.example").await;
    app.verify_email(&first).await.expect_detail(200, VERIFIED);
    app.mails().await;
    let second = app.email_link(&token, "ann3@mail.example").await;
    app.verify_email(&second).await.expect_detail(200, VERIFIED);
    app.verify_email(&first).await.expect_detail(400, "Invalid signature");
    assert_eq!(app.user(&ann.id).await.email.as_deref(), Some("ann3@mail.example"));
}

#[tokio::test]
async fn a_link_works_for_seven_days_and_not_a_second_longer() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.advance(PERIOD + 1);
    app.verify_email(&link).await.expect_detail(400, "Signature expired");
    let link = app.email_link(&token, "ann2@mail.example").await;
    let stricter = app.sibling(|settings| settings.change_email.expires_after = Seconds::new(60)).await;
    app.advance(61);
    stricter.verify_email(&link).await.expect_detail(400, "Signature expired");
    app.advance(PERIOD - 61);
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
}

#[tokio::test]
async fn whatever_is_changed_in_a_claim_it_is_refused() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let bob = app.verified("bob").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    for (field, value) in [
        ("email", json!("mallory@mail.example")),
        ("email", json!("Ann2@mail.example")),
        ("email", json!("ann2@MAIL.example")),
        ("email", json!(bob.email)),
        ("user_id", json!(bob.id)),
        ("user_id", json!("x")),
        ("timestamp", json!(1_700_000_001)),
        ("signature", json!("0".repeat(64))),
        ("signature", json!(link.signature.to_uppercase())),
    ] {
        let mut claim = link.claim();
        claim[field] = value.clone();
        let answer = app.post_json(paths::VERIFY_EMAIL, &claim).await;
        assert_eq!(answer.expect(400), json!({ "detail": "Invalid signature" }), "{field}: {value}");
    }
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
    app.verify_email(&link).await.expect_detail(200, VERIFIED);
}

#[tokio::test]
async fn the_link_needs_no_session_and_heeds_none() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let (bob, bobs) = app.somebody("bob").await;
    let link = app.email_link(&token, "ann2@mail.example").await;
    app.post_by(&bobs, paths::VERIFY_EMAIL, &link.claim()).await.expect_detail(200, VERIFIED);
    assert_eq!(app.user(&ann.id).await.email.as_deref(), Some("ann2@mail.example"));
    assert_eq!(app.user(&bob.id).await.email, Some(bob.email));
}

#[tokio::test]
async fn what_is_missing_or_of_a_wrong_type_is_told_by_field() {
    let app = TestApp::start().await;
    let required = json!(["This field is required."]);
    let empty = app.post_json(paths::VERIFY_EMAIL, &json!({})).await.expect(400);
    let all = json!({ "user_id": required, "email": required, "timestamp": required, "signature": required });
    assert_eq!(empty, all);
    let wrong = json!({ "user_id": [], "email": "x", "timestamp": "soon", "signature": null });
    let told = json!({
        "user_id": ["Not a valid string."],
        "email": ["Enter a valid email address."],
        "timestamp": ["A valid integer is required."],
        "signature": ["This field may not be null."],
    });
    assert_eq!(app.post_json(paths::VERIFY_EMAIL, &wrong).await.expect(400), told);
}

#[tokio::test]
async fn links_for_something_else_change_no_address() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let email = app.email_link(&token, "ann2@mail.example").await;
    app.verify(&email).await.expect_detail(400, "Invalid signature");
    let mut reset = app.reset_link("ann").await;
    reset.email = email.email.clone();
    app.verify_email(&reset).await.expect_detail(400, "Invalid signature");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}
