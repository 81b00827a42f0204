//! The session as a cookie: how it is set, and what it needs to count.

use countersign::settings::CookieSameSite;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::{COOKIE, cookie, cookie_attributes};
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts() {
    for (setting, said) in [
        (CookieSameSite::Lax, "SameSite=Lax"),
        (CookieSameSite::Strict, "SameSite=Strict"),
        (CookieSameSite::None, "SameSite=None"),
    ] {
        let app = TestApp::with(|settings| settings.sessions.cookie_same_site = setting).await;
        app.verified("ann").await;
        let answer = app.log_in("ann", PASSWORD).await;
        assert_eq!(cookie_attributes(&answer, COOKIE), ["HttpOnly", "Max-Age=2592000", "Path=/", said, "Secure"]);
        assert_eq!(cookie_attributes(&answer, "csrftoken"), ["Max-Age=2592000", "Path=/", said, "Secure"]);
    }
}

#[tokio::test]
async fn where_only_cookies_are_given_the_answer_shows_no_token() {
    let app = TestApp::with(|settings| settings.login.token = false).await;
    app.verified("ann").await;
    let answer = app.log_in("ann", PASSWORD).await;
    answer.expect_detail(200, "Login successful");
    let session = cookie(&answer, COOKIE).expect("a cookie");
    let profile = app.request("GET", "profile/").header("cookie", format!("a=b; {COOKIE}={session}; c=d"));
    app.send(profile).await.expect(200);
}

#[tokio::test]
async fn where_only_tokens_are_given_no_cookie_is_set() {
    let app = TestApp::with(|settings| settings.login.cookie = false).await;
    app.verified("ann").await;
    let answer = app.log_in("ann", PASSWORD).await;
    assert_eq!(answer.header("set-cookie"), None);
    let elsewhere = app.request("POST", "login/").header("origin", "https://anywhere.example");
    let elsewhere = elsewhere.json(&json!({ "login": "ann", "password": PASSWORD }));
    let answer = app.send(elsewhere).await;
    answer.expect(200);
    assert_eq!(answer.header("set-cookie"), None, "what sets nothing needs no protection");
}

#[tokio::test]
async fn logging_out_takes_the_cookies_away() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let session = cookie(&app.log_in("ann", PASSWORD).await, COOKIE).expect("a cookie");
    let logout = app.request("POST", "logout/").header("cookie", format!("{COOKIE}={session}; csrftoken=x"));
    let answer = app.send(logout.header("sec-fetch-site", "same-origin")).await;
    answer.expect_detail(200, "Logout successful");
    for name in [COOKIE, "csrftoken"] {
        assert_eq!(cookie(&answer, name).as_deref(), Some(""));
        let attributes = cookie_attributes(&answer, name);
        assert!(["Max-Age=0", "Path=/", "Secure"].iter().all(|one| attributes.iter().any(|it| it == one)));
    }
    let profile = app.request("GET", "profile/").header("cookie", format!("{COOKIE}={session}"));
    app.send(profile).await.expect_detail(401, "Authentication credentials were not provided.");
}

#[tokio::test]
async fn a_dead_or_foreign_cookie_is_no_cookie() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    for cookie in [
        format!("{COOKIE}={}", "0".repeat(64)),
        format!("{COOKIE}={}", token.to_uppercase()),
        format!("{COOKIE}={token}0"),
        format!("{COOKIE}=\"\""),
        format!("sessionid={token}"),
        format!("__host-sessionid={token}"),
        "nonsense".to_owned(),
    ] {
        let answer = app.send(app.request("GET", "profile/").header("cookie", &cookie)).await;
        answer.expect_detail(401, "Authentication credentials were not provided.");
        assert_eq!(answer.header("www-authenticate"), Some("Token"), "{cookie}");
    }
}

#[tokio::test]
async fn a_bad_token_in_the_header_is_not_mended_by_a_good_cookie() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let request = app.request_by(&"0".repeat(64), "GET", "profile/").header("cookie", format!("{COOKIE}={token}"));
    app.send(request).await.expect_detail(401, "Invalid token.");
}
