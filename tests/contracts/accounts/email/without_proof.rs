//! Sites that do not ask for proof of a new address.

use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{at_once, count};
use crate::support::test_app::PASSWORD;

async fn lenient() -> TestApp {
    TestApp::with(|settings| settings.change_email.verification = false).await
}

#[tokio::test]
async fn an_address_is_changed_at_once_and_the_answer_says_so() {
    let app = lenient().await;
    let (ann, token) = app.somebody("ann").await;
    app.ask_for_email(&token, "Ann2@MAIL.example").await.expect_detail(200, "Email changed");
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["email"], "Ann2@mail.example");
    let notice = app.mail().await;
    assert_eq!(
        (notice.to.as_str(), notice.subject.as_str()),
        (ann.email.as_str(), "Your e-mail address at Tea & Co was changed")
    );
}

#[tokio::test]
async fn a_taken_address_is_refused_in_any_case() {
    let app = lenient().await;
    let (_, token) = app.somebody("ann").await;
    let bob = app.verified("bob").await;
    for email in [bob.email.clone(), bob.email.to_uppercase()] {
        app.ask_for_email(&token, &email).await.expect_detail(400, "This email is already registered.");
    }
    assert!(app.mails().await.is_empty());
    let claim = json!({ "email": "pending@mail.example" });
    app.register("cyd", claim).await.expect(201);
    app.ask_for_email(&token, "pending@mail.example").await.expect_detail(200, "Email changed");
}

#[tokio::test]
async fn there_is_no_link_to_follow() {
    let strict = TestApp::start().await;
    let (ann, token) = strict.somebody("ann").await;
    let link = strict.email_link(&token, "ann2@mail.example").await;
    let app = strict.sibling(|settings| settings.change_email.verification = false).await;
    app.verify_email(&link).await.expect_detail(404, "Not found.");
    let broken = app.post_bytes(paths::VERIFY_EMAIL, "application/json", "{").await.expect(400);
    assert!(broken["detail"].as_str().expect("a text").starts_with("JSON parse error - "), "before the switch");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}

#[tokio::test]
async fn a_corrected_address_is_still_proved() {
    let strict = TestApp::start().await;
    let ann = strict.registered("ann").await;
    strict.mails().await;
    let correction = json!({ "login": "ann", "password": PASSWORD, "email": "right@mail.example" });
    strict.post_json(paths::CORRECT_EMAIL, &correction).await.expect(200);
    strict.mails().await;
    let app = strict.sibling(|settings| settings.change_email.verification = false).await;
    app.resend("right@mail.example").await.expect(200);
    let link = app.link().await;
    let mut forged = link.claim();
    forged["signature"] = json!("0".repeat(64));
    app.post_json(paths::VERIFY_EMAIL, &forged).await.expect_detail(404, "Not found.");
    app.post_json(paths::VERIFY_EMAIL, &json!({})).await.expect_detail(404, "Not found.");
    for _ in 0..2 {
        app.verify_email(&link).await.expect_detail(200, "Email verified successfully");
    }
    let user = app.user(&ann.id).await;
    assert_eq!((user.email.as_deref(), user.verified_at.is_some()), (Some("right@mail.example"), true));
}

#[tokio::test]
async fn where_nothing_is_proved_no_link_is_taken() {
    let strict = TestApp::start().await;
    let ann = strict.registered("ann").await;
    let link = strict.link().await;
    let app = strict
        .sibling(|settings| {
            settings.registration.verification = false;
            settings.change_email.verification = false;
        })
        .await;
    app.verify(&link).await.expect_detail(404, "Not found.");
    app.post_json(paths::VERIFY_EMAIL, &json!({})).await.expect_detail(404, "Not found.");
    assert!(app.user(&ann.id).await.verified_at.is_none());
}

#[tokio::test]
async fn who_has_not_proved_the_first_address_gets_no_second() {
    let app = TestApp::with(|settings| {
        settings.change_email.verification = false;
        settings.login.require_verified = false;
    })
    .await;
    let mallory = app.registered("mallory").await;
    let link = app.link().await;
    let token = app.token_of(&mallory).await;
    // Else the link to the first address would prove the second.
    app.ask_for_email(&token, "ann@mail.example").await.expect_detail(400, "User not found");
    app.verify(&link).await.expect(200);
    assert_eq!(app.user(&mallory.id).await.email, Some(mallory.email));
}

#[tokio::test]
async fn of_many_who_want_an_address_at_once_one_gets_it() {
    let app = lenient().await;
    let mut tokens = Vec::new();
    for number in 0..32 {
        tokens.push(app.somebody(&format!("user{number}")).await.1);
    }
    app.mails().await;
    let answers = at_once(tokens.iter().map(|token| app.ask_for_email(token, "wanted@mail.example"))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 31));
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        answer.expect_detail(400, "This email is already registered.");
    }
}

#[tokio::test]
async fn of_many_changes_by_one_user_each_is_whole() {
    let app = lenient().await;
    let (ann, token) = app.somebody("ann").await;
    let emails: Vec<_> = (0..32).map(|number| format!("ann{number}@mail.example")).collect();
    let answers = at_once(emails.iter().map(|email| app.ask_for_email(&token, email))).await;
    assert!(count(&answers, 200) >= 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.expect_detail(400, "Your account was changed meanwhile. Please try again.");
    }
    let email = app.user(&ann.id).await.email.expect("an address");
    assert!(emails.contains(&email));
}
