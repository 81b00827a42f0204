//! What a stranger might try after a registration, to learn whether the address was taken.

use countersign::store::EmailSharing;
use countersign::{Settings, UserId};
use serde_json::json;

use crate::support::TestApp;
use crate::support::test_app::PASSWORD;

/// Registers `username` with ann's address, which is taken, or with one that is free.
async fn registered_with(app: &TestApp, username: &str, email: &str) {
    app.register(username, json!({ "email": email })).await.expect(201);
}

#[tokio::test]
async fn the_username_is_gone_either_way() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for username in ["taken", "free"] {
        let again = app.register(username, json!({ "email": "other@mail.example" })).await.expect(400);
        assert_eq!(again, json!({ "username": ["A user with that username already exists."] }), "{username}");
    }
}

#[tokio::test]
async fn it_stays_gone_as_long_either_way() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for (days, status) in [(1, 400), (28, 400), (2, 201)] {
        app.advance(days * 86_400);
        app.accounts().purge_unverified().await.expect("it answers");
        for username in ["taken", "free"] {
            app.register(username, json!({ "email": "other@mail.example" })).await.expect(status);
        }
    }
}

#[tokio::test]
async fn logging_in_tells_nothing() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for username in ["taken", "free"] {
        app.log_in(username, PASSWORD).await.expect_detail(400, "Login or password invalid.");
    }
}

#[tokio::test]
async fn where_users_are_active_at_once_a_taken_address_is_told_and_no_riddle() {
    for change in [
        |settings: &mut Settings| settings.login.require_verified = false,
        |settings: &mut Settings| settings.registration.verification = false,
    ] {
        let app = TestApp::with(change).await;
        let ann = app.registered("ann").await;
        app.accounts()
            .store()
            .mark_verified(UserId::from_stored(&ann.id), app.now(), EmailSharing::Unique)
            .await
            .expect("it answers");
        let told = app.register("bob", json!({ "email": ann.email })).await.expect(400);
        assert_eq!(told, json!({ "email": ["user with this email address already exists."] }));
        assert_eq!(app.users().await.len(), 1);
    }
}

#[tokio::test]
async fn the_owner_gets_one_mail_and_no_link() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    let mail = app.mail().await;
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), (ann.email.as_str(), "You already have an account"));
    app.resend(&ann.email).await.expect(200);
    assert!(app.mails().await.is_empty(), "who has the address needs no other link to it");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}
