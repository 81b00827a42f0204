//! Somebody logs in.

mod by_cookie;
mod claims;
mod corrected;
mod foreign_hashes;
mod names;
mod old_names;
mod rehash;
mod shared;
mod unproved;
mod unusable_hashes;

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::accounts::{COOKIE, cookie};
use crate::support::test_app::PASSWORD;

const REFUSED: &str = "Login or password invalid.";

#[tokio::test]
async fn a_login_is_answered_with_a_token_and_both_cookies() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let answer = app.log_in("ann", PASSWORD).await;
    let body = answer.expect(200);
    let token = body["token"].as_str().expect("a token");
    assert_eq!(answer.body, format!(r#"{{"detail":"Login successful","token":"{token}"}}"#));
    assert_eq!((token.len(), cookie(&answer, COOKIE).as_deref()), (64, Some(token)));
    assert_eq!(cookie(&answer, "csrftoken").map(|value| value.len()), Some(64));
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let profile = app.get_by(token, paths::PROFILE).await.expect(200);
    assert_eq!(profile["id"], json!(ann.id));
    assert_eq!(app.user(&ann.id).await.last_login_at, Some(app.now()));
}

#[tokio::test]
async fn everything_that_is_wrong_is_answered_alike() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    app.registered("unverified").await;
    let disabled = app.verified("disabled").await;
    let id = countersign::UserId::from_stored(&disabled.id);
    assert!(app.store().disable_user(id, app.now()).await.expect("it answers"));

    let mut answers = Vec::new();
    for (login, password) in [
        ("ann", "Kettle-Harbor-43"),
        ("ann", "kettle-harbor-42"),
        ("ann", " Kettle-Harbor-42"),
        ("ann", "x"),
        ("stranger", PASSWORD),
        (ann.email.as_str(), PASSWORD),
        (ann.id.as_str(), PASSWORD),
        ("unverified", PASSWORD),
        ("disabled", PASSWORD),
        ("not a username!", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("ann%", PASSWORD),
    ] {
        let answer = app.log_in(login, password).await;
        answer.expect_detail(400, REFUSED);
        assert!(cookie(&answer, COOKIE).is_none() && cookie(&answer, "csrftoken").is_none());
        let mut names: Vec<_> = answer.headers.into_iter().map(|(name, _)| name).collect();
        names.sort();
        answers.push((answer.body, names));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    assert_eq!(app.user(&ann.id).await.last_login_at, None);
}

#[tokio::test]
async fn what_is_missing_or_of_a_wrong_type_is_told_by_field() {
    let app = TestApp::start().await;
    let required = json!(["This field is required."]);
    let empty = app.post_json(paths::LOGIN, &json!({ "username": "ann", "email": "x" })).await.expect(400);
    assert_eq!(empty, json!({ "login": required, "password": required }));
    let cases: Vec<(&str, Value, &str)> = vec![
        ("login", json!(null), "This field may not be null."),
        ("login", json!(""), "This field may not be blank."),
        ("login", json!(" \t"), "This field may not be blank."),
        ("login", json!(["ann"]), "Not a valid string."),
        ("login", json!({ "$ne": "" }), "Not a valid string."),
        ("login", json!("ann\0"), "Null characters are not allowed."),
        ("password", json!(null), "This field may not be null."),
        ("password", json!(""), "This field may not be blank."),
        ("password", json!("   "), "This field may not be blank."),
        ("password", json!(true), "Not a valid string."),
        ("password", json!("a\0b"), "Null characters are not allowed."),
        ("password", json!("x".repeat(1_025)), "Ensure this field has no more than 1024 characters."),
    ];
    for (field, value, message) in cases {
        let mut body = json!({ "login": "ann", "password": PASSWORD });
        body[field] = value.clone();
        assert_eq!(app.post_json(paths::LOGIN, &body).await.expect(400), json!({ field: [message] }), "{value}");
    }
}

#[tokio::test]
async fn each_language_of_the_contract_logs_in() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    app.post_form(paths::LOGIN, &[("login", " ann "), ("password", PASSWORD)]).await.expect(200);
    let form = reqwest::multipart::Form::new().text("login", "ann").text("password", PASSWORD);
    app.send(app.request("POST", paths::LOGIN).multipart(form)).await.expect(200);
    app.post_json("login", &json!({ "login": "ann", "password": PASSWORD })).await.expect(200);
}

#[tokio::test]
async fn who_is_logged_in_can_log_in_again_and_has_two_sessions() {
    let app = TestApp::start().await;
    let (ann, first) = app.somebody("ann").await;
    let body = json!({ "login": "ann", "password": PASSWORD });
    let second = app.post_by(&first, paths::LOGIN, &body).await.expect(200);
    let second = second["token"].as_str().expect("a token");
    assert_ne!(first, second, "{}", ann.id);
    assert!(app.is_alive(&first).await && app.is_alive(second).await);
    let bad = app.request("POST", paths::LOGIN).header("authorization", "Token nonsense").json(&body);
    app.send(bad).await.expect(200);
}

#[tokio::test]
async fn where_proof_is_not_required_unverified_users_log_in_by_username_and_by_address() {
    let app = TestApp::with(|settings| {
        settings.login.require_verified = false;
        settings.login.fields =
            vec![countersign::settings::LoginField::Username, countersign::settings::LoginField::Email];
    })
    .await;
    let ann = app.registered("ann").await;
    app.log_in("ann", PASSWORD).await.expect(200);
    app.log_in(&ann.email, PASSWORD).await.expect(200);
    let id = countersign::UserId::from_stored(&ann.id);
    app.store().disable_user(id, app.now()).await.expect("it answers");
    app.log_in("ann", PASSWORD).await.expect_detail(400, REFUSED);
}

#[tokio::test]
async fn a_password_is_the_same_however_its_letters_are_composed() {
    let app = TestApp::start().await;
    let password = json!({ "password": "Caf\u{e9}-Harbor-42", "password_confirm": "Cafe\u{301}-Harbor-42" });
    app.register("ann", password).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    app.log_in("ann", "Cafe\u{301}-Harbor-42").await.expect(200);
    app.log_in("ann", "Caf\u{e9}-Harbor-42").await.expect(200);
    app.log_in("ann", "Cafe-Harbor-42").await.expect_detail(400, REFUSED);
}

#[tokio::test]
async fn a_login_keeps_links_alive() {
    let app = TestApp::start().await;
    app.verified("ann").await;
    let link = app.reset_link("ann").await;
    app.log_in("ann", PASSWORD).await.expect(200);
    app.reset(&link, "Velvet-Comet-77").await.expect(200);
}

#[tokio::test]
async fn a_first_click_logs_in_where_the_settings_say_so_and_no_later_one() {
    let app = TestApp::with(|settings| settings.registration.auto_login = true).await;
    let registered = app.register("ann", json!({})).await;
    let browser = cookie(&registered, "__Host-registration").expect("the browser is marked");
    let link = app.link().await;
    let follow = || app.request("POST", paths::VERIFY_REGISTRATION).json(&link.claim());
    let answer = app.send(follow().header("cookie", format!("__Host-registration={browser}"))).await;
    let token = answer.expect(200)["token"].as_str().expect("a token").to_owned();
    assert_eq!(answer.body, format!(r#"{{"detail":"User verified successfully","token":"{token}"}}"#));
    assert_eq!(cookie(&answer, COOKIE), Some(token.clone()));
    assert!(app.is_alive(&token).await);
    let again = app.verify(&link).await;
    again.expect_detail(200, "User verified successfully");
    assert!(cookie(&again, COOKIE).is_none());
}
