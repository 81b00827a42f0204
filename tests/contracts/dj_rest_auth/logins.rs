//! `login/` and `logout/`.

use super::*;

#[tokio::test]
async fn users_log_in_by_what_the_settings_list() {
    let both = TestApp::with(open).await;
    both.dj_rest_auth().register("ann").await.expect(201);
    both.dj_rest_auth().register("bea").await.expect(201);
    let log_in = async |app: &TestApp, body: Value| app.dj_rest_auth().post(paths::LOGIN, &body).await;
    for body in [
        json!({ "username": "ANN", "password": PASSWORD }),
        json!({ "username": "ann@mail.example", "password": PASSWORD }),
        json!({ "email": "ANN@mail.example", "password": PASSWORD }),
        json!({ "email": "", "username": "ann", "password": PASSWORD }),
        json!({ "email": "ann@mail.example", "username": "nobody", "password": PASSWORD }),
    ] {
        log_in(&both, body).await.expect(200);
    }
    let refused = log_in(&both, json!({ "email": "no@mail.example", "username": "ann", "password": PASSWORD })).await;
    assert_eq!(errors(&refused, "non_field_errors"), json!(["Unable to log in with provided credentials."]));
    assert_eq!(
        errors(&log_in(&both, json!({ "email": "x", "password": "y" })).await, "email").as_array().map(Vec::len),
        Some(1)
    );

    let by = |field: LoginField| {
        move |settings: &mut Settings| {
            open(settings);
            settings.login.fields = vec![field];
        }
    };
    let (by_name, by_email) =
        (TestApp::with(by(LoginField::Username)).await, TestApp::with(by(LoginField::Email)).await);
    for (app, sentence) in [
        (&both, r#"Must include either "username" or "email" and "password"."#),
        (&by_name, r#"Must include "username" and "password"."#),
        (&by_email, r#"Must include "email" and "password"."#),
    ] {
        assert_eq!(errors(&log_in(app, json!({ "password": "x" })).await, "non_field_errors"), json!([sentence]));
        app.dj_rest_auth().register("eve").await.expect(201);
    }
    let named = json!({ "username": "eve", "password": PASSWORD });
    let mailed = json!({ "email": "eve@mail.example", "password": PASSWORD });
    assert_eq!(
        (log_in(&by_name, named.clone()).await.status, log_in(&by_email, mailed.clone()).await.status),
        (200, 200)
    );
    assert_eq!((log_in(&by_name, mailed).await.status, log_in(&by_email, named).await.status), (400, 400));
}

#[tokio::test]
async fn a_logout_ends_the_session_of_its_request_and_no_other() {
    let app = TestApp::with(open).await;
    let first = app.dj_rest_auth().somebody("ann").await;
    let second = key(&app.dj_rest_auth().log_in("ann", PASSWORD).await.expect(200));
    let answer = app.dj_rest_auth().send_by(&first, "POST", paths::LOGOUT, &json!({})).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"detail":"Successfully logged out."}"#));
    assert!(!app.dj_rest_auth().is_alive(&first).await && app.dj_rest_auth().is_alive(&second).await);
    let again = app.dj_rest_auth().send_by(&first, "POST", paths::LOGOUT, &json!({})).await;
    again.expect_detail(401, "Invalid token.");
    // By cookie, from another site and from the own origin.
    let path = app.dj_rest_auth().path(paths::LOGOUT);
    let by_cookie = || app.request("POST", &path).header("cookie", format!("{COOKIE}={second}"));
    assert_eq!(app.send(by_cookie().header("sec-fetch-site", "cross-site")).await.status, 403);
    assert!(app.dj_rest_auth().is_alive(&second).await);
    let answer = app.send(by_cookie().header("sec-fetch-site", "same-origin")).await;
    assert_eq!((answer.status, cookie(&answer, COOKIE).as_deref()), (200, Some("")));
    assert!(!app.dj_rest_auth().is_alive(&second).await);
    app.dj_rest_auth().post(paths::LOGOUT, &json!({})).await.expect(200);
}

#[tokio::test]
async fn without_session_login_there_are_no_cookies_and_nobody_cannot_log_out() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.contracts.dj_rest_auth.session_login = false;
    })
    .await;
    let answer = app.dj_rest_auth().register("ann").await;
    assert_eq!((answer.status, answer.header("set-cookie")), (201, None));
    let refused = app.dj_rest_auth().post(paths::LOGOUT, &json!({})).await;
    refused.expect_detail(400, "You should be logged in to logout. Check whether the token is passed.");
    let token = key(&answer.expect(201));
    app.dj_rest_auth().send_by(&token, "POST", paths::LOGOUT, &json!({})).await.expect(200);
}
