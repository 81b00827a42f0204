//! GET of the API's own paths that mails may name, and the reset by such a path.

use super::*;
use crate::support::dj_rest_auth::{KEY, TOKEN, UID};
use crate::support::endpoints::Contract;

/// Puts values in the place of a path's placeholders.
fn filled(path: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

/// Asks for the path and returns where the answer leads.
async fn led_to(app: &TestApp, method: &str, path: &str) -> String {
    let answer = app.send(app.request(method, &app.path_of(Contract::DjRestAuth, path))).await;
    assert_eq!((answer.status, answer.body.as_str()), (302, ""), "{path}: {answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"));
    answer.header("location").expect("it leads somewhere").to_owned()
}

#[tokio::test]
async fn a_get_of_the_confirmation_path_leads_to_the_page_and_confirms_nothing() {
    let app = TestApp::with(mandatory).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let mail = app.mail().await;
    let [key] = parameters(&mail);
    let path = filled(paths::CONFIRM_EMAIL, &[("{key}", &key)]);
    for method in ["GET", "HEAD", "GET"] {
        assert_eq!(led_to(&app, method, &path).await, mail.url(), "{method}");
    }
    assert_eq!(led_to(&app, "GET", &path.replace(':', "%3A")).await, mail.url());
    app.dj_rest_auth().log_in("ann", PASSWORD).await.expect(400);
    app.dj_rest_auth().post(paths::VERIFY_EMAIL, &json!({ "key": key })).await.expect(200);
    app.dj_rest_auth().log_in("ann", PASSWORD).await.expect(200);
    assert_eq!(led_to(&app, "GET", &path).await, mail.url(), "a used key is told by the POST alone");
    let sent = "registration/account-email-verification-sent/";
    app.dj_rest_auth().post(sent, &json!({})).await.expect(404);
}

#[tokio::test]
async fn what_is_no_link_leads_nowhere() {
    let app = TestApp::with(mandatory).await;
    let long = "A".repeat(5_000);
    for key in ["x", "a:1:b", &long, &format!("{KEY}A"), &format!("%0d%0aSet-Cookie:a={KEY}"), &format!("{KEY}%2f")] {
        let path = filled(paths::CONFIRM_EMAIL, &[("{key}", key)]);
        let answer = app.send(app.request("GET", &app.path_of(Contract::DjRestAuth, &path))).await;
        answer.expect_detail(404, NOT_FOUND);
        assert_eq!(answer.header("location"), None, "{key}");
    }
    for (uid, token) in [("!!", TOKEN), (UID, "x"), ("@evil.example", TOKEN), (UID, &long)] {
        let path = filled(paths::RESET_PASSWORD_BY_PATH, &[("{uid}", uid), ("{token}", token)]);
        let answer = app.send(app.request("GET", &app.path_of(Contract::DjRestAuth, &path))).await;
        assert_eq!((answer.status, answer.header("location")), (404, None), "{uid} {token}");
    }
}

#[tokio::test]
async fn a_password_is_reset_by_the_path_and_only_by_the_link_in_it() {
    let app = TestApp::with(mandatory).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    app.mails().await;
    app.dj_rest_auth().post(paths::RESET_PASSWORD, &json!({ "email": "ann@mail.example" })).await.expect(200);
    let mail = app.mail().await;
    let [uid, token] = parameters(&mail);
    let path = filled(paths::RESET_PASSWORD_BY_PATH, &[("{uid}", &uid), ("{token}", &token)]);
    assert_eq!(led_to(&app, "GET", &path).await, mail.url());

    let post = async |changes: Value| {
        let mut body = json!({ "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
        body.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        app.dj_rest_auth().post(&path, &body).await
    };
    let invalid = json!(["Invalid value"]);
    assert_eq!(post(json!({ "uid": UID })).await.expect(400), json!({ "uid": invalid }));
    assert_eq!(post(json!({ "token": TOKEN })).await.expect(400), json!({ "token": invalid }));
    let differs = "The two password fields didn\u{2019}t match.";
    assert_eq!(errors(&post(json!({ "new_password2": "x" })).await, "new_password2"), json!([differs]));
    let required = json!(["This field is required."]);
    let nothing = app.dj_rest_auth().post(&path, &json!({})).await;
    assert_eq!(nothing.expect(400), json!({ "new_password1": required, "new_password2": required }));
    let reset = post(json!({ "uid": uid, "token": "" })).await;
    assert_eq!(reset.body, r#"{"detail":"Password has been reset with the new password."}"#);
    assert_eq!(post(json!({})).await.expect(400), json!({ "token": invalid }));
    app.dj_rest_auth().log_in("ann", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn without_pages_the_paths_are_not_found() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.reset_password.enabled = false;
        settings.change_email.verification = false;
        settings.contracts.dj_rest_auth.account_confirm_email_url = None;
    })
    .await;
    for path in [paths::CONFIRM_EMAIL, paths::RESET_PASSWORD_BY_PATH] {
        let answer = app.send(app.request("GET", &app.path_of(Contract::DjRestAuth, path))).await;
        answer.expect_detail(404, NOT_FOUND);
    }
}
