//! What users see and change of themselves.

mod usernames;

use countersign::settings::UserField;
use serde_json::{Value, json};

use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

async fn send(app: &TestApp, token: &str, method: &str, body: &Value) -> Answer {
    app.send(app.request_by(token, method, paths::PROFILE).json(body)).await
}

#[tokio::test]
async fn the_profile_is_shown_in_the_order_of_the_contract() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let answer = app.get_by(&token, paths::PROFILE).await;
    let expected =
        format!(r#"{{"id":"{}","username":"ann","first_name":"","last_name":"","email":"ann@mail.example"}}"#, ann.id);
    assert_eq!((answer.status, answer.body.as_str()), (200, expected.as_str()));
    assert_eq!(answer.header("allow"), Some("GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"));

    let head = app.send(app.request_by(&token, "HEAD", paths::PROFILE)).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn put_and_post_want_the_username_and_patch_does_not() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    for method in ["PUT", "POST"] {
        let answer = send(&app, &token, method, &json!({ "first_name": "Ann" })).await.expect(400);
        assert_eq!(answer, json!({ "username": ["This field is required."] }));
        let answer = send(&app, &token, method, &json!({ "username": "ann", "first_name": method })).await.expect(200);
        assert_eq!(answer["first_name"], method);
    }
    let answer = send(&app, &token, "PATCH", &json!({ "last_name": " Lee " })).await.expect(200);
    assert_eq!((&answer["first_name"], &answer["last_name"]), (&json!("POST"), &json!("Lee")), "the rest stays");
    let answer = send(&app, &token, "PUT", &json!({ "username": "ann" })).await.expect(200);
    assert_eq!((&answer["first_name"], &answer["last_name"]), (&json!("POST"), &json!("Lee")));
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200), answer);
    send(&app, &token, "PATCH", &json!({})).await.expect(200);
}

#[tokio::test]
async fn what_nobody_may_change_is_ignored() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    let before = app.user(&ann.id).await;
    let body = json!({
        "id": "1", "email": "not an address", "password": "x", "password_hash": "x", "link_secret": "0",
        "verified_at": null, "disabled_at": 1, "is_staff": true, "owned_email_key": "x", "first_name": "Ann",
    });
    let answer = send(&app, &token, "PATCH", &body).await.expect(200);
    assert_eq!(
        (&answer["id"], &answer["email"], &answer["first_name"]),
        (&json!(ann.id), &json!(ann.email), &json!("Ann"))
    );
    let after = app.user(&ann.id).await;
    assert_eq!(before.password_hash.expose(), after.password_hash.expose());
    assert_eq!(before.link_secret.expose(), after.link_secret.expose());
    assert_eq!((after.verified_at, after.disabled_at), (before.verified_at, None));
}

#[tokio::test]
async fn every_fault_is_told_at_its_field_and_nothing_is_changed() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let long = "Ensure this field has no more than 150 characters.";
    let bad = "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
    let body = json!({ "username": "x y", "first_name": "f".repeat(151), "last_name": null });
    let answer = send(&app, &token, "PUT", &body).await.expect(400);
    assert_eq!(
        answer,
        json!({ "username": [bad], "first_name": [long], "last_name": ["This field may not be null."] })
    );

    let cases: Vec<(&str, Value, Vec<&str>)> = vec![
        ("username", json!(""), vec!["This field may not be blank."]),
        ("username", json!(" "), vec!["This field may not be blank."]),
        ("username", json!(null), vec!["This field may not be null."]),
        ("username", json!([]), vec!["Not a valid string."]),
        ("username", json!(true), vec!["Not a valid string."]),
        ("username", json!("é".repeat(151)), vec![long]),
        ("username", json!("a b".repeat(51)), vec![bad, long]),
        ("username", json!("🦀"), vec![bad]),
        ("first_name", json!({}), vec!["Not a valid string."]),
        ("last_name", json!("a\0b"), vec!["Null characters are not allowed."]),
    ];
    for (field, value, messages) in cases {
        let mut body = json!({ "first_name": "Changed" });
        body[field] = value.clone();
        assert_eq!(send(&app, &token, "PATCH", &body).await.expect(400), json!({ field: messages }), "{value}");
    }
    assert_eq!(app.get_by(&token, paths::PROFILE).await.expect(200)["first_name"], "");
    let emptied = send(&app, &token, "PATCH", &json!({ "first_name": "é".repeat(150) })).await.expect(200);
    assert_eq!(emptied["first_name"], json!("é".repeat(150)));
    assert_eq!(send(&app, &token, "PATCH", &json!({ "first_name": " " })).await.expect(200)["first_name"], "");
    assert_eq!(send(&app, &token, "PATCH", &json!({ "first_name": 42 })).await.expect(200)["first_name"], "42");
}

#[tokio::test]
async fn each_language_of_the_contract_changes_a_profile() {
    let app = TestApp::start().await;
    let (_, token) = app.somebody("ann").await;
    let form = app.request_by(&token, "PATCH", paths::PROFILE).form(&[("first_name", "Form")]);
    assert_eq!(app.send(form).await.expect(200)["first_name"], "Form");
    let multipart = reqwest::multipart::Form::new().text("first_name", "Parts");
    let multipart = app.request_by(&token, "PATCH", "profile").multipart(multipart);
    assert_eq!(app.send(multipart).await.expect(200)["first_name"], "Parts");
}

#[tokio::test]
async fn what_the_site_does_not_show_is_neither_shown_nor_taken() {
    let app = TestApp::with(|settings| {
        settings.users.fields = vec![UserField::Email, UserField::Username, UserField::LastName];
    })
    .await;
    app.register("ann", json!({ "first_name": "Ann" })).await.expect(201);
    app.verify(&app.link().await).await.expect(200);
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let body = json!({ "first_name": "Ann", "last_name": "Lee" });
    let answer = app.send(app.request_by(&token, "PATCH", paths::PROFILE).json(&body)).await;
    assert_eq!(answer.body, r#"{"username":"ann","last_name":"Lee","email":"ann@mail.example"}"#);
    assert_eq!(app.users().await[0].first_name, "");
}

#[tokio::test]
async fn what_the_site_does_not_let_change_is_read_only() {
    let app = TestApp::with(|settings| settings.users.editable_fields = vec![UserField::FirstName]).await;
    let (_, token) = app.somebody("ann").await;
    let body = json!({ "username": "not a name", "first_name": "Ann", "last_name": "x".repeat(500) });
    let answer = send(&app, &token, "PUT", &body).await.expect(200);
    assert_eq!(
        (&answer["username"], &answer["first_name"], &answer["last_name"]),
        (&json!("ann"), &json!("Ann"), &json!(""))
    );
    send(&app, &token, "PUT", &json!({})).await.expect(200);
    let options = app.send(app.request_by(&token, "OPTIONS", paths::PROFILE)).await.expect(200);
    let put = &options["actions"]["PUT"];
    assert_eq!(put["username"]["read_only"], true);
    assert_eq!(put["first_name"]["read_only"], false);
    assert_eq!(put["email"]["read_only"], true);
}
