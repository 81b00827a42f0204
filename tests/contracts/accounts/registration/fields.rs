//! The field rules of register/, message by message.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;

const REQUIRED: &str = "This field is required.";
const NULL: &str = "This field may not be null.";
const BLANK: &str = "This field may not be blank.";
const NOT_TEXT: &str = "Not a valid string.";
const NUL: &str = "Null characters are not allowed.";
const USERNAME: &str =
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.";
const EMAIL: &str = "Enter a valid email address.";

fn too_long(maximum: usize) -> String {
    format!("Ensure this field has no more than {maximum} characters.")
}

#[tokio::test]
async fn an_empty_request_lists_what_is_required() {
    let app = TestApp::start().await;
    let expected = json!({ "username": [REQUIRED], "password": [REQUIRED], "password_confirm": [REQUIRED] });
    assert_eq!(app.post_json(paths::REGISTER, &json!({})).await.expect(400), expected);
    assert_eq!(app.post_form(paths::REGISTER, &[]).await.expect(400), expected);
    assert_eq!(app.post_bytes(paths::REGISTER, "", "").await.expect(400), expected);
}

#[tokio::test]
async fn a_wrong_field_is_told_with_its_messages() {
    let app = TestApp::start().await;
    let cases: Vec<(&str, Value, Value)> = vec![
        ("username", json!(null), json!([NULL])),
        ("username", json!(""), json!([BLANK])),
        ("username", json!(" \t\n\u{3000}"), json!([BLANK])),
        ("username", json!(true), json!([NOT_TEXT])),
        ("username", json!(["ann"]), json!([NOT_TEXT])),
        ("username", json!({ "a": "ann" }), json!([NOT_TEXT])),
        ("username", json!("ann lee"), json!([USERNAME])),
        ("username", json!("ann/lee"), json!([USERNAME])),
        ("username", json!("ann\nlee"), json!([USERNAME])),
        ("username", json!("ann\u{200b}"), json!([USERNAME])),
        ("username", json!("🦀"), json!([USERNAME])),
        ("username", json!("a\0b"), json!([USERNAME, NUL])),
        ("username", json!("x".repeat(151)), json!([too_long(150)])),
        ("username", json!("\u{fdfa}".repeat(9)), json!([USERNAME, too_long(150)])),
        ("first_name", json!(null), json!([NULL])),
        ("first_name", json!([]), json!([NOT_TEXT])),
        ("first_name", json!("ż".repeat(151)), json!([too_long(150)])),
        ("first_name", json!("a\0b"), json!([NUL])),
        ("last_name", json!(null), json!([NULL])),
        ("last_name", json!(false), json!([NOT_TEXT])),
        ("last_name", json!("x".repeat(151)), json!([too_long(150)])),
        ("password", json!(null), json!([NULL])),
        ("password", json!(""), json!([BLANK])),
        ("password", json!("        "), json!([BLANK])),
        ("password", json!([1]), json!([NOT_TEXT])),
        ("password", json!("Kettle\0Harbor"), json!([NUL])),
        ("password", json!("x".repeat(129)), json!([too_long(128)])),
        ("password_confirm", json!(null), json!([NULL])),
        ("password_confirm", json!(""), json!([BLANK])),
        ("password_confirm", json!({}), json!([NOT_TEXT])),
    ];
    for (field, value, messages) in cases {
        let answer = app.register("ann", json!({ field: value })).await.expect(400);
        assert_eq!(answer, json!({ field: messages }), "{field}: {value}");
    }
    assert_eq!(app.rows().await, (0, 0));
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let app = TestApp::start().await;
    let labels = "d.".repeat(60);
    let rest = format!("@{labels}mail.example").len();
    // A local part of up to 64 characters is what SMTP carries.
    let long = |length: usize| format!("{}@{}.{labels}mail.example", "x".repeat(60), "e".repeat(length - rest - 61));
    let cases = [
        (json!(format!("{}@mail.example", "x".repeat(65))), json!([EMAIL])),
        (json!(true), json!([EMAIL])),
        (json!(42), json!([EMAIL])),
        (json!(["ann@mail.example"]), json!([EMAIL])),
        (json!({}), json!([EMAIL])),
        (json!(null), json!([NULL])),
        (json!("ann"), json!([EMAIL])),
        (json!("@mail.example"), json!([EMAIL])),
        (json!("ann@"), json!([EMAIL])),
        (json!("ann@mail"), json!([EMAIL])),
        (json!("ann@@mail.example"), json!([EMAIL])),
        (json!("ann@x@mail.example"), json!([EMAIL])),
        (json!("ann@.example"), json!([EMAIL])),
        (json!("ann@mail..example"), json!([EMAIL])),
        (json!(".ann@mail.example"), json!([EMAIL])),
        (json!("ann.@mail.example"), json!([EMAIL])),
        (json!("a..n@mail.example"), json!([EMAIL])),
        (json!("ann@mail.example."), json!([EMAIL])),
        (json!("ann@mail.e"), json!([EMAIL])),
        (json!("ann@mail.123"), json!([EMAIL])),
        (json!("ann@-mail.example"), json!([EMAIL])),
        (json!("Ann <ann@mail.example>"), json!([EMAIL])),
        (json!("ann@mail.example, bob@mail.example"), json!([EMAIL])),
        (json!("ann@mail.example\r\nBcc: bob@mail.example"), json!([EMAIL])),
        (json!("ann\n@mail.example"), json!([EMAIL])),
        (json!("a nn@mail.example"), json!([EMAIL])),
        (json!("ann@[127.0.0.256]"), json!([EMAIL])),
        (json!("a\0nn@mail.example"), json!([NUL, EMAIL])),
        (json!(long(255)), json!([too_long(254)])),
        (json!(format!("{}@mail.example", "x".repeat(308))), json!([too_long(254)])),
    ];
    for (email, messages) in cases {
        let answer = app.register("ann", json!({ "email": email })).await.expect(400);
        assert_eq!(answer, json!({ "email": messages }), "{email}");
    }
    app.register("ann", json!({ "email": long(254) })).await.expect(201);
}

#[tokio::test]
async fn several_wrong_fields_are_told_at_once() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let wrong = json!({ "email": "nobody", "first_name": null, "password": "", "password_confirm": [] });
    let expected = json!({
        "username": ["A user with that username already exists."],
        "email": [EMAIL], "first_name": [NULL], "password": [BLANK], "password_confirm": [NOT_TEXT],
    });
    assert_eq!(app.register("ann", wrong).await.expect(400), expected);
}

#[tokio::test]
async fn numbers_are_taken_for_text() {
    let app = TestApp::start().await;
    let body =
        |username: &str| TestApp::registration_of("ann").to_string().replace("\"ann\"", username).replace("ann@", "x@");
    for (number, text) in [
        ("42", "42"),
        ("1.50", "1.5"),
        ("-7", "-7"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ] {
        let answer = app.post_bytes(paths::REGISTER, "application/json", body(number)).await;
        assert_eq!(answer.expect(201)["username"], text);
    }
}

#[tokio::test]
async fn half_a_surrogate_pair_is_no_text() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann").to_string();
    for (field, value) in [("username", "\"ann\""), ("email", "\"ann@mail.example\"")] {
        let body = body.replace(value, &format!("\"x\\ud800{}", &value[1..]));
        let answer = app.post_bytes(paths::REGISTER, "application/json", body).await.expect(400);
        let messages = answer[field].as_array().expect("messages of the field");
        assert!(messages.contains(&json!("Surrogate characters are not allowed: U+D800.")), "{answer}");
    }
}

#[tokio::test]
async fn addresses_of_every_allowed_kind_register_and_get_their_mail() {
    let app = TestApp::start().await;
    let addresses = [
        "ann+tag@mail.example",
        "o'brien@mail.example",
        "ann@localhost",
        "a!#$%&*-/=?^_`{|}~b@mail.example",
        "x@very.long.chain.of.labels.example",
        "ann@xn--mnchen-3ya.example",
        "ann@bücher.example",
        "ann@aa--bü.example",
        "ann@[127.0.0.1]",
        "ann@[::1]",
    ];
    for (number, address) in addresses.into_iter().enumerate() {
        let username = format!("user{number}");
        assert_eq!(app.register(&username, json!({ "email": address })).await.expect(201)["email"], address);
        let link = app.link().await;
        app.verify(&link).await.expect(200);
    }
    assert_eq!(app.rows().await, (addresses.len(), 0));
}
