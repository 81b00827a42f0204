//! Links of a site whose settings have changed since: what was mailed works, and what would not work is not mailed.

use countersign::Settings;
use countersign::settings::{LoginField, UsernamePolicy};
use serde_json::json;

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

/// New addresses of verified users need no proof.
fn only_new_users_prove(settings: &mut Settings) {
    with_activation(settings);
    settings.change_email.verification = false;
    settings.login.require_verified = false;
}

fn by_address(settings: &mut Settings) {
    settings.users.username = UsernamePolicy::None;
    settings.login.fields = vec![LoginField::Email];
}

/// A user who waits for the activation, with the link to the corrected address, and the settings of before.
async fn corrected() -> (TestApp, String, Link) {
    let app = TestApp::with(|settings| {
        with_activation(settings);
        settings.login.require_verified = false;
    })
    .await;
    let id = app.djoser().registered("ann").await;
    app.mails().await;
    let token = app.djoser().token("ann", PASSWORD).await;
    let body = json!({ "email": "right@mail.example" });
    app.djoser().send_by(&token, "PATCH", paths::ME, &body).await.expect(200);
    let link = Link::of(&app.mail().await);
    (app, id, link)
}

#[tokio::test]
async fn an_activation_link_works_where_new_users_need_none_by_now() {
    let strict = TestApp::with(with_activation).await;
    let id = strict.djoser().registered("ann").await;
    let link = Link::of(&strict.mail().await);
    let app = strict.sibling(without_activation).await;
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
    assert!(app.user(&id).await.verified_at.is_some());
    let again = app.djoser().post(paths::ACTIVATION, &link.claim()).await;
    again.expect_detail(403, "Stale token for given user.");
    app.advance(7 * 86_400 + 1);
    app.djoser().post(paths::ACTIVATION, &link.claim()).await.expect(400);
}

#[tokio::test]
async fn a_link_to_a_new_address_works_where_it_would_need_none_by_now() {
    let strict = TestApp::with(with_activation).await;
    let (id, token) = strict.djoser().somebody("ann").await;
    let body = json!({ "email": "new@mail.example" });
    strict.djoser().send_by(&token, "PATCH", paths::ME, &body).await.expect(200);
    let link = Link::of(&strict.mail().await);
    let app = strict.sibling(without_activation).await;
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &link.claim()).await);
    assert_eq!(app.user(&id).await.email.as_deref(), Some("new@mail.example"));
}

#[tokio::test]
async fn a_corrected_address_is_proved_where_only_new_users_prove_theirs() {
    let (strict, id, first) = corrected().await;
    let app = strict.sibling(only_new_users_prove).await;
    expect_nothing(&app.djoser().post(paths::RESEND_ACTIVATION, &json!({ "email": "right@mail.example" })).await);
    let second = Link::of(&app.mail().await);
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &second.claim()).await);
    app.djoser().post(paths::ACTIVATION, &first.claim()).await.expect(403);
    let user = app.user(&id).await;
    assert_eq!((user.email.as_deref(), user.verified_at.is_some()), (Some("right@mail.example"), true));
}

#[tokio::test]
async fn a_link_that_an_operator_passes_on_works_too() {
    let (strict, id, _) = corrected().await;
    let app = strict.sibling(only_new_users_prove).await;
    let user = app.user(&id).await;
    let signed = app.accounts().sign_verification_link(&user).await.expect("there is one");
    let countersign::accounts::VerificationLink::CorrectedEmail(signed) = signed else { panic!("{signed:?}") };
    let body = json!({ "uid": signed.uid(), "token": signed.token() });
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &body).await);
    assert!(app.user(&id).await.verified_at.is_some());
}

#[tokio::test]
async fn a_user_who_waits_names_another_address_by_link_and_proves_it() {
    let app = TestApp::with(|settings| {
        only_new_users_prove(settings);
        by_address(settings);
    })
    .await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD });
    app.djoser().post(paths::USERS, &body).await.expect(201);
    let first = Link::of(&app.mail().await);
    expect_nothing(&app.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await);
    let link = Link::of(&app.mail().await);
    let body = link.with(json!({ "new_email": "right@mail.example" }));
    expect_nothing(&app.djoser().post(paths::RESET_EMAIL_CONFIRM, &body).await);
    let mail = app.mail().await;
    assert_eq!(mail.to, "right@mail.example");
    // The link to the first address proves no other.
    app.djoser().post(paths::ACTIVATION, &first.claim()).await.expect(400);
    assert!(app.users().await[0].verified_at.is_none());
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(&mail).claim()).await);
    let user = app.users().await.remove(0);
    assert_eq!((user.email.as_deref(), user.verified_at.is_some()), (Some("right@mail.example"), true));
}

#[tokio::test]
async fn where_no_address_is_proved_a_user_who_waits_gets_no_link_for_another_address() {
    let waiting = TestApp::with(|settings| {
        only_new_users_prove(settings);
        by_address(settings);
    })
    .await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD });
    waiting.djoser().post(paths::USERS, &body).await.expect(201);
    waiting.mails().await;
    let app = waiting
        .sibling(|settings| {
            without_activation(settings);
            by_address(settings);
            settings.login.require_verified = false;
        })
        .await;
    expect_nothing(&app.djoser().post(paths::RESET_EMAIL, &json!({ "email": "ann@mail.example" })).await);
    assert!(app.mails().await.is_empty(), "it would be refused");
}
