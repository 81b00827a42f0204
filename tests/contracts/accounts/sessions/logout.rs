//! Logging out: this session, or all of them.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;

#[tokio::test]
async fn a_logout_ends_the_session_it_came_with_and_no_other() {
    let app = TestApp::start().await;
    let (ann, first) = app.somebody("ann").await;
    let second = app.token_of(&ann).await;
    app.send(app.request_by(&first, "POST", paths::LOGOUT)).await.expect_detail(200, "Logout successful");
    assert!(!app.is_alive(&first).await && app.is_alive(&second).await);
    app.post_by(&first, paths::LOGOUT, &json!({})).await.expect_detail(401, "Invalid token.");
}

#[tokio::test]
async fn each_spelling_of_yes_ends_all_sessions_of_the_user() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let (_, bob) = app.somebody("bob").await;
    let texts =
        ["true", "True", "TRUE", "t", "T", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "1"].map(Value::from);
    for spelling in texts.into_iter().chain([json!(true), json!(1)]) {
        let (one, other) = (app.token_of(&ann).await, app.token_of(&ann).await);
        app.post_by(&one, paths::LOGOUT, &json!({ "revoke_token": spelling })).await.expect(200);
        assert!(!app.is_alive(&one).await && !app.is_alive(&other).await, "{spelling}");
    }
    assert!(app.is_alive(&bob).await);
}

#[tokio::test]
async fn each_spelling_of_no_ends_one() {
    let app = TestApp::start().await;
    let (ann, kept) = app.somebody("ann").await;
    let texts =
        ["false", "False", "FALSE", "f", "F", "n", "N", "no", "No", "NO", "off", "Off", "OFF", "0"].map(Value::from);
    for spelling in texts.into_iter().chain([json!(false), json!(0)]) {
        let one = app.token_of(&ann).await;
        app.post_by(&one, paths::LOGOUT, &json!({ "revoke_token": spelling })).await.expect(200);
        assert!(!app.is_alive(&one).await, "{spelling}");
    }
    assert!(app.is_alive(&kept).await);
}

#[tokio::test]
async fn what_is_neither_ends_nothing() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    for value in [json!(""), json!("maybe"), json!("tRuE"), json!(2), json!(-1), json!(1.5), json!([true]), json!({})] {
        let answer = app.post_by(&token, paths::LOGOUT, &json!({ "revoke_token": value })).await.expect(400);
        assert_eq!(answer, json!({ "revoke_token": ["Must be a valid boolean."] }), "{value}");
    }
    let null = app.post_by(&token, paths::LOGOUT, &json!({ "revoke_token": null })).await.expect(400);
    assert_eq!(null, json!({ "revoke_token": ["This field may not be null."] }));
    assert!(app.is_alive(&token).await);
    app.get_by(&token, paths::LOGOUT).await.expect_detail(405, "Method \"GET\" not allowed.");
    let form = app.request_by(&token, "POST", paths::LOGOUT).form(&[("revoke_token", "yes")]);
    app.send(form).await.expect(200);
}
