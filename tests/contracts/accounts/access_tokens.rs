//! Where logins are answered with JSON Web Tokens: who is let in by an access token, and from which sites.

use countersign::Settings;
use countersign::settings::{LoginAnswer, Origin};
use serde_json::json;

use crate::support::accounts::{COOKIE, paths};
use crate::support::djoser::Pair;
use crate::support::endpoints::{self, serve_all};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const CSRF: &str = "CSRF Failed: the request does not come from an allowed origin.";

/// Serves all contracts; the first answers logins with JSON Web Tokens.
fn with_jwt(settings: &mut Settings) {
    serve_all(settings);
    settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
}

async fn pair_of(app: &TestApp) -> Pair {
    Pair::of(&app.log_in("ann", PASSWORD).await)
}

/// Returns the cookie of a login at a replica that has not been restarted with the new setting yet.
async fn cookie_of(app: &TestApp) -> String {
    let before = app.sibling(serve_all).await;
    let answer = before.log_in("ann", PASSWORD).await.expect(200);
    format!("{COOKIE}={}", answer["token"].as_str().expect("a token"))
}

async fn profile_by_cookie(app: &TestApp, cookie: &str) -> u16 {
    app.send(app.request("GET", paths::PROFILE).header("cookie", cookie)).await.status
}

#[tokio::test]
async fn an_access_token_is_taken_at_every_guarded_endpoint_of_every_contract_and_a_refresh_token_at_none() {
    let app = TestApp::with(with_jwt).await;
    app.verified("ann").await;
    for row in endpoints::all().into_iter().filter(|row| row.endpoint.is_guarded()) {
        let pair = pair_of(&app).await;
        let path = app.path_of(row.contract, row.endpoint.path);
        let send = async |word: &str, token: &str| {
            let request = app.request(row.endpoint.method, &path).header("authorization", format!("{word} {token}"));
            let body = row.endpoint.body.map_or_else(|| json!({}), |body| body());
            app.send(request.json(&body)).await
        };
        for word in ["Bearer", "JWT"] {
            let refused = send(word, &pair.refresh).await;
            assert_eq!(refused.status, 401, "{row:?}: {refused:?}");
            assert_eq!(refused.json()["code"], "token_not_valid", "{row:?}");
        }
        let taken = send("Bearer", &pair.access).await;
        assert!(taken.status != 401 && taken.status < 500, "{row:?}: {taken:?}");
    }
}

#[tokio::test]
async fn each_path_describes_itself_to_everybody_and_refuses_other_methods() {
    let app = TestApp::with(with_jwt).await;
    for (path, name, fields) in [
        (paths::LOGOUT, "Logout", [("refresh", false), ("revoke_token", false)].as_slice()),
        (paths::REFRESH_TOKEN, "Refresh Token", &[("refresh", true)]),
        (paths::VERIFY_TOKEN, "Verify Token", &[("token", true)]),
    ] {
        for spelling in [path, path.trim_end_matches('/')] {
            let answer = app.send(app.request("OPTIONS", spelling)).await;
            assert_eq!(answer.header("allow"), Some("POST, OPTIONS"));
            let described = answer.expect(200);
            assert_eq!(described["name"], name);
            let post = described["actions"]["POST"].as_object().expect("fields");
            assert_eq!(post.len(), fields.len(), "{described}");
            for (field, is_required) in fields {
                assert_eq!(post[*field]["required"], *is_required, "{field}: {described}");
            }
            let answer = app.send(app.request("GET", spelling)).await;
            answer.expect_detail(405, "Method \"GET\" not allowed.");
        }
    }
}

/// Asks as the page of another site makes a browser ask.
async fn from_another_site(app: &TestApp, path: &str, cookie: &str, body: &serde_json::Value) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let request = app.request("POST", path).header("cookie", cookie).header(name, value);
        answers.push(app.send(request.json(body)).await);
    }
    answers
}

#[tokio::test]
async fn a_cookie_of_before_logs_out_only_from_an_allowed_origin_whatever_tokens_are_sent() {
    let app = TestApp::with(|settings| {
        with_jwt(settings);
        settings.cors.loopback_in_development = false;
        settings.cors.allowed_origins = vec![Origin::parse("https://app.example").expect("an origin")];
    });
    let app = app.await;
    app.verified("ann").await;
    let (pair, cookie) = (pair_of(&app).await, cookie_of(&app).await);
    for body in [json!({}), json!({ "refresh": pair.refresh }), json!({ "revoke_token": true })] {
        for answer in from_another_site(&app, paths::LOGOUT, &cookie, &body).await {
            answer.expect_detail(403, CSRF);
        }
        // A cookie that comes without any proof of its origin.
        let bare = app.request("POST", paths::LOGOUT).header("cookie", &cookie).json(&body);
        app.send(bare).await.expect_detail(403, CSRF);
    }
    assert_eq!(profile_by_cookie(&app, &cookie).await, 200);
    app.djoser().refresh(&pair.refresh).await.expect(200);
    let own = app.request("POST", paths::LOGOUT).header("cookie", &cookie).header("origin", "https://app.example");
    let answer = app.send(own.json(&json!({ "refresh": pair.refresh }))).await;
    answer.expect_detail(200, "Logout successful");
    assert_eq!(profile_by_cookie(&app, &cookie).await, 401);
    app.djoser().refresh(&pair.refresh).await.expect(200);
}

#[tokio::test]
async fn no_page_of_another_site_refreshes_or_verifies_a_token() {
    let app = TestApp::with(with_jwt).await;
    app.verified("ann").await;
    let pair = pair_of(&app).await;
    let body = json!({ "refresh": pair.refresh, "token": pair.access });
    for path in [paths::REFRESH_TOKEN, paths::VERIFY_TOKEN, paths::LOGIN] {
        for answer in from_another_site(&app, path, "", &body).await {
            answer.expect_detail(403, CSRF);
        }
    }
    let refresh = app.request("POST", paths::REFRESH_TOKEN).header("sec-fetch-site", "same-origin");
    app.send(refresh.json(&body)).await.expect(200);
}

/// Sessions of before go on: only new logins are answered otherwise.
#[tokio::test]
async fn tokens_and_cookies_of_before_are_listed_beside_the_new_logins_and_can_be_ended() {
    let app = TestApp::with(with_jwt).await;
    app.verified("ann").await;
    let (cookie, pair) = (cookie_of(&app).await, pair_of(&app).await);
    let request = app.request("GET", paths::SESSIONS).header("authorization", format!("Bearer {}", pair.access));
    let listed = app.send(request).await.expect(200);
    let others: Vec<_> = listed.as_array().expect("a list").iter().filter(|one| one["current"] == false).collect();
    assert_eq!(others.len(), 1, "{listed}");
    let path = paths::session(others[0]["id"].as_str().expect("an id"));
    let request = app.request("DELETE", &path).header("authorization", format!("Bearer {}", pair.access));
    app.send(request).await.expect_detail(200, "Session ended");
    assert_eq!(profile_by_cookie(&app, &cookie).await, 401);
    assert!(app.djoser().admits(&pair.access).await);
}

#[tokio::test]
async fn ending_the_other_sessions_ends_tokens_too() {
    let app = TestApp::with(with_jwt).await;
    app.verified("ann").await;
    let (pair, cookie) = (pair_of(&app).await, cookie_of(&app).await);
    let request = app.request("DELETE", paths::SESSIONS).header("cookie", &cookie);
    app.send(request.header("sec-fetch-site", "same-origin")).await.expect_detail(200, "Other sessions ended");
    assert!(!app.djoser().admits(&pair.access).await);
    app.post_json(paths::REFRESH_TOKEN, &json!({ "refresh": pair.refresh }))
        .await
        .expect_detail(400, "Login has ended");
}
