//! Another link is asked for.

use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;

/// What everybody hears, known or not.
const SENT: &str = "Verification link sent if an unverified user with this email exists";

#[tokio::test]
async fn who_lost_the_mail_gets_another_link() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let first = app.link().await;
    app.advance(600);
    app.resend(&ann.email).await.expect_detail(200, SENT);
    let second = app.link().await;
    assert_eq!((&second.user_id, second.timestamp.as_str()), (&ann.id, "1700000600"));
    assert_ne!(first, second);
    app.verify(&second).await.expect(200);
}

#[tokio::test]
async fn strangers_and_verified_users_get_the_same_answer_and_no_mail() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    for email in [&ann.email, "stranger@mail.example"] {
        app.resend(email).await.expect_detail(200, SENT);
        assert_eq!(app.rows().await, (1, 1), "something waits for the worker, whoever asks");
        assert_eq!(app.deliver().await, 1);
        assert_eq!(app.rows().await, (1, 0));
    }
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn a_form_will_do() {
    let app = TestApp::start().await;
    let answer = app.post_form(paths::RESEND_VERIFICATION, &[("email", "ann@mail.example")]).await;
    answer.expect_detail(200, SENT);
    let answer = app.post_bytes(paths::RESEND_VERIFICATION, "text/plain", "email=ann@mail.example").await;
    answer.expect_detail(415, "Unsupported media type \"text/plain\" in request.");
    let missing = app.post_bytes(paths::RESEND_VERIFICATION, "", "").await.expect(400);
    assert_eq!(missing, json!({ "email": ["This field is required."] }));
}

#[tokio::test]
async fn no_link_outlives_its_user() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    app.advance(23 * 86_400);
    app.resend(&ann.email).await.expect(200);
    let link = app.link().await;
    app.advance(1);
    app.resend(&ann.email).await.expect(200);
    assert!(app.mails().await.is_empty(), "the user would be gone before the link");

    app.advance(7 * 86_400 - 1);
    app.accounts().purge_unverified().await.expect("it answers");
    app.verify(&link).await.expect_detail(200, "User verified successfully");
}
