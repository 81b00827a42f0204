//! `jwt/create/`, `jwt/refresh/`, `jwt/verify/` and `jwt/blacklist/`.

use countersign::clock::Seconds;
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use super::{with_activation, with_jwt, without_activation};
use crate::support::djoser::{Pair, credentials, paths};
use crate::support::endpoints::Contract;
use crate::support::limits::rate;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

const CHALLENGE: &str = r#"JWT realm="api""#;

/// Asserts that a token is refused with this sentence.
#[track_caller]
pub(super) fn expect_token_refused(answer: &Answer, sentence: &str) {
    assert_eq!(answer.expect(401), json!({ "detail": sentence, "code": "token_not_valid" }));
    assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE));
}

#[tokio::test]
async fn a_login_answers_with_two_tokens_of_its_own() {
    let app = TestApp::with(with_jwt).await;
    let id = app.djoser().registered("ann").await;
    let answer = app.djoser().post(paths::JWT_CREATE, &credentials("Ann", PASSWORD)).await;
    let pair = Pair::of(&answer);
    assert_eq!(answer.body, format!(r#"{{"refresh":"{}","access":"{}"}}"#, pair.refresh, pair.access));
    assert_eq!(answer.header("set-cookie"), None);
    assert!(pair.access != pair.refresh && pair.access != app.djoser().pair("ann").await.access);
    let user = app.user(&id).await;
    assert_eq!(user.last_login_at, Some(app.now()));
}

#[tokio::test]
async fn a_login_without_name_or_password_is_told_at_the_field() {
    let app = TestApp::with(with_jwt).await;
    for (body, sentence) in [
        (json!({}), "This field is required."),
        (credentials("", ""), "This field may not be blank."),
        (json!({ "username": null, "password": null }), "This field may not be null."),
    ] {
        let answer = app.djoser().post(paths::JWT_CREATE, &body).await;
        assert_eq!(answer.expect(400), json!({ "username": [sentence], "password": [sentence] }), "{body}");
    }
}

#[tokio::test]
async fn every_wrong_login_is_told_in_one_sentence() {
    let jwt_with_activation = |settings: &mut Settings| {
        with_activation(settings);
        settings.contracts.djoser.jwt = true;
    };
    let app = TestApp::with(jwt_with_activation).await;
    app.djoser().registered("unverified").await;
    let (id, _) = app.djoser().somebody("disabled").await;
    app.accounts().administration().disable_user(&UserId::from_stored(&id)).await.expect("there is such a user");
    app.djoser().somebody("ann").await;
    for (name, password) in
        [("ann", "Wrong-Lantern-9"), ("nobody", PASSWORD), ("disabled", PASSWORD), ("unverified", PASSWORD)]
    {
        let answer = app.djoser().post(paths::JWT_CREATE, &credentials(name, password)).await;
        answer.expect_detail(401, "No active account found with the given credentials");
        assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE), "{name}");
    }
}

#[tokio::test]
async fn a_refresh_answers_with_an_access_token_for_the_whole_life_of_the_refresh_token() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    for _ in 0..3 {
        app.advance(20_000);
        let answer = app.djoser().refresh(&pair.refresh).await;
        let access = answer.expect(200)["access"].as_str().expect("a token").to_owned();
        assert_eq!(answer.body, format!(r#"{{"access":"{access}"}}"#));
        assert!(app.djoser().admits(&access).await && !app.djoser().admits(&pair.access).await);
    }
    app.advance(26_400);
    expect_token_refused(&app.djoser().refresh(&pair.refresh).await, "Token is expired");
}

#[tokio::test]
async fn each_reason_to_refuse_a_token_has_its_sentence() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    let (client, required) = (app.djoser(), json!(["This field is required."]));
    for path in [paths::JWT_REFRESH, paths::JWT_BLACKLIST] {
        assert_eq!(client.post(path, &json!({})).await.expect(400), json!({ "refresh": required }));
        let sent = async |token: &str| client.post(path, &json!({ "refresh": token })).await;
        expect_token_refused(&sent("abc").await, "Token is invalid");
        expect_token_refused(&sent(&tampered(&pair.refresh)).await, "Token is invalid");
        expect_token_refused(&sent(&pair.access).await, "Token has wrong type");
    }
    assert_eq!(client.post(paths::JWT_VERIFY, &json!({})).await.expect(400), json!({ "token": required }));
    expect_token_refused(&client.verify_token("abc").await, "Token is invalid");
    expect_token_refused(&client.verify_token(&tampered(&pair.access)).await, "Token is invalid");
    app.advance(300);
    expect_token_refused(&client.verify_token(&pair.access).await, "Token is expired");
    assert_eq!(client.verify_token(&pair.refresh).await.expect(200), json!({}));
}

/// Returns the token with another letter in its signature.
pub(super) fn tampered(token: &str) -> String {
    let (message, signature) = token.rsplit_once('.').expect("a token has three parts");
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{message}.{first}{}", &signature[1..])
}

#[tokio::test]
async fn a_valid_token_of_either_type_is_verified() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    for token in [&pair.access, &pair.refresh] {
        assert_eq!(app.djoser().verify_token(token).await.expect(200), json!({}));
    }
}

#[tokio::test]
async fn a_blacklisted_refresh_token_is_dead_and_its_login_has_ended() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    let (pair, other) = (app.djoser().pair("ann").await, app.djoser().pair("ann").await);
    assert_eq!(app.djoser().blacklist(&pair.refresh).await.expect(200), json!({}));
    expect_token_refused(&app.djoser().refresh(&pair.refresh).await, "Token is blacklisted");
    expect_token_refused(&app.djoser().blacklist(&pair.refresh).await, "Token is blacklisted");
    let verified = app.djoser().verify_token(&pair.refresh).await;
    assert_eq!(verified.expect(400), json!({ "non_field_errors": ["Token is blacklisted"] }));
    expect_token_refused(&app.djoser().verify_token(&pair.access).await, "Token is invalid");
    assert!(!app.djoser().admits(&pair.access).await && app.djoser().admits(&other.access).await);
}

#[tokio::test]
async fn the_endpoints_look_at_no_credentials_in_the_header() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    let body = json!({ "refresh": pair.refresh });
    app.djoser().send_with("a.b.c", "POST", paths::JWT_REFRESH, &body).await.expect(200);
    app.djoser().send_with("a b c", "POST", paths::JWT_CREATE, &credentials("ann", PASSWORD)).await.expect(200);
}

#[tokio::test]
async fn a_disabled_or_deleted_user_refreshes_nothing() {
    let app = TestApp::with(with_jwt).await;
    let id = UserId::from_stored(app.djoser().registered("ann").await);
    let administration = app.accounts().administration();
    let sentence = "No active account found for the given token.";
    let disabled = app.djoser().pair("ann").await;
    administration.disable_user(&id).await.expect("there is such a user");
    let answer = app.djoser().refresh(&disabled.refresh).await;
    answer.expect_detail(401, sentence);
    assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE));
    administration.enable_user(&id).await.expect("there is such a user");
    expect_token_refused(&app.djoser().refresh(&disabled.refresh).await, "Token is blacklisted");
    let deleted = app.djoser().pair("ann").await;
    administration.delete_user(&id).await.expect("there is such a user");
    app.djoser().refresh(&deleted.refresh).await.expect_detail(401, sentence);
    expect_token_refused(&app.djoser().blacklist(&deleted.refresh).await, "Token is blacklisted");
}

#[tokio::test]
async fn a_login_ends_with_the_life_and_the_idleness_of_sessions() {
    let short = |settings: &mut Settings| {
        with_jwt(settings);
        settings.sessions.expires_after = Seconds::new(1_000);
        settings.sessions.idle_after = Seconds::new(400);
    };
    let app = TestApp::with(short).await;
    app.djoser().registered("ann").await;
    let idle = app.djoser().pair("ann").await;
    app.advance(400);
    expect_token_refused(&app.djoser().refresh(&idle.refresh).await, "Token is blacklisted");
    let used = app.djoser().pair("ann").await;
    for _ in 0..4 {
        app.advance(249);
        app.djoser().refresh(&used.refresh).await.expect(200);
    }
    app.advance(4);
    expect_token_refused(&app.djoser().refresh(&used.refresh).await, "Token is expired");
}

#[tokio::test]
async fn without_the_switch_nothing_is_served_and_no_token_is_known() {
    let app = TestApp::with(with_jwt).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    let off = app.sibling(without_activation).await;
    for path in [paths::JWT_CREATE, paths::JWT_REFRESH, paths::JWT_VERIFY, paths::JWT_BLACKLIST] {
        off.djoser().post(path, &Value::Null).await.expect_detail(404, "Not found.");
    }
    off.djoser().me_with(&format!("Bearer {}", pair.access)).await.expect_detail(401, "Invalid token.");
    let anonymous = "Authentication credentials were not provided.";
    off.djoser().me_with(&format!("JWT {}", pair.access)).await.expect_detail(401, anonymous);
}

#[tokio::test]
async fn refreshing_and_blacklisting_have_one_limit_of_their_own() {
    let limited = |settings: &mut Settings| {
        with_jwt(settings);
        settings.throttle.enabled = true;
        settings.throttle.refresh = rate(1, 2);
    };
    let app = TestApp::with(limited).await;
    app.djoser().registered("ann").await;
    let pair = app.djoser().pair("ann").await;
    app.djoser().refresh(&pair.refresh).await.expect(200);
    app.djoser().blacklist("a.b.c").await.expect(401);
    app.djoser().refresh(&pair.refresh).await.expect(429);
    app.djoser().blacklist(&pair.refresh).await.expect(429);
    app.djoser().verify_token(&pair.refresh).await.expect(200);
    assert!(app.djoser().admits(&pair.access).await);
}

#[tokio::test]
async fn json_web_tokens_may_be_the_only_login() {
    let only_jwt = |settings: &mut Settings| {
        with_jwt(settings);
        settings.contracts.djoser.token = false;
        settings.contracts.accounts.enabled = false;
        settings.contracts.profiles.enabled = true;
    };
    let app = TestApp::with(only_jwt).await;
    app.djoser().registered("ann").await;
    app.djoser().post(paths::LOGIN, &credentials("ann", PASSWORD)).await.expect_detail(404, "Not found.");
    app.djoser().post(paths::LOGOUT, &json!({})).await.expect_detail(404, "Not found.");
    let access = app.djoser().pair("ann").await.access;
    for path in [app.path_of(Contract::Djoser, paths::ME), app.path_of(Contract::Profiles, "all-profiles")] {
        let by_access = app.request("GET", &path).header("authorization", format!("JWT {access}"));
        app.send(by_access).await.expect(200);
        // Clients read the challenge of a 401 to learn how they can log in.
        let refused = app.get(&path).await;
        refused.expect_detail(401, "Authentication credentials were not provided.");
        assert_eq!(refused.header("www-authenticate"), Some(CHALLENGE), "{path}");
    }
}

#[tokio::test]
async fn beside_other_tokens_the_challenge_is_theirs() {
    let both = |settings: &mut Settings| {
        with_jwt(settings);
        settings.contracts.profiles.enabled = true;
    };
    let app = TestApp::with(both).await;
    for path in [app.path_of(Contract::Djoser, paths::ME), app.path_of(Contract::Profiles, "all-profiles")] {
        let refused = app.get(&path).await;
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Token")), "{path}");
    }
}
