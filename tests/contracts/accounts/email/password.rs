//! Sites where asking for a new address takes the password.

use serde_json::{Value, json};

use super::SENT;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::limits::{rate, three_guesses};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

async fn ask(app: &TestApp, token: &str, password: Value) -> Answer {
    app.post_by(token, paths::REGISTER_EMAIL, &json!({ "email": "ann2@mail.example", "password": password })).await
}

#[tokio::test]
async fn a_stolen_session_alone_moves_no_account() {
    let app = TestApp::with(|settings| settings.change_email.password = true).await;
    let (ann, token) = app.somebody("ann").await;
    let missing = app.ask_for_email(&token, "thief@mail.example").await.expect(400);
    assert_eq!(missing, json!({ "password": ["This field is required."] }));
    let both = app.post_by(&token, paths::REGISTER_EMAIL, &json!({ "email": "x", "password": "" })).await.expect(400);
    let blank = json!({ "email": ["Enter a valid email address."], "password": ["This field may not be blank."] });
    assert_eq!(both, blank);
    let wrong = ask(&app, &token, json!(NEW_PASSWORD)).await.expect(400);
    assert_eq!(wrong, json!({ "password": ["Password is not correct"] }));
    assert!(app.mails().await.is_empty());
    assert_eq!(app.user(&ann.id).await.pending_email, None);
    ask(&app, &token, json!(PASSWORD)).await.expect_detail(200, SENT);
    app.verify_email(&app.link().await).await.expect(200);
}

#[tokio::test]
async fn it_takes_the_password_where_addresses_need_no_proof_too() {
    let app = TestApp::with(|settings| {
        settings.change_email.password = true;
        settings.change_email.verification = false;
    })
    .await;
    let (_, token) = app.somebody("ann").await;
    ask(&app, &token, json!(NEW_PASSWORD)).await.expect(400);
    ask(&app, &token, json!(PASSWORD)).await.expect_detail(200, "Email changed");
}

#[tokio::test]
async fn guesses_are_counted_as_those_of_a_password_change_are() {
    let app = TestApp::with(|settings| {
        settings.change_email.password = true;
        three_guesses(settings);
        settings.throttle.register_email = rate(1, 1_000);
    })
    .await;
    let (_, token) = app.somebody("ann").await;
    for _ in 0..3 {
        ask(&app, &token, json!(NEW_PASSWORD)).await.expect(400);
    }
    assert_eq!(ask(&app, &token, json!(PASSWORD)).await.status, 429);
    assert_eq!(app.change_password(&token, PASSWORD, NEW_PASSWORD).await.status, 429, "one budget for both");
}

#[tokio::test]
async fn by_default_none_is_asked_for() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    app.ask_for_email(&token, "ann2@mail.example").await.expect_detail(200, SENT);
}
