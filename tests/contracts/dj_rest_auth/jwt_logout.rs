//! `logout/` with JSON Web Tokens.

use super::*;

const OUT: &str = "Successfully logged out.";
const NO_COOKIE: &str = "Refresh token was not included in cookie data.";
const NOT_IN_BODY: &str = "Refresh token was not included in request data.";

/// Logs out with these cookies and this header.
async fn log_out(app: &TestApp, cookies: &str, header: Option<&str>, body: &Value) -> Answer {
    let request = app.request("POST", &app.dj_rest_auth().path(paths::LOGOUT)).header("cookie", cookies).json(body);
    app.send(match header {
        Some(access) => request.header("authorization", format!("Bearer {access}")),
        None => request,
    })
    .await
}

/// The cookie of this name alone.
fn only(answer: &Answer, name: &str) -> String {
    format!("{name}={}", cookie(answer, name).expect("it is set"))
}

#[tokio::test]
async fn each_credential_of_a_login_ends_it() {
    let app = TestApp::with(in_cookies).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    for way in ["both cookies", "refresh cookie", "access cookie", "header", "body"] {
        let login = app.dj_rest_auth().log_in("ann", PASSWORD).await;
        let access = text(&login.expect(200), "access").to_owned();
        let refresh = json!({ "refresh": cookie(&login, "refresh-token") });
        let out = match way {
            "both cookies" => log_out(&app, &jar(&login), None, &json!({})).await,
            "refresh cookie" => log_out(&app, &only(&login, "refresh-token"), None, &json!({})).await,
            "access cookie" => log_out(&app, &only(&login, "access-token"), None, &json!({})).await,
            "header" => log_out(&app, "", Some(&access), &json!({})).await,
            _ => log_out(&app, "", None, &refresh).await,
        };
        out.expect_detail(200, OUT);
        for name in ["access-token", "refresh-token"] {
            assert_eq!(cookie(&out, name).as_deref(), Some(""), "{way}");
            assert_eq!(out.headers.iter().filter(|(_, value)| value.starts_with(name)).count(), 1, "{way}");
        }
        assert_eq!(user_by(&app, &access).await.status, 401, "{way}");
        expect_token_refused(&app.dj_rest_auth().post(paths::REFRESH, &refresh).await, "Token is blacklisted");
    }
}

#[tokio::test]
async fn a_logout_that_ends_nothing_tells_why_and_removes_the_cookies() {
    let (cookies, bodies) = (TestApp::with(in_cookies).await, TestApp::with(in_bodies).await);
    let ended = cookies.dj_rest_auth().register("ann").await;
    log_out(&cookies, &jar(&ended), None, &json!({})).await.expect(200);
    let swapped = format!("refresh-token={}", cookie(&ended, "access-token").expect("it is set"));
    for (sent, sentence) in [
        ("", NO_COOKIE),
        ("refresh-token=", NO_COOKIE),
        ("refresh-token=abc", "Token is invalid"),
        ("access-token=abc; refresh-token=abc", "Token is invalid"),
        (&swapped, "Token has wrong type"),
        (&jar(&ended), "Token is blacklisted"),
    ] {
        let answer = log_out(&cookies, sent, None, &json!({})).await;
        answer.expect_detail(401, sentence);
        assert_eq!(answer.header("www-authenticate"), None);
        assert_eq!(cookie(&answer, "access-token").as_deref(), Some(""), "{sent}");
        assert_eq!(cookie(&answer, "refresh-token").as_deref(), Some(""), "{sent}");
    }
    log_out(&bodies, "", None, &json!({})).await.expect_detail(401, NOT_IN_BODY);
    log_out(&bodies, "", None, &json!({ "refresh": "" })).await.expect_detail(401, NOT_IN_BODY);
    log_out(&bodies, "", None, &json!({ "refresh": "abc" })).await.expect_detail(401, "Token is invalid");
    let pair = bodies.dj_rest_auth().register("ann").await.expect(201);
    bodies.advance(86_400);
    let expired = json!({ "refresh": pair["refresh"] });
    log_out(&bodies, "", None, &expired).await.expect_detail(401, "Token is expired");
    // A bad header is told as everywhere.
    assert_eq!(
        log_out(&bodies, "", Some("a.b.c"), &json!({})).await.header("www-authenticate"),
        Some("Bearer realm=\"api\"")
    );
}

#[tokio::test]
async fn a_client_that_refreshes_and_logs_out_at_once_is_logged_out() {
    let app = TestApp::with(in_cookies).await;
    let first = jar(&app.dj_rest_auth().register("ann").await);
    let second = post_with(&app, paths::REFRESH, &first, &json!({})).await;
    log_out(&app, &first.replace("access-token=", "old="), None, &json!({})).await.expect_detail(200, OUT);
    assert_eq!(user_with(&app, &jar(&second)).await.status, 401);
}

#[tokio::test]
async fn other_logins_go_on_and_a_disabled_user_is_logged_out() {
    let app = TestApp::with(in_cookies).await;
    let first = app.dj_rest_auth().register("ann").await;
    let second = jar(&app.dj_rest_auth().log_in("ann", PASSWORD).await);
    log_out(&app, &jar(&first), None, &json!({})).await.expect(200);
    assert_eq!(user_with(&app, &second).await.status, 200);
    let id = UserId::from_stored(text(&first.expect(201)["user"], "pk"));
    app.accounts().administration().disable_user(&id).await.expect("there is such a user");
    assert_eq!(user_with(&app, &second).await.status, 401);
    log_out(&app, &second, None, &json!({})).await.expect_detail(200, OUT);
}

#[tokio::test]
async fn another_scheme_is_no_login() {
    let app = TestApp::with(|settings| {
        open(settings);
        settings.contracts.dj_rest_auth.session_login = false;
    })
    .await;
    let request = app.request("POST", &app.dj_rest_auth().path(paths::LOGOUT));
    let answer = app.send(request.header("authorization", "Basic YTpi")).await;
    answer.expect_detail(400, "You should be logged in to logout. Check whether the token is passed.");
}

#[tokio::test]
async fn an_expired_token_in_the_header_does_not_keep_the_other_credentials_from_ending() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.dj_rest_auth.session_login = true;
    })
    .await;
    let own = app.url("/");
    let own = own.trim_end_matches('/');
    app.dj_rest_auth().register("ann").await.expect(201);
    for way in ["refresh cookie", "body", "session"] {
        let login = app.dj_rest_auth().log_in("ann", PASSWORD).await;
        let access = text(&login.expect(200), "access").to_owned();
        let (refresh, session) = (only(&login, "refresh-token"), only(&login, COOKIE));
        app.advance(300);
        let (cookies, body) = match way {
            "refresh cookie" => (&*refresh, json!({})),
            "body" => ("", json!({ "refresh": cookie(&login, "refresh-token") })),
            _ => (&*session, json!({})),
        };
        let request =
            app.request("POST", &app.dj_rest_auth().path(paths::LOGOUT)).header("cookie", cookies).json(&body);
        let request = request.header("authorization", format!("Bearer {access}")).header("origin", own);
        let out = app.send(request).await;
        out.expect_detail(200, OUT);
        assert_eq!(cookie(&out, "access-token").as_deref(), Some(""), "{way}");
        if way == "session" {
            assert_eq!(user_with(&app, &session).await.status, 401, "{way}");
        } else {
            let again = json!({ "refresh": cookie(&login, "refresh-token") });
            expect_token_refused(&app.dj_rest_auth().post(paths::REFRESH, &again).await, "Token is blacklisted");
        }
    }
    let refused = log_out(&app, "access-token=abc", Some("a.b.c"), &json!({})).await;
    refused.expect(401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer realm=\"api\""));
    assert_eq!(cookie(&refused, "access-token").as_deref(), Some(""), "the cookies go in any case");
}

#[tokio::test]
async fn a_body_that_is_not_needed_does_not_prevent_a_logout() {
    let app = TestApp::with(in_cookies).await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let path = app.dj_rest_auth().path(paths::LOGOUT);
    for body in ["{\"refresh\": null}", "{\"refresh\": []}", "[]", "{"] {
        let login = app.dj_rest_auth().log_in("ann", PASSWORD).await;
        let send = |cookies: &str| {
            let request = app.request("POST", &path).header("cookie", cookies);
            app.send(request.header("content-type", "application/json").body(body))
        };
        send(&only(&login, "refresh-token")).await.expect_detail(200, OUT);
        assert_eq!(user_with(&app, &jar(&login)).await.status, 401, "{body}");
        assert_eq!(send("refresh-token=").await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_login_in_the_header_needs_no_proof_for_the_cookies_beside_it() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.dj_rest_auth.jwt_cookies.is_origin_proved = true;
    })
    .await;
    let login = app.dj_rest_auth().register("ann").await;
    let access = text(&login.expect(201), "access").to_owned();
    log_out(&app, &only(&login, "refresh-token"), Some(&access), &json!({})).await.expect_detail(200, OUT);
    log_out(&app, &only(&login, "refresh-token"), None, &json!({})).await.expect(403);
}
