//! What a stranger might try after a registration, to learn whether the address was taken.

use serde_json::{Value, json};

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
    app.advance(60);
    registered_with(&app, "taken", &ann.email).await;
    registered_with(&app, "free", "nobody@mail.example").await;
    for days in [1, 28] {
        app.advance(days * 86_400);
        app.accounts().purge_unverified().await.expect("it answers");
        assert_eq!(app.users().await.len(), 3);
    }
    app.advance(2 * 86_400);
    app.accounts().purge_unverified().await.expect("it answers");
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn logging_in_tells_nothing_also_where_proof_is_not_required() {
    for (require_verified, status) in [(true, 400), (false, 200)] {
        let app = TestApp::with(|settings| settings.login.require_verified = require_verified).await;
        let ann = app.verified("ann").await;
        registered_with(&app, "taken", &ann.email).await;
        registered_with(&app, "free", "nobody@mail.example").await;
        let mut bodies = Vec::new();
        for username in ["taken", "free"] {
            let Value::Object(body) = app.log_in(username, PASSWORD).await.expect(status) else { panic!("an object") };
            bodies.push(body.keys().cloned().collect::<Vec<_>>());
        }
        assert_eq!(bodies[0], bodies[1]);
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

#[tokio::test]
async fn an_account_that_is_active_at_once_is_not_made_twice_for_one_address() {
    let app = TestApp::with(|settings| settings.registration.verification = false).await;
    let ann = app.registered("ann").await;
    registered_with(&app, "taken", &ann.email).await;
    assert_eq!(app.users().await.len(), 1);
    assert_eq!(app.mail().await.to, ann.email);
}
