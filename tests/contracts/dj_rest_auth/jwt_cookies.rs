//! JSON Web Tokens in cookies: how they are set, and what a request with them may do.

use countersign::settings::CookieSameSite;

use super::*;

#[tokio::test]
async fn a_login_and_a_registration_set_the_cookies_and_hide_the_refresh_token() {
    let app = TestApp::with(in_cookies).await;
    let registered = app.dj_rest_auth().register("ann").await;
    let logged_in = app.dj_rest_auth().log_in("ann", PASSWORD).await;
    for (answer, status) in [(&registered, 201), (&logged_in, 200)] {
        let body = answer.expect(status);
        assert_eq!(text(&body, "refresh"), "");
        assert_eq!(cookie(answer, "access-token").as_deref(), Some(text(&body, "access")));
        let shared = ["HttpOnly", "Max-Age=300", "Path=/", "SameSite=Lax", "Secure"];
        assert_eq!(cookie_attributes(answer, "access-token"), shared);
        let of_refresh = ["HttpOnly", "Max-Age=86400", "Path=/", "SameSite=Lax", "Secure"];
        assert_eq!(cookie_attributes(answer, "refresh-token"), of_refresh);
        assert_eq!(user_with(&app, &jar(answer)).await.expect(200), body["user"]);
        assert_eq!(cookie(answer, COOKIE), None);
    }
}

#[tokio::test]
async fn the_cookies_have_the_attributes_of_the_settings_and_are_removed_with_the_same() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        let cookies = &mut settings.contracts.dj_rest_auth.jwt_cookies;
        cookies.refresh_path = "/dj-rest-auth/".to_owned();
        cookies.domain = Some("example.org".to_owned());
        cookies.same_site = CookieSameSite::Strict;
        cookies.is_secure = false;
        cookies.is_http_only = false;
    })
    .await;
    let answer = app.dj_rest_auth().register("ann").await;
    let refresh = cookie(&answer, "refresh-token").expect("it is set");
    assert_eq!(text(&answer.expect(201), "refresh"), refresh, "scripts may read it");
    let gone = post_with(&app, paths::LOGOUT, &jar(&answer), &json!({})).await;
    gone.expect(200);
    for (name, path) in [("access-token", "Path=/"), ("refresh-token", "Path=/dj-rest-auth/")] {
        let mut of_login = cookie_attributes(&answer, name);
        of_login.retain(|attribute| !attribute.starts_with("Max-Age"));
        assert_eq!(of_login, ["Domain=example.org", path, "SameSite=Strict"]);
        let mut of_logout = cookie_attributes(&gone, name);
        of_logout.retain(|attribute| !attribute.starts_with("Max-Age") && !attribute.starts_with("Expires"));
        assert_eq!((of_logout, cookie(&gone, name).as_deref()), (of_login, Some("")));
    }
}

#[tokio::test]
async fn a_refresh_by_cookie_sets_both_anew_and_the_body_goes_before_the_cookie() {
    let app = TestApp::with(in_cookies).await;
    let first = jar(&app.dj_rest_auth().register("ann").await);
    let answer = post_with(&app, paths::REFRESH, &first, &json!({})).await;
    let body = answer.expect(200);
    let members: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(members, ["access", "access_expiration"]);
    assert_eq!(cookie(&answer, "access-token").as_deref(), Some(text(&body, "access")));
    let second = jar(&answer);
    assert!(second.contains("refresh-token=") && second != first);
    assert_eq!(user_with(&app, &second).await.status, 200);
    // Without a body, as a script's `fetch` sends it.
    let path = app.dj_rest_auth().path(paths::REFRESH);
    let answer = app.send(app.request("POST", &path).header("cookie", &second)).await;
    answer.expect(200);
    let third = jar(&answer);
    let refused = post_with(&app, paths::REFRESH, &third, &json!({ "refresh": "abc" })).await;
    expect_token_refused(&refused, "Token is invalid");
    let other = app.dj_rest_auth().log_in("ann", PASSWORD).await;
    let body = json!({ "refresh": cookie(&other, "refresh-token") });
    post_with(&app, paths::REFRESH, "refresh-token=abc", &body).await.expect(200);
    expect_token_refused(&post_with(&app, paths::REFRESH, "refresh-token=abc", &json!({})).await, "Token is invalid");
    let nothing = post_with(&app, paths::REFRESH, "refresh-token=", &json!({})).await;
    expect_token_refused(&nothing, "No valid refresh token found.");
    post_with(&app, paths::REFRESH, &third, &json!({})).await.expect(200);
}

#[tokio::test]
async fn a_bad_access_cookie_makes_a_request_anonymous() {
    let app = TestApp::with(in_cookies).await;
    let good = jar(&app.dj_rest_auth().register("ann").await);
    let foreign = TestApp::with(|settings| {
        in_cookies(settings);
        settings.jwt.secrets = vec![countersign::secret::Secret::new("another secret, of another server, of 32 bytes")];
    })
    .await;
    let of_another = jar(&foreign.dj_rest_auth().register("ann").await);
    let ended = jar(&app.dj_rest_auth().log_in("ann", PASSWORD).await);
    post_with(&app, paths::LOGOUT, &ended, &json!({})).await.expect(200);
    let check = async |stale: &str| {
        user_with(&app, stale).await.expect_detail(401, "Authentication credentials were not provided.");
        post_with(&app, paths::LOGIN, stale, &credentials("ann", PASSWORD)).await.expect(200);
        post_with(&app, paths::RESET_PASSWORD, stale, &json!({ "email": "x@mail.example" })).await.expect(200);
    };
    let swapped = good.replace("refresh-token=", "access-token=").replacen("access-token=", "first=", 1);
    for stale in ["access-token=abc", "access-token=", "access-token=a.b.c", &of_another, &ended, &swapped] {
        check(stale).await;
    }
    // A bad one does not hide a good one, and a header goes before both.
    let both = format!("access-token=abc; {good}");
    assert_eq!(user_with(&app, &both).await.status, 200);
    let request = app.request("GET", &app.dj_rest_auth().path(paths::USER)).header("cookie", &good);
    app.send(request.header("authorization", "Bearer a.b.c")).await.expect(401);
    app.advance(300);
    check(&good).await;
}

#[tokio::test]
async fn a_browser_may_have_several_cookies_of_one_name() {
    let app = TestApp::with(in_cookies).await;
    let good = jar(&app.dj_rest_auth().register("ann").await);
    let stale = |count: usize| "access-token=abc; refresh-token=abc; ".repeat(count);
    let three = format!("{}{good}", stale(3));
    assert_eq!(user_with(&app, &three).await.status, 200);
    post_with(&app, paths::REFRESH, &three, &json!({})).await.expect(200);
    assert_eq!(user_with(&app, &format!("{}{good}", stale(4))).await.status, 401, "no more than four are looked at");
}

#[tokio::test]
async fn a_cookie_changes_something_without_a_report_unless_a_proof_is_asked_for() {
    for asks_for_proof in [false, true] {
        let app = TestApp::with(|settings| {
            in_cookies(settings);
            settings.contracts.dj_rest_auth.jwt_cookies.is_origin_proved = asks_for_proof;
        })
        .await;
        let cookies = jar(&app.dj_rest_auth().register("ann").await);
        let path = app.dj_rest_auth().path(paths::USER);
        let change = || app.request("PATCH", &path).header("cookie", &cookies).json(&json!({ "first_name": "A" }));
        let status = if asks_for_proof { 403 } else { 200 };
        assert_eq!(app.send(change()).await.status, status);
        assert_eq!(app.send(change().header("sec-fetch-site", "same-origin")).await.status, 200);
        assert_eq!(user_with(&app, &cookies).await.status, 200, "what only reads needs no proof");
        assert_eq!(post_with(&app, paths::REFRESH, "", &json!({ "refresh": "abc" })).await.status, 401);
        assert_eq!(post_with(&app, paths::REFRESH, &cookies, &json!({})).await.status, status);
        let last = jar(&app.dj_rest_auth().log_in("ann", PASSWORD).await);
        assert_eq!(post_with(&app, paths::LOGOUT, &last, &json!({})).await.status, status);
    }
}

#[tokio::test]
async fn the_session_of_a_login_begins_beside_its_pair_and_ends_with_it() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.dj_rest_auth.session_login = true;
    })
    .await;
    let answer = app.dj_rest_auth().register("ann").await;
    let session = format!("{COOKIE}={}", cookie(&answer, COOKIE).expect("it is set"));
    assert_eq!(user_with(&app, &session).await.expect(200), answer.expect(201)["user"]);
    let out = post_with(&app, paths::LOGOUT, &jar(&answer), &json!({})).await;
    assert_eq!((out.status, cookie(&out, COOKIE).as_deref()), (200, Some("")));
    assert_eq!(user_with(&app, &session).await.status, 401);
    assert_eq!(user_with(&app, &jar(&answer)).await.status, 401);
}

#[tokio::test]
async fn a_new_password_that_logs_out_removes_the_cookies() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.contracts.dj_rest_auth.logout_on_password_change = true;
    })
    .await;
    let cookies = jar(&app.dj_rest_auth().register("ann").await);
    let body = json!({ "old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD });
    let changed = post_with(&app, paths::CHANGE_PASSWORD, &cookies, &body).await;
    changed.expect(200);
    for name in ["access-token", "refresh-token"] {
        assert_eq!(cookie(&changed, name).as_deref(), Some(""));
    }
    assert_eq!(user_with(&app, &cookies).await.status, 401);
}

#[tokio::test]
async fn pages_of_allowed_origins_may_send_the_cookies() {
    let app = TestApp::with(in_cookies).await;
    let request = app.request("POST", &app.dj_rest_auth().path(paths::LOGIN)).header("origin", "http://localhost:5173");
    let answer = app.send(request.json(&credentials("ann", PASSWORD))).await;
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
}

#[tokio::test]
async fn a_stale_cookie_of_earlier_settings_ends_no_login() {
    let app = TestApp::with(|settings| {
        in_cookies(settings);
        settings.jwt.rotate_refresh_tokens = true;
    })
    .await;
    app.dj_rest_auth().register("ann").await.expect(201);
    let only = |answer: &Answer| format!("refresh-token={}", cookie(answer, "refresh-token").expect("it is set"));
    let stale = only(&app.dj_rest_auth().log_in("ann", PASSWORD).await);
    let mut current = only(&post_with(&app, paths::REFRESH, &stale, &json!({})).await);
    for stale_is_first in [true, false, true] {
        app.advance(11);
        let both = if stale_is_first { format!("{stale}; {current}") } else { format!("{current}; {stale}") };
        let refreshed = post_with(&app, paths::REFRESH, &both, &json!({})).await;
        refreshed.expect(200);
        current = only(&refreshed);
    }
    app.advance(11);
    let both = format!("{stale}; {current}");
    post_with(&app, paths::LOGOUT, &both, &json!({})).await.expect_detail(200, "Successfully logged out.");
    expect_token_refused(&post_with(&app, paths::REFRESH, &both, &json!({})).await, "Token is blacklisted");

    // Alone it is that of a thief.
    let stolen = only(&app.dj_rest_auth().log_in("ann", PASSWORD).await);
    let current = only(&post_with(&app, paths::REFRESH, &stolen, &json!({})).await);
    app.advance(11);
    for token in [stolen, current] {
        expect_token_refused(&post_with(&app, paths::REFRESH, &token, &json!({})).await, "Token is blacklisted");
    }
}

#[tokio::test]
async fn an_app_that_keeps_cookies_is_asked_to_refresh_and_logs_out_after_its_access_token() {
    for asks_for_proof in [false, true] {
        let app = TestApp::with(|settings| {
            in_cookies(settings);
            settings.contracts.dj_rest_auth.session_login = true;
            settings.contracts.dj_rest_auth.jwt_cookies.is_origin_proved = asks_for_proof;
        })
        .await;
        let cookies = jar(&app.dj_rest_auth().register("ann").await);
        app.advance(300);
        let path = app.dj_rest_auth().path(paths::USER);
        let change = || app.request("PATCH", &path).header("cookie", &cookies).json(&json!({ "first_name": "A" }));
        let (refused, out) = if asks_for_proof { (403, 403) } else { (401, 200) };
        assert_eq!(app.send(change()).await.status, refused);
        assert_eq!(app.send(change().header("origin", "https://evil.example")).await.status, 403);
        let mut session_alone = app.request("POST", &app.dj_rest_auth().path(paths::LOGOUT));
        let session = cookies.split("; ").find(|cookie| cookie.starts_with(COOKIE)).expect("it is set");
        session_alone = session_alone.header("cookie", session);
        assert_eq!(app.send(session_alone).await.status, refused);
        assert_eq!(user_with(&app, session).await.status, 200, "it goes on");
        let answer = post_with(&app, paths::LOGOUT, &cookies, &json!({})).await;
        assert_eq!(answer.status, out);
        assert_eq!(user_with(&app, session).await.status, if out == 200 { 401 } else { 200 });
    }
}
