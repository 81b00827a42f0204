//! The single JSON Web Token in a cookie.

use countersign::settings::CookieSameSite;

use super::jwt::{in_bodies, token_of, user_by};
use super::*;
use crate::support::Answer;
use crate::support::accounts::{COOKIE, cookie, cookie_attributes};
use crate::support::dj_rest_auth::credentials;

const NAME: &str = "jwt-cookie";
const OUT: &str = "Successfully logged out.";

/// Users are active at once, and get a JSON Web Token in the body and in a cookie.
fn in_cookies(settings: &mut Settings) {
    in_bodies(settings);
    settings.contracts.django_rest_auth.jwt_cookies.access_name = Some(NAME.to_owned());
}

/// The cookies that an answer sets, as a browser sends them.
fn jar(answer: &Answer) -> String {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs: Vec<&str> = set.map(|(_, value)| value.split(';').next().expect("a pair")).collect();
    pairs.join("; ")
}

async fn user_with(app: &TestApp, cookies: &str) -> Answer {
    app.send(app.request("GET", &app.django_rest_auth().path(paths::USER)).header("cookie", cookies)).await
}

async fn post_with(app: &TestApp, path: &str, cookies: &str, body: &Value) -> Answer {
    app.send(app.request("POST", &app.django_rest_auth().path(path)).header("cookie", cookies).json(body)).await
}

#[tokio::test]
async fn a_login_and_a_registration_set_the_cookie_which_logs_in() {
    let app = TestApp::with(in_cookies).await;
    let registered = app.django_rest_auth().register("ann").await;
    let logged_in = app.django_rest_auth().log_in("ann", PASSWORD).await;
    for answer in [&registered, &logged_in] {
        assert_eq!(cookie(answer, NAME), Some(token_of(answer)));
        let attributes = ["HttpOnly", "Max-Age=300", "Path=/", "SameSite=Lax", "Secure"];
        assert_eq!(cookie_attributes(answer, NAME), attributes);
        assert_eq!(cookie(answer, COOKIE), None);
        assert_eq!(user_with(&app, &jar(answer)).await.expect(200), answer.json()["user"]);
    }
    let both = format!("{NAME}=abc; {}", jar(&logged_in));
    assert_eq!(user_with(&app, &both).await.status, 200, "a bad one does not hide a good one");
    app.advance(300);
    user_with(&app, &both).await.expect_detail(401, "Authentication credentials were not provided.");
    post_with(&app, paths::LOGIN, &both, &credentials("ann", PASSWORD)).await.expect(200);
}

#[tokio::test]
async fn the_cookie_has_the_attributes_of_the_settings() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        let cookies = &mut settings.contracts.django_rest_auth.jwt_cookies;
        (cookies.same_site, cookies.is_secure) = (CookieSameSite::Strict, false);
    })
    .await;
    let answer = app.django_rest_auth().register("ann").await;
    assert_eq!(cookie_attributes(&answer, NAME), ["HttpOnly", "Max-Age=300", "Path=/", "SameSite=Strict"]);
}

#[tokio::test]
async fn a_logout_ends_the_logins_of_header_and_cookie_and_removes_the_cookie_in_any_case() {
    let app = TestApp::with(in_cookies).await;
    let first = app.django_rest_auth().register("ann").await;
    let out = post_with(&app, paths::LOGOUT, &jar(&first), &json!({})).await;
    out.expect_detail(200, OUT);
    assert_eq!(cookie(&out, NAME).as_deref(), Some(""));
    let expected =
        ["Expires=Thu, 01 Jan 1970 00:00:00 GMT", "HttpOnly", "Max-Age=0", "Path=/", "SameSite=Lax", "Secure"];
    assert_eq!(cookie_attributes(&out, NAME), expected);
    assert_eq!(user_with(&app, &jar(&first)).await.status, 401);

    let (one, other) =
        (app.django_rest_auth().log_in("ann", PASSWORD).await, app.django_rest_auth().log_in("ann", PASSWORD).await);
    let request = app.request("POST", &app.django_rest_auth().path(paths::LOGOUT)).header("cookie", jar(&one));
    let out = app.send(request.header("authorization", format!("JWT {}", token_of(&other)))).await;
    out.expect_detail(200, OUT);
    for answer in [&one, &other] {
        assert_eq!(user_by(&app, &format!("JWT {}", token_of(answer))).await.status, 401);
    }
    for stale in ["", "jwt-cookie=abc", &jar(&first)] {
        let out = post_with(&app, paths::LOGOUT, stale, &json!({})).await;
        out.expect_detail(200, OUT);
        assert_eq!(cookie(&out, NAME).as_deref(), Some(""), "{stale}");
    }
}

#[tokio::test]
async fn a_session_begins_beside_the_token_and_ends_with_it() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.django_rest_auth.session_login = true;
    })
    .await;
    let answer = app.django_rest_auth().register("ann").await;
    let session = format!("{COOKIE}={}", cookie(&answer, COOKIE).expect("it is set"));
    assert_eq!(user_with(&app, &session).await.status, 200);
    let out = app.send(
        app.request("POST", &app.django_rest_auth().path(paths::LOGOUT))
            .header("cookie", jar(&answer))
            .header("sec-fetch-site", "same-origin"),
    );
    let out = out.await;
    assert_eq!((out.status, cookie(&out, COOKIE).as_deref()), (200, Some("")));
    assert_eq!(user_with(&app, &session).await.status, 401);
    assert_eq!(user_by(&app, &format!("JWT {}", token_of(&answer))).await.status, 401);
}

#[tokio::test]
async fn a_new_password_that_logs_out_removes_the_cookie() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.django_rest_auth.logout_on_password_change = true;
    })
    .await;
    let cookies = jar(&app.django_rest_auth().register("ann").await);
    let new = "Velvet-Comet-77";
    let body = json!({ "old_password": PASSWORD, "new_password1": new, "new_password2": new });
    let changed = post_with(&app, paths::CHANGE_PASSWORD, &cookies, &body).await;
    assert_eq!((changed.status, cookie(&changed, NAME).as_deref()), (200, Some("")));
    assert_eq!(user_with(&app, &cookies).await.status, 401);
}

#[tokio::test]
async fn a_cookie_changes_something_without_a_report_unless_a_proof_is_asked_for() {
    for asks_for_proof in [false, true] {
        let app = TestApp::with(|settings| {
            in_cookies(settings);
            settings.contracts.django_rest_auth.jwt_cookies.is_origin_proved = asks_for_proof;
        })
        .await;
        let cookies = jar(&app.django_rest_auth().register("ann").await);
        let path = app.django_rest_auth().path(paths::USER);
        let change = || app.request("PATCH", &path).header("cookie", &cookies).json(&json!({ "first_name": "A" }));
        let status = if asks_for_proof { 403 } else { 200 };
        assert_eq!(app.send(change()).await.status, status);
        assert_eq!(app.send(change().header("sec-fetch-site", "same-origin")).await.status, 200);
        assert_eq!(app.send(change().header("sec-fetch-site", "cross-site")).await.status, 403);
        assert_eq!(user_with(&app, &cookies).await.status, 200, "what only reads needs no proof");
        assert_eq!(post_with(&app, paths::LOGOUT, &cookies, &json!({})).await.status, status);
    }
}

#[tokio::test]
async fn with_both_packages_each_cookie_follows_its_own_rule_and_a_logout_ends_both() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.django_rest_auth.jwt_cookies.is_origin_proved = true;
        let newer = &mut settings.contracts.dj_rest_auth;
        (newer.enabled, newer.use_jwt, newer.session_login) = (true, true, false);
        newer.jwt_cookies.access_name = Some("access-token".to_owned());
        newer.jwt_cookies.refresh_name = Some("refresh-token".to_owned());
    })
    .await;
    let older = jar(&app.django_rest_auth().register("ann").await);
    let logged_in = app.dj_rest_auth().log_in("ann", PASSWORD).await;
    let newer = jar(&logged_in);
    let path = app.dj_rest_auth().path(paths::USER);
    for (cookies, status) in [(&older, 403), (&newer, 200)] {
        let change = app.request("PATCH", &path).header("cookie", cookies).json(&json!({ "first_name": "A" }));
        assert_eq!(app.send(change).await.status, status);
    }
    for path in [app.django_rest_auth().path(paths::LOGOUT), app.dj_rest_auth().path(paths::LOGOUT)] {
        let older = jar(&app.django_rest_auth().log_in("ann", PASSWORD).await);
        let newer = jar(&app.dj_rest_auth().log_in("ann", PASSWORD).await);
        let request = app.request("POST", &path).header("cookie", format!("{older}; {newer}"));
        let out = app.send(request.header("sec-fetch-site", "same-origin")).await;
        out.expect_detail(200, OUT);
        for name in [NAME, "access-token", "refresh-token"] {
            assert_eq!(cookie(&out, name).as_deref(), Some(""), "{path}");
        }
        assert_eq!(user_with(&app, &older).await.status, 401, "{path}");
        assert_eq!(user_with(&app, &newer).await.status, 401, "{path}");
    }
}
