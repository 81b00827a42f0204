//! A user writes the address of the account in other letters.

use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;

#[tokio::test]
async fn the_spelling_changes_at_once_and_nobody_is_mailed() {
    for verification in [true, false] {
        let app = TestApp::with(|settings| settings.change_email.verification = verification).await;
        let (ann, token) = app.somebody("ann").await;
        let link = app.reset_link("ann").await;
        app.ask_for_email(&token, "ANN@Mail.EXAMPLE").await.expect_detail(200, "Email changed");
        assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["email"], "ANN@mail.example");
        assert!(app.mails().await.is_empty());
        app.reset(&link, "Velvet-Comet-77").await.expect(200);
        assert_eq!(app.mail().await.to, "ANN@mail.example");
        let taken = app.register("bob", json!({ "email": ann.email })).await;
        assert_eq!(taken.status, 201);
        let subject = app.mail().await.subject;
        assert!(subject.starts_with("You already have an account"), "it is hers as before: {subject}");
    }
}

#[tokio::test]
async fn an_international_domain_in_another_spelling_is_the_same_address() {
    let app = TestApp::start().await;
    app.register("ann", json!({ "email": "ann@bücher.example" })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    let token = app.log_in("ann", crate::support::test_app::PASSWORD).await.expect(200)["token"].clone();
    let token = token.as_str().expect("a token");
    app.ask_for_email(token, "Ann@BÜCHER.example").await.expect_detail(200, "Email changed");
    assert!(app.mails().await.is_empty());
    assert_eq!(app.get_by(token, paths::PROFILE).await.expect(200)["email"], "Ann@bücher.example");
}

#[tokio::test]
async fn another_users_address_in_other_letters_is_still_another_users() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    app.verified("bob").await;
    app.ask_for_email(&token, "BOB@mail.example").await.expect_detail(200, "Register email link email sent");
    assert!(!app.mail().await.text.contains("http"));
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}
