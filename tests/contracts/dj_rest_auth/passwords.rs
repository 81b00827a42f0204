//! `password/…`, and what becomes of disabled users.

use super::*;

#[tokio::test]
async fn a_password_is_changed_with_the_old_one_and_other_sessions_end() {
    let app = TestApp::with(open).await;
    let (token, other) = (app.dj_rest_auth().somebody("ann").await, app.dj_rest_auth().log_in("ann", PASSWORD).await);
    let change = async |body: Value| app.dj_rest_auth().send_by(&token, "POST", paths::CHANGE_PASSWORD, &body).await;
    let body = |old: &str, new: &str, repeated: &str| json!({ "old_password": old, "new_password1": new, "new_password2": repeated });
    let wrong = "Your old password was entered incorrectly. Please enter it again.";
    for (body, expected) in [
        (body("nope", NEW_PASSWORD, NEW_PASSWORD), json!({ "old_password": [wrong] })),
        (
            body(PASSWORD, NEW_PASSWORD, "x"),
            json!({ "new_password2": ["The two password fields didn\u{2019}t match."] }),
        ),
        (body(PASSWORD, "password", "password"), json!({ "new_password2": ["This password is too common."] })),
        (json!({ "new_password1": "x", "new_password2": "x" }), json!({ "old_password": ["This field is required."] })),
    ] {
        assert_eq!(change(body.clone()).await.expect(400), expected, "{body}");
    }
    let changed = change(body(PASSWORD, NEW_PASSWORD, NEW_PASSWORD)).await;
    assert_eq!(changed.body, r#"{"detail":"New password has been saved."}"#);
    assert!(app.dj_rest_auth().is_alive(&token).await && !app.dj_rest_auth().is_alive(&key(&other.expect(200))).await);
    app.dj_rest_auth().log_in("ann", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_site_may_ask_for_no_old_password_and_log_out_with_the_change() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.change_password.old_required = false;
        settings.contracts.dj_rest_auth.logout_on_password_change = true;
    })
    .await;
    let token = app.dj_rest_auth().somebody("ann").await;
    let body = json!({ "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    let changed = app.dj_rest_auth().send_by(&token, "POST", paths::CHANGE_PASSWORD, &body).await;
    changed.expect(200);
    assert!(!app.dj_rest_auth().is_alive(&token).await);
}

#[tokio::test]
async fn a_reset_judges_the_link_and_then_the_passwords() {
    let app = TestApp::with(open).await;
    let token = app.dj_rest_auth().somebody("ann").await;
    for email in ["ANN@mail.example", "nobody@mail.example"] {
        let answer = app.dj_rest_auth().post(paths::RESET_PASSWORD, &json!({ "email": email })).await;
        assert_eq!(answer.body, r#"{"detail":"Password reset e-mail has been sent."}"#, "{email}");
    }
    let [segment, uid, proof] = parameters(&app.mail().await);
    assert_eq!(segment, "confirm");
    let confirm = async |uid: &str, proof: &str, new: &str, repeated: &str| {
        let body = json!({ "uid": uid, "token": proof, "new_password1": new, "new_password2": repeated });
        app.dj_rest_auth().post(paths::RESET_PASSWORD_CONFIRM, &body).await
    };
    let invalid = json!(["Invalid value"]);
    assert_eq!(errors(&confirm("!!", &proof, NEW_PASSWORD, "x").await, "uid"), invalid);
    for forged in ["bad-token", &proof[1..], &format!("{proof}0")] {
        assert_eq!(errors(&confirm(&uid, forged, "1", "2").await, "token"), invalid, "{forged}");
    }
    let differ = json!(["The two password fields didn\u{2019}t match."]);
    assert_eq!(errors(&confirm(&uid, &proof, "1", "2").await, "new_password2"), differ);
    let common = json!(["This password is too common."]);
    assert_eq!(errors(&confirm(&uid, &proof, "password", "password").await, "new_password2"), common);
    let done = confirm(&uid, &proof, NEW_PASSWORD, NEW_PASSWORD).await;
    assert_eq!(done.body, r#"{"detail":"Password has been reset with the new password."}"#);
    assert_eq!(errors(&confirm(&uid, &proof, NEW_PASSWORD, NEW_PASSWORD).await, "token"), invalid);
    assert!(!app.dj_rest_auth().is_alive(&token).await, "all sessions end");
    app.dj_rest_auth().log_in("ann", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_disabled_user_is_told_nothing_and_gets_no_link() {
    let app = TestApp::with(open).await;
    let token = app.dj_rest_auth().somebody("ann").await;
    let user = app.dj_rest_auth().get_by(&token, paths::USER).await.expect(200);
    let id = UserId::from_stored(user["pk"].as_str().expect("an id"));
    app.accounts().administration().disable_user(&id).await.expect("it is there");
    let (right, wrong) =
        (app.dj_rest_auth().log_in("ann", PASSWORD).await, app.dj_rest_auth().log_in("ann", "x").await);
    assert_eq!((right.status, &right.body), (400, &wrong.body));
    app.dj_rest_auth().post(paths::RESET_PASSWORD, &json!({ "email": "ann@mail.example" })).await.expect(200);
    assert!(app.mails().await.is_empty());
    app.dj_rest_auth().get_by(&token, paths::USER).await.expect_detail(401, "Invalid token.");
}
