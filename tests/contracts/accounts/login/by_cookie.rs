//! The session as a cookie: how it is set, and what it needs to count.

use countersign::settings::{CookieSameSite, CookieTransport, SessionsSettings};
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
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
    let profile = app.request("GET", paths::PROFILE).header("cookie", format!("a=b; {COOKIE}={session}; c=d"));
    app.send(profile).await.expect(200);
}

#[tokio::test]
async fn where_only_tokens_are_given_no_cookie_is_set() {
    let app = TestApp::with(|settings| settings.login.cookie = false).await;
    app.verified("ann").await;
    let answer = app.log_in("ann", PASSWORD).await;
    assert_eq!(answer.header("set-cookie"), None);
    let elsewhere = app.request("POST", paths::LOGIN).header("origin", "https://anywhere.example");
    let elsewhere = elsewhere.json(&json!({ "login": "ann", "password": PASSWORD }));
    let answer = app.send(elsewhere).await;
    assert_eq!(answer.status, 403, "it would be charged to whoever sits behind the browser");
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn logging_out_takes_the_cookies_away_as_they_were_set() {
    let none = CookieSameSite::None;
    let any = CookieTransport::Any;
    for change in [
        |_: &mut SessionsSettings| {},
        |sessions: &mut SessionsSettings| sessions.cookie_same_site = CookieSameSite::Strict,
        |sessions: &mut SessionsSettings| sessions.cookie_same_site = CookieSameSite::None,
        |sessions: &mut SessionsSettings| {
            (sessions.cookie_same_site, sessions.cookie_partitioned) = (CookieSameSite::None, true);
        },
        |sessions: &mut SessionsSettings| sessions.cookie_transport = CookieTransport::Any,
    ] {
        let app = TestApp::with(|settings| change(&mut settings.sessions)).await;
        let sessions = &app.countersign().settings().sessions;
        let name = if sessions.cookie_transport == any { "sessionid" } else { COOKIE };
        app.verified("ann").await;
        let login = app.log_in("ann", PASSWORD).await;
        let session = cookie(&login, name).expect("a cookie");
        let logout = app.request("POST", paths::LOGOUT).header("cookie", format!("{name}={session}; csrftoken=x"));
        let logout = app.send(logout.header("sec-fetch-site", "same-origin")).await;
        logout.expect_detail(200, "Logout successful");
        for name in [name, "csrftoken"] {
            assert_eq!(cookie(&logout, name).as_deref(), Some(""));
            let lasting = |attribute: &String| !attribute.starts_with("Max-Age=") && !attribute.starts_with("Expires=");
            let attributes = |answer| {
                let all = cookie_attributes(answer, name).into_iter();
                all.filter(lasting).collect::<Vec<_>>()
            };
            assert_eq!(attributes(&logout), attributes(&login));
            assert!(cookie_attributes(&logout, name).contains(&"Max-Age=0".to_owned()));
            assert_eq!(attributes(&logout).contains(&"Partitioned".to_owned()), sessions.cookie_partitioned);
            assert_eq!(attributes(&logout).contains(&"SameSite=None".to_owned()), sessions.cookie_same_site == none);
            assert_eq!(attributes(&logout).contains(&"Secure".to_owned()), sessions.cookie_transport != any);
        }
        let profile = app.request("GET", paths::PROFILE).header("cookie", format!("{name}={session}"));
        app.send(profile).await.expect_detail(401, "Authentication credentials were not provided.");
    }
}

#[tokio::test]
async fn what_else_is_in_the_cookie_header_does_not_matter() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let (_, dead) = app.somebody("bob").await;
    app.post_by(&dead, paths::LOGOUT, &json!({})).await.expect(200);
    for (before, after) in [
        (b"theme=caf\xe9; ".to_vec(), b"".to_vec()),
        (b"".to_vec(), b"; \xff\xfe".to_vec()),
        (b"nonsense; ;;=x; a=\"; ".to_vec(), b"; b=\"".to_vec()),
        (format!("{COOKIE}={dead}; ").into_bytes(), b"".to_vec()),
        (format!("{COOKIE}=\"; ").into_bytes(), format!("; {COOKIE}={dead}").into_bytes()),
        (b"x=y; ".repeat(1_000), b"; x=y".repeat(100)),
    ] {
        let header = [before, format!("{COOKIE}={token}").into_bytes(), after].concat();
        let header = reqwest::header::HeaderValue::from_bytes(&header).expect("HTTP lets it through");
        let answer = app.send(app.request("GET", paths::PROFILE).header("cookie", &header)).await;
        assert_eq!(answer.status, 200, "{header:?}");
    }
    let two = app.request("GET", paths::PROFILE).header("cookie", "a=b").header("cookie", format!("{COOKIE}={token}"));
    app.send(two).await.expect(200);
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
        let answer = app.send(app.request("GET", paths::PROFILE).header("cookie", &cookie)).await;
        answer.expect_detail(401, "Authentication credentials were not provided.");
        assert_eq!(answer.header("www-authenticate"), Some("Token"), "{cookie}");
    }
}

#[tokio::test]
async fn a_bad_token_in_the_header_is_not_mended_by_a_good_cookie() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let request = app.request_by(&"0".repeat(64), "GET", paths::PROFILE).header("cookie", format!("{COOKIE}={token}"));
    app.send(request).await.expect_detail(401, "Invalid token.");
}
