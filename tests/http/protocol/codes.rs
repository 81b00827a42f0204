//! In problem details every refusal has a code, each error of a field its own.

use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::accounts::paths;

/// The answer to `body`, in problem details.
async fn problem(app: &TestApp, path: &str, body: &str, token: Option<&str>) -> Value {
    let mut request = app.request("POST", path).header(ACCEPT, "application/problem+json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Token {token}"));
    }
    let answer = app.send(request.header("content-type", "application/json").body(body.to_owned())).await;
    answer.expect(400)
}

/// The codes of a field's errors, in their order.
fn codes<'a>(problem: &'a Value, field: &str) -> Vec<&'a str> {
    assert_eq!(problem["code"], "invalid_fields", "{problem}");
    let errors = problem["errors"][field].as_array().unwrap_or_else(|| panic!("{field} in {problem}"));
    assert!(errors.iter().all(|error| error["message"].as_str().is_some_and(|text| !text.is_empty())), "{problem}");
    errors.iter().map(|error| error["code"].as_str().expect("a code is text")).collect()
}

#[tokio::test]
async fn every_error_of_a_field_has_a_code_of_its_own() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let long = "x".repeat(151);
    for (username, expected) in [
        (json!("ANN"), vec!["unique"]),
        (json!("a b"), vec!["invalid"]),
        (json!(["ann"]), vec!["invalid"]),
        (json!(""), vec!["blank"]),
        (json!(null), vec!["null"]),
        (json!(long), vec!["max_length"]),
        (json!("ann\0"), vec!["invalid", "null_characters_not_allowed"]),
    ] {
        let problem = problem(&app, paths::REGISTER, &json!({ "username": username }).to_string(), None).await;
        assert_eq!(codes(&problem, "username"), expected, "{username}");
        assert_eq!(codes(&problem, "password"), ["required"]);
    }
    let surrogate = problem(&app, paths::REGISTER, r#"{"first_name":"\ud800"}"#, None).await;
    assert_eq!(codes(&surrogate, "first_name"), ["surrogate_characters_not_allowed"]);
    for (body, expected) in [("null", "null"), ("[]", "invalid"), ("1", "invalid")] {
        let problem = problem(&app, paths::REGISTER, body, None).await;
        assert_eq!(codes(&problem, "non_field_errors"), [expected], "{body}");
    }
}

#[tokio::test]
async fn every_weakness_of_a_password_has_a_code_of_its_own() {
    let app = TestApp::start().await;
    for (password, expected) in [
        ("1234567", vec!["password_too_short", "password_too_common", "password_entirely_numeric"]),
        ("annabelle-17", vec!["password_too_similar"]),
    ] {
        let body = json!({
            "username": "annabelle", "email": "a@mail.example", "password": password, "password_confirm": "another",
        });
        let problem = problem(&app, paths::REGISTER, &body.to_string(), None).await;
        assert_eq!(codes(&problem, "password"), expected, "{password}");
        assert_eq!(codes(&problem, "password_confirm"), ["password_mismatch"]);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_claim_and_with_todays_password_has_codes_too() {
    let app = TestApp::start().await;
    let claim = json!({ "user_id": true, "timestamp": "soon", "signature": {} });
    let wrong = problem(&app, paths::VERIFY_REGISTRATION, &claim.to_string(), None).await;
    for field in ["user_id", "timestamp", "signature"] {
        assert_eq!(codes(&wrong, field), ["invalid"], "{field}");
    }
    let endless = json!({ "user_id": "1", "timestamp": "1".repeat(1_001), "signature": "x" });
    let endless = problem(&app, paths::VERIFY_REGISTRATION, &endless.to_string(), None).await;
    assert_eq!(codes(&endless, "timestamp"), ["max_string_length"]);

    let (_, token) = app.somebody("ann").await;
    let change =
        json!({ "old_password": "another", "password": "fine-and-long-1", "password_confirm": "fine-and-long-1" });
    let wrong = problem(&app, paths::CHANGE_PASSWORD, &change.to_string(), Some(&token)).await;
    assert_eq!(codes(&wrong, "old_password"), ["password_incorrect"]);
    let wrong = problem(&app, paths::LOGOUT, r#"{"revoke_token":"perhaps"}"#, Some(&token)).await;
    assert_eq!(codes(&wrong, "revoke_token"), ["invalid"]);
}
