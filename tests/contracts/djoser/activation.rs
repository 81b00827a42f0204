//! `users/activation/` and `users/resend_activation/`.

use countersign::{Settings, UserId};
use serde_json::json;

use super::{alone, with_activation, without_activation};
use crate::support::TestApp;
use crate::support::djoser::{Link, credentials, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

const INVALID_TOKEN: &str = "Invalid token for given user.";

#[tokio::test]
async fn a_link_activates_once_and_is_stale_after_that() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("ann").await;
    let link = Link::of(&app.mail().await);
    let refused = app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await;
    assert_eq!(refused.expect(400), json!({ "non_field_errors": ["Unable to log in with provided credentials."] }));
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
    app.djoser().token("ann", PASSWORD).await;
    let again = app.djoser().post(paths::ACTIVATION, &link.claim()).await;
    again.expect_detail(403, "Stale token for given user.");
}

#[tokio::test]
async fn what_is_no_link_is_refused_at_the_part_that_is_wrong() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("ann").await;
    let link = Link::of(&app.mail().await);
    let required = json!(["This field is required."]);
    let empty = app.djoser().post(paths::ACTIVATION, &json!({})).await;
    assert_eq!(empty.expect(400), json!({ "uid": required, "token": required }));
    let no_user = json!({ "uid": ["Invalid user id or user doesn't exist."] });
    let no_link = json!({ "token": [INVALID_TOKEN] });
    for (uid, token, expected) in [
        ("!!!", link.token.as_str(), &no_user),
        (&link.uid[1..], link.token.as_str(), &no_user),
        (link.uid.as_str(), "bad-token", &no_link),
        // The base64url of another id.
        ("OTk5OTk5", link.token.as_str(), &no_link),
        (link.uid.as_str(), &link.token[..link.token.len() - 1], &no_link),
    ] {
        let answer = app.djoser().post(paths::ACTIVATION, &json!({ "uid": uid, "token": token })).await;
        assert_eq!(&answer.expect(400), expected, "{uid} {token}");
    }
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
}

#[tokio::test]
async fn an_old_link_and_one_of_a_user_who_is_gone_are_refused() {
    let app = TestApp::with(with_activation).await;
    let id = app.djoser().registered("ann").await;
    let link = Link::of(&app.mail().await);
    app.advance(7 * 86_400 + 1);
    let old = app.djoser().post(paths::ACTIVATION, &link.claim()).await;
    assert_eq!(old.expect(400), json!({ "token": [INVALID_TOKEN] }));
    expect_nothing(&app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": "ann@mail.example" })).await);
    let link = Link::of(&app.mail().await);
    app.accounts().administration().delete_user(&UserId::from_stored(id)).await.expect("it is there");
    let gone = app.djoser().post(paths::ACTIVATION, &link.claim()).await;
    assert_eq!(gone.expect(400), json!({ "uid": ["Invalid user id or user doesn't exist."] }));
}

#[tokio::test]
async fn a_shut_account_gets_no_link_and_none_opens_it() {
    let app = TestApp::with(with_activation).await;
    let id = UserId::from_stored(app.djoser().registered("ann").await);
    let link = Link::of(&app.mail().await);
    app.accounts().administration().disable_user(&id).await.expect("it is there");
    expect_nothing(&app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": "ann@mail.example" })).await);
    assert_eq!(app.mails().await.len(), 0);
    let refused = app.djoser().post(paths::ACTIVATION, &link.claim()).await;
    assert_eq!(refused.expect(400), json!({ "token": [INVALID_TOKEN] }));
    app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await.expect(400);
}

#[tokio::test]
async fn another_link_is_mailed_to_whom_needs_one_and_the_answer_does_not_tell() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("ann").await;
    app.djoser().somebody("bea").await;
    app.mails().await;
    for (email, mails) in [("Ann@mail.example", 1), ("bea@mail.example", 0), ("nobody@mail.example", 0)] {
        expect_nothing(&app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": email })).await);
        let sent = app.mails().await;
        assert_eq!(sent.len(), mails, "{email}");
        for mail in sent {
            expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(&mail).claim()).await);
        }
    }
}

#[tokio::test]
async fn without_activation_asking_for_a_link_is_refused_without_a_body() {
    let app = TestApp::with(without_activation).await;
    app.djoser().somebody("ann").await;
    let field = app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": "x" })).await;
    assert_eq!(field.expect(400), json!({ "email": ["Enter a valid email address."] }));
    let refused = app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": "ann@mail.example" })).await;
    assert_eq!((refused.status, refused.body.as_str(), refused.header("content-type")), (400, "", None));
}

#[tokio::test]
async fn a_site_may_tell_that_no_account_waits() {
    let telling = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.show_email_not_found = true;
    };
    let app = TestApp::with(telling).await;
    app.djoser().registered("ann").await;
    app.djoser().somebody("bea").await;
    let sentence = json!(["User with given email does not exist."]);
    for email in ["bea@mail.example", "nobody@mail.example"] {
        let answer = app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": email })).await;
        assert_eq!(answer.expect(400), sentence);
    }
    expect_nothing(&app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": "ann@mail.example" })).await);
}

#[tokio::test]
async fn a_welcome_comes_with_activation_where_the_site_sends_one() {
    let welcoming = |settings: &mut Settings| {
        with_activation(settings);
        settings.registration.welcome_mail = true;
    };
    let app = TestApp::with(welcoming).await;
    app.djoser().registered("ann").await;
    let link = Link::of(&app.mail().await);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
    let welcome = app.mail().await;
    assert_eq!((welcome.to.as_str(), welcome.header("subject").is_some()), ("ann@mail.example", true));
    assert!(!welcome.text.contains("/activate/"), "{}", welcome.text);
    app.djoser().post(paths::ACTIVATION, &link.claim()).await.expect(403);
    assert_eq!(app.mails().await.len(), 0, "once");
}

#[tokio::test]
async fn a_welcome_comes_with_registration_where_nothing_is_proved() {
    let welcoming = |settings: &mut Settings| {
        without_activation(settings);
        settings.registration.welcome_mail = true;
    };
    let app = TestApp::with(welcoming).await;
    app.djoser().registered("ann").await;
    assert_eq!(app.mail().await.to, "ann@mail.example");
    let nameless = json!({ "username": "bea", "password": PASSWORD });
    app.djoser().post(paths::USERS, &nameless).await.expect(201);
    assert_eq!(app.mails().await.len(), 0, "there is no address");
}

#[tokio::test]
async fn where_only_this_contract_takes_links_all_of_them_lead_to_its_pages() {
    let app = TestApp::with(alone).await;
    let id = app.djoser().registered("ann").await;
    let user = app.user(&id).await;
    let email = countersign::identity::EmailAddress::parse("new@mail.example").expect("an address");
    app.mails().await;
    let standing = countersign::accounts::EmailStanding::ToBeProved;
    app.accounts().set_email(user, email, standing).await.expect("it is mailed");
    let mail = app.mail().await;
    assert_eq!(mail.to, "new@mail.example");
    assert!(mail.url().starts_with("https://djoser.example/#/activate/"), "{}", mail.url());
}
