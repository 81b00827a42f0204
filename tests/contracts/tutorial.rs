//! The token API of a tutorial: `register/` and `login/`.

use countersign::Settings;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::{self, COOKIE, cookie};
use crate::support::endpoints::Contract;
use crate::support::test_app::PASSWORD;
use crate::support::tutorial::{credentials, paths, registration};

/// Users are active at once, as in the tutorial.
fn as_in_the_tutorial(settings: &mut Settings) {
    settings.contracts.tutorial.enabled = true;
    settings.registration.verification = false;
}

fn registration_with(name: &str, value: Value) -> Value {
    let mut registration = registration("ann", "ann@mail.example");
    registration[name] = value;
    registration
}

#[tokio::test]
async fn a_registered_user_logs_in_and_uses_the_token_at_another_contract() {
    let app = TestApp::with(as_in_the_tutorial).await;
    let registered = app.tutorial().register(&registration("ann", "ann@mail.example")).await;
    assert_eq!(
        (registered.status, registered.body.as_str()),
        (201, r#"{"username":"ann","email":"ann@mail.example"}"#)
    );

    let answer = app.tutorial().log_in(&credentials("ann", PASSWORD)).await;
    let body = answer.expect(200);
    let token = body["token"].as_str().expect("a token");
    assert_eq!(answer.body, format!(r#"{{"token":"{token}"}}"#));
    assert_eq!(cookie(&answer, COOKIE).as_deref(), Some(token));
    assert!(cookie(&answer, "csrftoken").is_some());

    let profile = app.send(app.request_by(token, "GET", accounts::paths::PROFILE)).await;
    assert_eq!(profile.expect(200)["username"], "ann");
}

#[tokio::test]
async fn what_is_missing_is_told_for_each_field_at_once() {
    let app = TestApp::with(as_in_the_tutorial).await;
    let required = json!(["This field is required."]);
    let expected = json!({ "username": required, "email": required, "password": required, "password2": required });
    assert_eq!(app.tutorial().register(&json!({})).await.expect(400), expected);
}

#[tokio::test]
async fn each_field_is_refused_in_the_words_of_the_tutorial() {
    let app = TestApp::with(as_in_the_tutorial).await;
    let bob = registration("bob", "bob@mail.example");
    app.tutorial().register(&bob).await.expect(201);
    let username = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
    for (body, field, sentence) in [
        (registration_with("password2", json!("another")), "password", "Password fields didn't match."),
        (registration_with("username", json!("BOB")), "username", "A user with that username already exists."),
        (registration_with("username", json!("a b")), "username", username),
        (registration_with("email", json!("x")), "email", "Enter a valid email address."),
        (
            registration_with("email", json!("bob@mail.example")),
            "email",
            "user with this email address already exists.",
        ),
        (registration_with("email", Value::Null), "email", "This field may not be null."),
    ] {
        assert_eq!(app.tutorial().register(&body).await.expect(400), json!({ field: [sentence] }), "{body}");
    }
    let weak = json!({ "username": "cat", "email": "", "password": "12345678", "password2": "other" });
    let too_common = ["This password is too common.", "This password is entirely numeric."];
    assert_eq!(app.tutorial().register(&weak).await.expect(400), json!({ "password": too_common }));
    assert_eq!(app.users().await.len(), 1, "a refused registration leaves nothing behind");
}

#[tokio::test]
async fn an_address_may_be_blank_where_none_must_be_proved() {
    let blank = registration_with("email", json!(" "));
    let app = TestApp::with(as_in_the_tutorial).await;
    assert_eq!(app.tutorial().register(&blank).await.expect(201), json!({ "username": "ann", "email": "" }));

    let must_be_proved: fn(&mut Settings) = |settings| settings.contracts.tutorial.enabled = true;
    let is_required: fn(&mut Settings) = |settings| {
        as_in_the_tutorial(settings);
        settings.registration.email_required = true;
    };
    for strict in [must_be_proved, is_required] {
        let app = TestApp::with(strict).await;
        let expected = json!({ "email": ["This field may not be blank."] });
        assert_eq!(app.tutorial().register(&blank).await.expect(400), expected);
        assert_eq!(app.users().await.len(), 0);
    }
}

#[tokio::test]
async fn a_login_that_fails_is_answered_alike_whatever_was_wrong() {
    let app = TestApp::with(as_in_the_tutorial).await;
    app.tutorial().register(&registration("ann", "ann@mail.example")).await.expect(201);
    let shut = registration("shut", "");
    app.tutorial().register(&shut).await.expect(201);
    let shut = app.users().await.into_iter().find(|user| user.username.as_deref() == Some("shut")).expect("registered");
    app.store().disable_user(shut.id, app.now()).await.expect("the database answers");
    for body in [
        json!({ "username": "ann", "password": "wrong" }),
        credentials("nobody", PASSWORD),
        credentials("shut", PASSWORD),
        credentials("ann@mail.example", PASSWORD),
        json!({ "username": "ann" }),
        json!({ "username": ["ann"], "password": { "a": 1 } }),
        json!({ "username": null, "password": PASSWORD }),
        json!({ "username": "ann", "password": "x".repeat(2_000) }),
        json!({}),
    ] {
        let answer = app.tutorial().log_in(&body).await;
        assert_eq!((answer.status, answer.body.as_str()), (401, r#"{"detail":"Invalid credentials"}"#), "{body}");
        assert_eq!(answer.header("www-authenticate"), None, "{body}");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let app = TestApp::with(as_in_the_tutorial).await;
    for path in [paths::REGISTER, paths::LOGIN] {
        let answer = app.get(&app.path_of(Contract::Tutorial, path)).await;
        answer.expect_detail(405, "Method \"GET\" not allowed.");
        assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
    }
}

#[tokio::test]
async fn a_closed_registration_is_not_there() {
    let change = |settings: &mut Settings| {
        as_in_the_tutorial(settings);
        settings.registration.enabled = false;
    };
    let app = TestApp::with(change).await;
    app.tutorial().register(&registration("ann", "ann@mail.example")).await.expect_detail(404, "Not found.");
}
