//! `token/login/`, `token/logout/` and the base path.

use countersign::Settings;
use countersign::settings::LoginField;
use serde_json::{Value, json};

use super::{with_activation, without_activation};
use crate::support::TestApp;
use crate::support::accounts::{COOKIE, cookie};
use crate::support::djoser::{credentials, expect_nothing, paths};
use crate::support::test_app::PASSWORD;

#[tokio::test]
async fn each_login_has_a_token_of_forty_digits_of_its_own() {
    let app = TestApp::with(without_activation).await;
    let (_, first) = app.djoser().somebody("ann").await;
    let answer = app.djoser().post(paths::LOGIN, &credentials("Ann", PASSWORD)).await;
    let second = answer.expect(200)["auth_token"].as_str().expect("a token").to_owned();
    assert_eq!(answer.body, format!(r#"{{"auth_token":"{second}"}}"#));
    assert_eq!((first.len(), second.len()), (40, 40));
    assert_ne!(first, second);
    assert_eq!(cookie(&answer, COOKIE), None);
    expect_nothing(&app.djoser().post_by(&first, paths::LOGOUT, &json!({})).await);
    assert!(!app.djoser().is_alive(&first).await && app.djoser().is_alive(&second).await);
    app.djoser().get_by(&first, paths::ME).await.expect_detail(401, "Invalid token.");
}

#[tokio::test]
async fn a_wrong_login_is_told_in_one_sentence_and_a_malformed_one_at_its_field() {
    let app = TestApp::with(with_activation).await;
    app.djoser().registered("ann").await;
    let sentence = json!({ "non_field_errors": ["Unable to log in with provided credentials."] });
    for body in [
        credentials("ann", "Wrong-Lantern-9"),
        credentials("ann", PASSWORD),
        credentials("nobody", PASSWORD),
        credentials("ann@mail.example", PASSWORD),
        json!({}),
        json!({ "username": "ann" }),
        json!({ "password": PASSWORD }),
    ] {
        assert_eq!(app.djoser().post(paths::LOGIN, &body).await.expect(400), sentence, "{body}");
    }
    let blank = json!(["This field may not be blank."]);
    let answer = app.djoser().post(paths::LOGIN, &credentials("", "")).await;
    assert_eq!(answer.expect(400), json!({ "username": blank, "password": blank }));
    let null = json!({ "username": Value::Null, "password": PASSWORD });
    let answer = app.djoser().post(paths::LOGIN, &null).await;
    assert_eq!(answer.expect(400), json!({ "username": ["This field may not be null."] }));
}

#[tokio::test]
async fn a_site_may_log_in_by_address_as_well() {
    let either = |settings: &mut Settings| {
        without_activation(settings);
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
    };
    let app = TestApp::with(either).await;
    app.djoser().registered("ann").await;
    app.djoser().token("ann@mail.example", PASSWORD).await;
}

#[tokio::test]
async fn a_login_may_set_the_sessions_cookie_whose_requests_prove_their_origin() {
    let with_cookie = |settings: &mut Settings| {
        without_activation(settings);
        settings.contracts.djoser.create_session_on_login = true;
    };
    let app = TestApp::with(with_cookie).await;
    app.djoser().registered("ann").await;
    let answer = app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await;
    let session = cookie(&answer, COOKIE).expect("a cookie");
    let request = |method: &str, path: &str| app.request(method, path).header("cookie", format!("{COOKIE}={session}"));
    assert_eq!(app.send(request("GET", "/auth/users/me/")).await.expect(200)["username"], "ann");
    let bare = app.send(request("PATCH", "/auth/users/me/").json(&json!({}))).await;
    assert_eq!(bare.status, 403);
    let same_origin = request("POST", "/auth/token/logout/").header("sec-fetch-site", "same-origin");
    let gone = app.send(same_origin).await;
    expect_nothing(&gone);
    assert_eq!(cookie(&gone, COOKIE).as_deref(), Some(""));
    app.send(request("GET", "/auth/users/me/"))
        .await
        .expect_detail(401, "Authentication credentials were not provided.");
}

#[tokio::test]
async fn the_base_path_names_the_list_of_users() {
    let app = TestApp::with(with_activation).await;
    for path in ["/auth/", "/auth"] {
        let request = app.request("GET", path).header("host", "api.example:8443");
        let answer = app.send(request).await;
        assert_eq!(answer.expect(200), json!({ "users": "http://api.example:8443/auth/users/" }));
    }
    let at_the_root = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.base_path = "/".to_owned();
    };
    let app = TestApp::with(at_the_root).await;
    let users = app.get("/").await.expect(200)["users"].as_str().expect("a URL").to_owned();
    assert!(users.ends_with("/users/") && !users.ends_with("//users/"), "{users}");
    app.get("/users/").await.expect_detail(401, "Authentication credentials were not provided.");
}
