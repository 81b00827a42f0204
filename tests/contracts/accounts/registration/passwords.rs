//! The rules for new passwords, as the contract words them.

use serde_json::{Value, json};

use crate::support::TestApp;

const SHORT: &str = "This password is too short. It must contain at least 8 characters.";
const COMMON: &str = "This password is too common.";
const NUMERIC: &str = "This password is entirely numeric.";

/// Registers harbour-master Zoë Quill with a password and the same again.
async fn answer_to(app: &TestApp, password: &str) -> Value {
    let person = json!({
        "email": "lantern.keeper@mail.example", "first_name": "Zoë-Marguerite", "last_name": "Quillfeather",
        "password": password, "password_confirm": password,
    });
    app.register("harbour-master", person).await.expect(400)
}

#[tokio::test]
async fn weak_passwords_are_refused_with_every_reason() {
    let app = TestApp::start().await;
    let similar = |what: &str| format!("The password is too similar to the {what}.");
    let cases: [(&str, Vec<String>); 13] = [
        ("harbour-master", vec![similar("username")]),
        ("HARBOUR-MASTER1", vec![similar("username")]),
        ("retsamruobrah", vec![similar("username")]),
        ("zoë-marguerite", vec![similar("first name")]),
        ("QuillFeather99", vec![similar("last name")]),
        ("lantern.keeper@mail", vec![similar("email address")]),
        ("mail.example", vec![similar("email address")]),
        ("t1Ny-pw", vec![SHORT.into()]),
        ("sunshine", vec![COMMON.into()]),
        ("SunShine", vec![COMMON.into()]),
        ("8305719264", vec![NUMERIC.into()]),
        ("12345678", vec![COMMON.into(), NUMERIC.into()]),
        ("1234567", vec![SHORT.into(), COMMON.into(), NUMERIC.into()]),
    ];
    for (password, reasons) in cases {
        assert_eq!(answer_to(&app, password).await, json!({ "password": reasons }), "{password}");
    }
    assert_eq!(app.rows().await, (0, 0));
}

#[tokio::test]
async fn a_different_repetition_is_told_beside_the_weaknesses() {
    let app = TestApp::start().await;
    let differ = json!(["Passwords don't match"]);
    let answer = app.register("ann", json!({ "password_confirm": "Kettle-Harbor-43" })).await.expect(400);
    assert_eq!(answer, json!({ "password_confirm": differ }), "and no stray empty list");
    let answer = app.register("ann", json!({ "password": "t1Ny-pw" })).await.expect(400);
    assert_eq!(answer, json!({ "password": [SHORT], "password_confirm": differ }));
}

#[tokio::test]
async fn rules_are_not_reached_while_a_field_is_wrong() {
    let app = TestApp::start().await;
    let answer = app.register("ann", json!({ "email": "nobody", "password": "12345" })).await.expect(400);
    assert_eq!(answer, json!({ "email": ["Enter a valid email address."] }));
}

#[tokio::test]
async fn a_password_is_taken_as_it_was_sent() {
    let app = TestApp::start().await;
    let differ = json!({ "password_confirm": ["Passwords don't match"] });
    let blanks = json!({ "password": " Kettle-Harbor-42 " });
    assert_eq!(app.register("ann", blanks).await.expect(400), differ, "blanks at the ends belong to it");
    let compositions = json!({ "password": "cafe\u{301}-Kettle-9", "password_confirm": "caf\u{e9}-Kettle-9" });
    app.register("ann", compositions).await.expect(201);
    let ligature = json!({ "password": "ﬁn-Kettle-9", "password_confirm": "fin-Kettle-9" });
    assert_eq!(app.register("bob", ligature).await.expect(400), differ);
}

#[tokio::test]
async fn length_is_counted_in_characters() {
    let app = TestApp::start().await;
    let register = |name: &'static str, password: String| {
        app.register(name, json!({ "password": password, "password_confirm": password }))
    };
    register("ann", "ż7".repeat(64)).await.expect(201);
    let too_long = json!({ "password": ["Ensure this field has no more than 128 characters."] });
    assert_eq!(register("bob", "ż7".repeat(64) + "x").await.expect(400), too_long);
    register("bob", "żółć-ęąś".to_owned()).await.expect(201);
    assert_eq!(register("cyd", "żółć-ęą".to_owned()).await.expect(400), json!({ "password": [SHORT] }));
}

#[tokio::test]
async fn each_rule_can_be_switched_off() {
    let app = TestApp::with(|settings| {
        settings.passwords.min_length = 1;
        settings.passwords.reject_common = false;
        settings.passwords.reject_numeric = false;
        settings.passwords.reject_similar = false;
    })
    .await;
    for (name, password) in [("ann", "1"), ("bob", "bob"), ("cyd", "password")] {
        app.register(name, json!({ "password": password, "password_confirm": password })).await.expect(201);
    }
}
