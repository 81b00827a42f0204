//! Mails that wait while the mail server is away, and users who go on meanwhile.

use serde_json::{Value, json};

use super::with_activation;
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::djoser::{Link, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

/// A user who has a link for another username, and whose mail to a new address waits.
async fn waiting() -> (TestApp, String, Link) {
    let app = TestApp::with(with_activation).await;
    let (_, token) = app.djoser().somebody("ann").await;
    app.djoser().post(paths::RESET_USERNAME, &json!({ "email": "ann@mail.example" })).await;
    let link = Link::of(&app.mail().await);
    app.djoser().send_by(&token, "PATCH", paths::ME, &json!({ "email": "new@mail.example" })).await.expect(200);
    (app, token, link)
}

async fn rename(app: &TestApp, link: &Link) {
    let body = link.with(json!({ "new_username": "anna" }));
    expect_nothing(&app.djoser().post(paths::RESET_USERNAME_CONFIRM, &body).await);
}

#[tokio::test]
async fn another_username_by_link_leaves_the_mail_to_a_new_address() {
    let (app, token, link) = waiting().await;
    rename(&app, &link).await;
    let mails = app.mails().await;
    let mail = mails.iter().find(|mail| mail.to == "new@mail.example").expect("it is not lost");
    assert_eq!(mails.len(), 2, "the other one is the notice: {mails:?}");
    expect_nothing(&app.djoser().post(paths::ACTIVATION, &Link::of(mail).claim()).await);
    assert_eq!(app.djoser().get_by(&token, paths::ME).await.expect(200)["email"], "new@mail.example");
}

#[tokio::test]
async fn another_username_by_link_takes_back_the_mails_whose_links_die_with_it() {
    let (app, _, link) = waiting().await;
    for path in [paths::RESET_PASSWORD, paths::RESET_USERNAME] {
        expect_nothing(&app.djoser().post(path, &json!({ "email": "ann@mail.example" })).await);
    }
    rename(&app, &link).await;
    let recipients: Vec<String> = app.mails().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(recipients.iter().filter(|to| *to == "ann@mail.example").count(), 1, "the notice alone");
}

#[tokio::test]
async fn a_new_password_ends_the_request_together_with_its_mail() {
    let (app, token, _) = waiting().await;
    let body = json!({ "current_password": PASSWORD, "new_password": NEW_PASSWORD });
    expect_nothing(&app.djoser().post_by(&token, paths::SET_PASSWORD, &body).await);
    assert_eq!(app.mail().await.to, "ann@mail.example", "the notice alone");
    assert_eq!(app.users().await[0].pending_email, None);
    // Asked for again, it is mailed again.
    let again: Value = json!({ "email": "new@mail.example" });
    app.djoser().send_by(&token, "PATCH", paths::ME, &again).await.expect(200);
    assert_eq!(app.mail().await.to, "new@mail.example");
}
