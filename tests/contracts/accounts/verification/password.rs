//! Sites where a link verifies only together with the password.

use serde_json::{Value, json};

use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::limits::three_guesses;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Link, TestApp};

async fn careful() -> TestApp {
    TestApp::with(|settings| settings.registration.password_at_verification = true).await
}

async fn follow(app: &TestApp, link: &Link, password: Value) -> Answer {
    let mut claim = link.claim();
    claim["password"] = password;
    app.post_json(paths::VERIFY_REGISTRATION, &claim).await
}

#[tokio::test]
async fn the_link_of_a_strangers_registration_verifies_nothing_without_the_strangers_password() {
    let app = careful().await;
    let mallory = app.registered("mallory").await;
    let link = app.link().await;
    let wrong = json!({ "password": ["Password is not correct"] });
    assert_eq!(follow(&app, &link, json!(NEW_PASSWORD)).await.expect(400), wrong);
    let missing = app.verify(&link).await.expect(400);
    assert_eq!(missing, json!({ "password": ["This field is required."] }));
    assert_eq!(app.user(&mallory.id).await.verified_at, None);

    follow(&app, &link, json!(PASSWORD)).await.expect_detail(200, "User verified successfully");
    assert_eq!(app.user(&mallory.id).await.verified_at, Some(app.now()), "the link was not used up");
    follow(&app, &link, json!(PASSWORD)).await.expect(200);
    assert_eq!(follow(&app, &link, json!(NEW_PASSWORD)).await.expect(400), wrong);
}

#[tokio::test]
async fn a_forged_link_costs_no_hash_and_is_told_first() {
    let app = careful().await;
    app.registered("ann").await;
    let mut link = app.link().await;
    link.timestamp = "1".to_owned();
    let before = app.accounts().hasher().hashes_done();
    follow(&app, &link, json!(PASSWORD)).await.expect_detail(400, "Invalid signature");
    assert_eq!(app.accounts().hasher().hashes_done(), before);
}

#[tokio::test]
async fn guesses_are_counted_as_those_of_a_login_are() {
    let app = TestApp::with(|settings| {
        settings.registration.password_at_verification = true;
        three_guesses(settings);
    })
    .await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    for _ in 0..3 {
        follow(&app, &link, json!(NEW_PASSWORD)).await.expect(400);
    }
    assert_eq!(follow(&app, &link, json!(PASSWORD)).await.status, 429);
    assert_eq!(app.user(&ann.id).await.verified_at, None);
}

#[tokio::test]
async fn the_link_to_a_corrected_address_takes_the_password_too() {
    let app = careful().await;
    let mallory = app.registered("mallory").await;
    app.mails().await;
    let correction = json!({ "login": "mallory", "password": PASSWORD, "email": "victim@mail.example" });
    app.post_json(paths::CORRECT_EMAIL, &correction).await.expect(200);
    let link = app.link().await;
    let required = json!({ "password": ["This field is required."] });
    assert_eq!(app.verify_email(&link).await.expect(400), required);
    let mut claim = link.claim();
    claim["password"] = json!(NEW_PASSWORD);
    let wrong = app.post_json(paths::VERIFY_EMAIL, &claim).await.expect(400);
    assert_eq!(wrong, json!({ "password": ["Password is not correct"] }));
    assert_eq!(app.user(&mallory.id).await.verified_at, None);
    claim["password"] = json!(PASSWORD);
    app.post_json(paths::VERIFY_EMAIL, &claim).await.expect(200);
    app.log_in("mallory", PASSWORD).await.expect(200);

    let token = app.log_in("mallory", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let link = app.email_link(&token, "mallory2@mail.example").await;
    app.verify_email(&link).await.expect_detail(200, "Email verified successfully");
}

#[tokio::test]
async fn whoever_resets_the_password_by_mail_needs_no_other() {
    let app = careful().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    let link = app.reset_link("ann").await;
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    assert!(app.user(&ann.id).await.verified_at.is_some() && app.knows("ann", NEW_PASSWORD).await);
}
