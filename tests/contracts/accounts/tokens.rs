//! Logins that are answered with JSON Web Tokens: `login/`, `refresh-token/`, `verify-token/` and `logout/`.

use countersign::settings::LoginAnswer;
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, NEW_PASSWORD, cookie};
use crate::support::limits::rate;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

fn with_jwt(settings: &mut Settings) {
    settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
}

struct Pair {
    access: String,
    refresh: String,
}

impl Pair {
    #[track_caller]
    fn of(answer: &Answer) -> Self {
        let body = answer.expect(200);
        let text = |name: &str| body[name].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
        Self { access: text("access"), refresh: text("refresh") }
    }
}

async fn pair_of(app: &TestApp) -> Pair {
    Pair::of(&app.log_in("ann", PASSWORD).await)
}

async fn app_with_pair() -> (TestApp, Pair) {
    let app = TestApp::with(with_jwt).await;
    app.verified("ann").await;
    let pair = pair_of(&app).await;
    (app, pair)
}

async fn send(app: &TestApp, access: &str, method: &str, path: &str, body: &Value) -> Answer {
    app.send(app.request(method, path).header("authorization", format!("Bearer {access}")).json(body)).await
}

async fn admits(app: &TestApp, access: &str) -> bool {
    app.send(app.request("GET", paths::PROFILE).header("authorization", format!("JWT {access}"))).await.status == 200
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.post_json(paths::REFRESH_TOKEN, &json!({ "refresh": token })).await
}

async fn verify(app: &TestApp, token: &str) -> Answer {
    app.post_json(paths::VERIFY_TOKEN, &json!({ "token": token })).await
}

#[tokio::test]
async fn a_login_is_answered_with_a_pair_and_with_neither_token_nor_cookie() {
    let app = TestApp::with(with_jwt).await;
    app.verified("ann").await;
    let answer = app.log_in("ann", PASSWORD).await;
    let Pair { access, refresh } = Pair::of(&answer);
    let body = format!(r#"{{"detail":"Login successful","access":"{access}","refresh":"{refresh}"}}"#);
    assert_eq!((answer.body.as_str(), answer.header("set-cookie")), (body.as_str(), None));
    assert!(admits(&app, &access).await && !admits(&app, &refresh).await);
    app.log_in("ann", NEW_PASSWORD).await.expect_detail(400, "Login or password invalid.");
}

#[tokio::test]
async fn the_first_click_that_logs_in_is_answered_with_a_pair() {
    let app = TestApp::with(|settings| {
        with_jwt(settings);
        settings.registration.auto_login = true;
    })
    .await;
    let registered = app.register("ann", json!({})).await;
    let mark = cookie(&registered, "__Host-registration").expect("the browser is marked");
    let claim = app.link().await.claim();
    let follow = async || {
        let request = app.request("POST", paths::VERIFY_REGISTRATION).json(&claim);
        app.send(request.header("cookie", format!("__Host-registration={mark}"))).await
    };
    let first = follow().await;
    assert_eq!(first.expect(200)["detail"], "User verified successfully");
    assert_eq!(cookie(&first, COOKIE), None);
    assert!(admits(&app, &Pair::of(&first).access).await);
    follow().await.expect_detail(200, "User verified successfully");
}

#[tokio::test]
async fn a_refresh_answers_with_an_access_token_and_where_each_is_used_once_with_a_pair() {
    let (app, pair) = app_with_pair().await;
    app.advance(300);
    assert!(!admits(&app, &pair.access).await);
    let answer = refresh(&app, &pair.refresh).await;
    let access = answer.expect(200)["access"].as_str().expect("a token").to_owned();
    assert_eq!(answer.body, format!(r#"{{"detail":"Token refreshed","access":"{access}"}}"#));
    assert!(admits(&app, &access).await);

    let rotating = app.sibling(|settings| {
        with_jwt(settings);
        settings.jwt.rotate_refresh_tokens = true;
    });
    let app = rotating.await;
    let next = Pair::of(&refresh(&app, &pair.refresh).await);
    assert!(next.refresh != pair.refresh && admits(&app, &next.access).await);
    app.advance(11);
    refresh(&app, &pair.refresh).await.expect_detail(400, "Login has ended");
    assert!(!admits(&app, &next.access).await, "a token that is used twice ends the login");
}

#[tokio::test]
async fn each_reason_to_refuse_a_token_has_its_sentence_and_all_have_one_code() {
    let (app, pair) = app_with_pair().await;
    let other = pair_of(&app).await;
    let problem = async |path: &str, body: Value| {
        let request = app.request("POST", path).header("accept", "application/problem+json").json(&body);
        app.send(request).await.expect(400)["code"].clone()
    };
    for (path, field) in [(paths::REFRESH_TOKEN, "refresh"), (paths::VERIFY_TOKEN, "token")] {
        let required = json!({ field: ["This field is required."] });
        assert_eq!(app.post_json(path, &json!({})).await.expect(400), required);
        app.post_json(path, &json!({ field: "a.b.c" })).await.expect_detail(400, "Token is invalid");
        assert_eq!(problem(path, json!({ field: "a.b.c" })).await, "token_not_valid");
    }
    refresh(&app, &pair.access).await.expect_detail(400, "Token has wrong type");
    app.post_json(paths::LOGOUT, &json!({ "refresh": other.refresh })).await.expect(200);
    refresh(&app, &other.refresh).await.expect_detail(400, "Login has ended");
    verify(&app, &other.access).await.expect_detail(400, "Login has ended");
    assert_eq!(problem(paths::REFRESH_TOKEN, json!({ "refresh": other.refresh })).await, "token_not_valid");
    for token in [&pair.access, &pair.refresh] {
        verify(&app, token).await.expect_detail(200, "Token is valid");
    }
    app.advance(300);
    verify(&app, &pair.access).await.expect_detail(400, "Token is expired");
}

#[tokio::test]
async fn a_disabled_or_deleted_user_refreshes_nothing() {
    let (app, pair) = app_with_pair().await;
    let id = app.accounts().token_pairs().expect("they are served").authenticate(&pair.access).await;
    let id: UserId = id.expect("it lives").user.id;
    app.accounts().administration().disable_user(&id).await.expect("there is such a user");
    refresh(&app, &pair.refresh).await.expect_detail(400, "Login has ended");
    app.accounts().administration().delete_user(&id).await.expect("there is such a user");
    refresh(&app, &pair.refresh).await.expect_detail(400, "Login has ended");
    verify(&app, &pair.access).await.expect_detail(400, "Login has ended");
}

#[tokio::test]
async fn a_logout_by_either_token_ends_the_login_and_no_other() {
    let (app, by_access) = app_with_pair().await;
    let (by_refresh, other) = (pair_of(&app).await, pair_of(&app).await);
    send(&app, &by_access.access, "POST", paths::LOGOUT, &json!({})).await.expect_detail(200, "Logout successful");
    // The access token has expired, as it often has when its user leaves.
    app.advance(300);
    let body = json!({ "refresh": by_refresh.refresh });
    send(&app, &by_refresh.access, "POST", paths::LOGOUT, &body).await.expect_detail(200, "Logout successful");
    for ended in [&by_access, &by_refresh] {
        refresh(&app, &ended.refresh).await.expect_detail(400, "Login has ended");
    }
    app.post_json(paths::LOGOUT, &body).await.expect_detail(400, "Login has ended");
    refresh(&app, &other.refresh).await.expect(200);
}

#[tokio::test]
async fn a_logout_everywhere_ends_all_logins_by_either_token() {
    let (app, pair) = app_with_pair().await;
    let other = pair_of(&app).await;
    let body = json!({ "refresh": pair.refresh, "revoke_token": true });
    app.post_json(paths::LOGOUT, &body).await.expect_detail(200, "Logout successful");
    assert!(!admits(&app, &pair.access).await && !admits(&app, &other.access).await);
    let (one, two) = (pair_of(&app).await, pair_of(&app).await);
    send(&app, &one.access, "POST", paths::LOGOUT, &json!({ "revoke_token": true })).await.expect(200);
    assert!(!admits(&app, &two.access).await);
}

#[tokio::test]
async fn a_logout_without_any_token_is_for_nobody() {
    let (app, pair) = app_with_pair().await;
    let anonymous = "Authentication credentials were not provided.";
    app.post_json(paths::LOGOUT, &json!({})).await.expect_detail(401, anonymous);
    app.post_json(paths::LOGOUT, &json!({ "refresh": pair.access })).await.expect_detail(400, "Token has wrong type");
    assert!(admits(&app, &pair.access).await);
    app.advance(300);
    assert_eq!(send(&app, &pair.access, "POST", paths::LOGOUT, &json!({})).await.status, 401);
    refresh(&app, &pair.refresh).await.expect(200);
}

#[tokio::test]
async fn the_login_is_in_the_list_of_sessions_and_a_new_password_ends_the_others() {
    let (app, pair) = app_with_pair().await;
    let other = pair_of(&app).await;
    let listed = send(&app, &pair.access, "GET", paths::SESSIONS, &json!({})).await.expect(200);
    let current: Vec<&Value> = listed.as_array().expect("a list").iter().map(|one| &one["current"]).collect();
    assert_eq!(current.len(), 2);
    assert_eq!(current.iter().filter(|current| ***current == true).count(), 1);
    let body = json!({ "old_password": PASSWORD, "password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD });
    send(&app, &pair.access, "POST", paths::CHANGE_PASSWORD, &body).await.expect(200);
    assert!(admits(&app, &pair.access).await && !admits(&app, &other.access).await);
}

#[tokio::test]
async fn refreshing_and_logging_out_by_a_refresh_token_have_one_limit() {
    let limited = |settings: &mut Settings| {
        with_jwt(settings);
        settings.throttle.enabled = true;
        settings.throttle.refresh = rate(1, 2);
    };
    let app = TestApp::with(limited).await;
    app.verified("ann").await;
    let pair = pair_of(&app).await;
    refresh(&app, &pair.refresh).await.expect(200);
    app.post_json(paths::LOGOUT, &json!({ "refresh": "a.b.c" })).await.expect(400);
    refresh(&app, &pair.refresh).await.expect(429);
    app.post_json(paths::LOGOUT, &json!({ "refresh": pair.refresh })).await.expect(429);
    verify(&app, &pair.refresh).await.expect(200);
    send(&app, &pair.access, "POST", paths::LOGOUT, &json!({})).await.expect(200);
}

#[tokio::test]
async fn the_list_of_the_contract_goes_before_the_section_on_logins() {
    for (listed, token, has_cookie) in [
        (vec![], true, true),
        (vec![LoginAnswer::Token], true, false),
        (vec![LoginAnswer::Cookie], false, true),
        (vec![LoginAnswer::Token, LoginAnswer::Cookie], true, true),
    ] {
        let app = TestApp::with(|settings| {
            settings.login.cookie = listed != [LoginAnswer::Cookie];
            settings.contracts.accounts.login = listed.clone();
        });
        let app = app.await;
        app.verified("ann").await;
        let answer = app.log_in("ann", PASSWORD).await;
        assert_eq!((answer.expect(200)["token"].is_string(), cookie(&answer, COOKIE).is_some()), (token, has_cookie));
        app.post_json(paths::REFRESH_TOKEN, &json!({})).await.expect_detail(404, "Not found.");
        app.post_json(paths::VERIFY_TOKEN, &json!({})).await.expect_detail(404, "Not found.");
    }
}

#[tokio::test]
async fn a_401_asks_for_the_kind_of_token_that_logins_give() {
    let alone = TestApp::with(with_jwt).await;
    let beside = TestApp::with(|settings| {
        with_jwt(settings);
        settings.contracts.tutorial.enabled = true;
    })
    .await;
    for (app, challenge) in [(alone, r#"JWT realm="api""#), (beside, "Token")] {
        let refused = app.get(paths::PROFILE).await;
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some(challenge)));
    }
}
