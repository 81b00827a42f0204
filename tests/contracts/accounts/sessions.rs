//! Who is logged in, and how that ends.

mod endings;
mod expiry;
mod held_back;
mod limit;
mod logout;

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, cookie};
use crate::support::test_app::PASSWORD;

/// The ids of the sessions in a list.
fn ids(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    list.iter().map(|session| session["id"].as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn the_list_shows_each_device_newest_first_and_nothing_to_log_in_with() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let login = |agent: &'static str| {
        let body = json!({ "login": "ann", "password": PASSWORD });
        app.send(app.request("POST", paths::LOGIN).header("user-agent", agent).json(&body))
    };
    let phone = login("Phone/1.0 (żółć)").await;
    app.advance(90);
    let laptop = login("Laptop/2.0").await;
    let token = laptop.expect(200)["token"].as_str().expect("a token").to_owned();

    let answer = app.get_by(&token, paths::SESSIONS).await;
    let list = answer.expect(200);
    assert_eq!(list.as_array().map(Vec::len), Some(2));
    let (first, second) = (&list[0], &list[1]);
    assert_eq!((&first["user_agent"], &second["user_agent"]), (&json!("Laptop/2.0"), &json!("Phone/1.0 (żółć)")));
    assert_eq!((&first["current"], &second["current"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&first["created_at"], &second["created_at"]),
        (&json!("2023-11-14T22:14:50Z"), &json!("2023-11-14T22:13:20Z"))
    );
    assert_eq!(first["expires_at"], "2023-12-14T22:14:50Z");
    assert_eq!((&first["address"], &first["last_used_at"]), (&json!("127.0.0.1"), &first["created_at"]));
    assert_eq!(first.as_object().expect("a session").len(), 7);
    for secret in [token.as_str(), phone.json()["token"].as_str().expect("a token"), ann.id.as_str()] {
        assert!(!answer.body.contains(secret));
    }
}

#[tokio::test]
async fn nobody_sees_or_ends_the_session_of_somebody_else() {
    let app = TestApp::start().await;
    let (_, ann) = app.somebody("ann").await;
    let (_, bob) = app.somebody("bob").await;
    let anns = ids(&app.get_by(&ann, paths::SESSIONS).await.expect(200));
    let bobs = ids(&app.get_by(&bob, paths::SESSIONS).await.expect(200));
    assert!(anns.len() == 1 && bobs.len() == 1 && anns != bobs);

    app.delete_by(&bob, &paths::session(&anns[0])).await.expect_detail(404, "Not found.");
    app.delete_by(&bob, paths::SESSIONS).await.expect(200);
    assert!(app.is_alive(&ann).await && app.is_alive(&bob).await);
}

#[tokio::test]
async fn a_session_is_ended_by_its_id() {
    let app = TestApp::start().await;
    let (ann, first) = app.somebody("ann").await;
    // Sessions of one second are in no certain order.
    app.advance(1);
    let second = app.token_of(&ann).await;
    let list = ids(&app.get_by(&second, paths::SESSIONS).await.expect(200));
    app.delete_by(&second, &format!("sessions/{}", list[1])).await.expect_detail(200, "Session ended");
    assert!(!app.is_alive(&first).await && app.is_alive(&second).await);
    app.delete_by(&second, &paths::session(&list[1])).await.expect_detail(404, "Not found.");
    app.delete_by(&second, &paths::session(&list[0])).await.expect_detail(200, "Session ended");
    assert!(!app.is_alive(&second).await, "also the one that asks");
}

#[tokio::test]
async fn ids_that_are_none_are_not_found() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    for id in ["x", "0", "%00", "a%00b", "%FF%FE", "%20", "..%2f..", "'%20OR%201=1--", "%25", "*", &"9".repeat(3_000)] {
        let answer = app.delete_by(&token, &paths::session(id)).await;
        answer.expect_detail(404, "Not found.");
    }
    assert!(app.is_alive(&token).await);
    let digests = app.delete_by(&token, &paths::session(&token)).await;
    digests.expect_detail(404, "Not found.");
}

#[tokio::test]
async fn all_other_sessions_are_ended_at_once() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let (_, bob) = app.somebody("bob").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(app.token_of(&ann).await);
    }
    app.delete_by(&mine, paths::SESSIONS).await.expect_detail(200, "Other sessions ended");
    for other in &others {
        assert!(!app.is_alive(other).await);
    }
    assert!(app.is_alive(&mine).await && app.is_alive(&bob).await);
    assert_eq!(ids(&app.get_by(&mine, paths::SESSIONS).await.expect(200)).len(), 1);
}

#[tokio::test]
async fn strangers_are_asked_to_log_in_before_anything_else() {
    let app = TestApp::start().await;
    for (method, path) in [
        ("GET", paths::SESSIONS),
        ("DELETE", paths::SESSIONS),
        ("DELETE", "sessions/1/"),
        ("GET", "sessions/1/"),
        ("POST", paths::LOGOUT),
        ("GET", paths::LOGOUT),
        ("GET", paths::PROFILE),
        ("HEAD", paths::PROFILE),
        ("PUT", paths::PROFILE),
        ("DELETE", paths::PROFILE),
        ("OPTIONS", paths::PROFILE),
        ("POST", paths::CHANGE_PASSWORD),
        ("POST", paths::REGISTER_EMAIL),
        ("OPTIONS", paths::REGISTER_EMAIL),
    ] {
        let answer = app.send(app.request(method, path).body("{")).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Token")), "{method} {path}");
        if method != "HEAD" {
            answer.expect_detail(401, "Authentication credentials were not provided.");
        }
    }
}

#[tokio::test]
async fn each_spelling_of_the_header_is_understood_and_each_fault_told() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let with = |value: Vec<u8>| {
        let value = reqwest::header::HeaderValue::from_bytes(&value).expect("fit for a header");
        app.send(app.request("GET", paths::PROFILE).header("authorization", value))
    };
    for scheme in ["Token", "token", "TOKEN", "Bearer", "bearer", "BeArEr"] {
        with(format!("{scheme} {token}").into_bytes()).await.expect(200);
        with(format!("{scheme}  \t{token} ").into_bytes()).await.expect(200);
    }
    let zeros = "0".repeat(64);
    for (value, detail) in [
        (format!("Token {zeros}").into_bytes(), "Invalid token."),
        (format!("Token {}", token.to_uppercase()).into_bytes(), "Invalid token."),
        (format!("Token {token}0").into_bytes(), "Invalid token."),
        (format!("Token \"{token}\"").into_bytes(), "Invalid token."),
        ("Token żółć".to_owned().into_bytes(), "Invalid token."),
        (b"Token".to_vec(), "Invalid token header. No credentials provided."),
        (b"Bearer ".to_vec(), "Invalid token header. No credentials provided."),
        (format!("Token {token} x").into_bytes(), "Invalid token header. Token string should not contain spaces."),
        (b"Token \xff\xfe".to_vec(), "Invalid token header. Token string should not contain invalid characters."),
        (b"Basic YW5uOng=".to_vec(), "Authentication credentials were not provided."),
        (token.clone().into_bytes(), "Authentication credentials were not provided."),
        (b"".to_vec(), "Authentication credentials were not provided."),
    ] {
        with(value).await.expect_detail(401, detail);
    }
    app.get(&format!("profile/?token={token}"))
        .await
        .expect_detail(401, "Authentication credentials were not provided.");
}

#[tokio::test]
async fn a_digest_from_the_database_logs_nobody_in() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let stored = app.everything_stored();
    let holds = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(&token), "the token is nowhere");

    let digest = digest_of(&token);
    assert!(holds(&digest), "its digest is");
    assert!(!app.is_alive(&digest).await);
    let by_cookie = app.request("GET", paths::PROFILE).header("cookie", format!("{COOKIE}={digest}"));
    app.send(by_cookie).await.expect(401);
    assert!(app.is_alive(&token).await);
}

/// SHA-256 in hex, as `sha256sum` prints it.
fn digest_of(text: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(text))
}

#[tokio::test]
async fn a_user_agent_is_cut_and_freed_of_what_does_harm() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let body = json!({ "login": "ann", "password": PASSWORD });
    let long = reqwest::header::HeaderValue::from_bytes(&[b"\xff<b>\ttab ".to_vec(), vec![b'x'; 5_000]].concat());
    let login = app.request("POST", paths::LOGIN).header("user-agent", long.expect("fit for a header")).json(&body);
    let answer = app.send(login).await;
    let token = cookie(&answer, COOKIE).expect("a cookie");
    let agent =
        app.get_by(&token, paths::SESSIONS).await.expect(200)[0]["user_agent"].as_str().expect("a text").to_owned();
    assert!(agent.starts_with("\u{fffd}<b>tab x") && agent.chars().count() == 200, "{agent}");
}
