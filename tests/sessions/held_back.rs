//! A request whose body is held back until its session has ended: what was admitted before must not act after.

use serde_json::{Value, json};

use crate::support::accounts::NEW_PASSWORD;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

/// Sends the head of a request, lets `meanwhile` happen, then sends the body.
async fn held_back(app: &TestApp, token: &str, request: &str, body: &Value, meanwhile: impl AsyncFnOnce()) -> Answer {
    let body = body.to_string();
    let mut connection = app.connect().await;
    let head = format!(
        "{request} HTTP/1.1\r\nhost: x\r\nauthorization: Token {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    connection.send(head).await;
    let ready = connection.answer().await.expect("the gate is passed");
    assert_eq!(ready.status, 100, "the server waits for the body: {ready:?}");
    meanwhile().await;
    connection.send(body).await;
    connection.answer().await.expect("an answer")
}

#[tokio::test]
async fn an_address_cannot_be_asked_for_after_the_password_was_reset() {
    let app = TestApp::start().await;
    let (ann, stolen) = app.somebody("ann").await;
    let link = app.reset_link("ann").await;
    let body = json!({ "email": "mallory@mail.example" });
    let answer = held_back(&app, &stolen, "POST /api/v1/accounts/register-email/", &body, async || {
        app.reset(&link, NEW_PASSWORD).await.expect(200);
    })
    .await;
    answer.expect_detail(401, "Invalid token.");
    assert!(app.mails().await.iter().all(|mail| mail.to == ann.email));
}

#[tokio::test]
async fn an_address_cannot_be_asked_for_after_the_session_was_ended() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let stolen = app.token_of(&ann).await;
    let body = json!({ "email": "mallory@mail.example" });
    let answer = held_back(&app, &stolen, "POST /api/v1/accounts/register-email/", &body, async || {
        app.delete_by(&mine, "sessions/").await.expect(200);
    })
    .await;
    answer.expect_detail(401, "Invalid token.");
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn an_address_that_needs_no_proof_cannot_be_taken_either() {
    let app = TestApp::with(|settings| settings.change_email.verification = false).await;
    let (ann, mine) = app.somebody("ann").await;
    let stolen = app.token_of(&ann).await;
    let body = json!({ "email": "mallory@mail.example" });
    let answer = held_back(&app, &stolen, "POST /api/v1/accounts/register-email/", &body, async || {
        app.delete_by(&mine, "sessions/").await.expect(200);
    })
    .await;
    answer.expect_detail(401, "Invalid token.");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}

#[tokio::test]
async fn a_profile_cannot_be_changed() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let stolen = app.token_of(&ann).await;
    let body = json!({ "username": "mallory" });
    let answer = held_back(&app, &stolen, "PATCH /api/v1/accounts/profile/", &body, async || {
        app.delete_by(&mine, "sessions/").await.expect(200);
    })
    .await;
    answer.expect_detail(401, "Invalid token.");
    assert_eq!(app.user(&ann.id).await.username.as_deref(), Some("ann"));
}

#[tokio::test]
async fn a_password_cannot_be_changed() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let stolen = app.token_of(&ann).await;
    let body = json!({ "old_password": PASSWORD, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD });
    let answer = held_back(&app, &stolen, "POST /api/v1/accounts/change-password/", &body, async || {
        app.delete_by(&mine, "sessions/").await.expect(200);
    })
    .await;
    answer.expect_detail(401, "Invalid token.");
    assert!(app.is_alive(&mine).await && app.knows("ann", PASSWORD).await);
}

#[tokio::test]
async fn others_cannot_be_logged_out() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let stolen = app.token_of(&ann).await;
    let answer =
        held_back(&app, &stolen, "POST /api/v1/accounts/logout/", &json!({ "revoke_token": true }), async || {
            app.delete_by(&mine, "sessions/").await.expect(200);
        })
        .await;
    answer.expect_detail(401, "Invalid token.");
    assert!(app.is_alive(&mine).await);
}
