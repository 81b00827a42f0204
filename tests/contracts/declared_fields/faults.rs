//! Every type of field, and everything that can be wrong with its values.

use super::*;

/// Each value that is refused, and the sentence; `*` stands for a sentence that ends with the rest.
fn refused() -> Vec<(&'static str, Value, &'static str)> {
    let long = "9".repeat(1_001);
    let date = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
    let no_choice = "is not a valid choice.";
    vec![
        ("bio", json!(null), "This field may not be null."),
        ("bio", json!(true), "Not a valid string."),
        ("bio", json!([]), "Not a valid string."),
        ("bio", json!({ "a": 1 }), "Not a valid string."),
        ("bio", json!("x"), "Ensure this field has at least 2 characters."),
        ("bio", json!("ÖÖÖÖÖÖÖÖÖÖÖ"), "Ensure this field has no more than 10 characters."),
        ("bio", json!("a\u{0}b"), "Null characters are not allowed."),
        ("bio", json!("who!"), "This value does not match the required pattern."),
        ("age", json!(""), "A valid integer is required."),
        ("age", json!("x"), "A valid integer is required."),
        ("age", json!(true), "A valid integer is required."),
        ("age", json!(1.5), "A valid integer is required."),
        ("age", json!([1]), "A valid integer is required."),
        ("age", json!("0x10"), "A valid integer is required."),
        ("age", json!("NaN"), "A valid integer is required."),
        ("age", json!("١٢"), "A valid integer is required."),
        ("age", json!(-1), "Ensure this value is greater than or equal to 0."),
        ("age", json!(151), "Ensure this value is less than or equal to 150."),
        ("age", json!("99999999999999999999999999"), "Ensure this value is less than or equal to 150."),
        ("age", json!("-99999999999999999999999999"), "Ensure this value is greater than or equal to 0."),
        ("age", json!(long), "String value too large."),
        ("newsletter", json!(null), "This field may not be null."),
        ("newsletter", json!("null"), "Must be a valid boolean."),
        ("newsletter", json!(""), "Must be a valid boolean."),
        ("newsletter", json!("maybe"), "Must be a valid boolean."),
        ("newsletter", json!(2), "Must be a valid boolean."),
        ("newsletter", json!([true]), "Must be a valid boolean."),
        ("born_on", json!(""), date),
        ("born_on", json!("2023-02-29"), date),
        ("born_on", json!("0000-01-01"), date),
        ("born_on", json!("29.2.2024"), date),
        ("born_on", json!("2024-02-29T00:00:00Z"), date),
        ("born_on", json!(20240229), date),
        ("born_on", json!(false), date),
        ("born_on", json!("1899-12-31"), "Ensure this value is greater than or equal to 1900-01-01."),
        ("born_on", json!("2031-01-01"), "Ensure this value is less than or equal to 2030-12-31."),
        ("role", json!("Q"), "\"Q\" is not a valid choice."),
        ("role", json!(""), "\"\" is not a valid choice."),
        ("role", json!("Student"), "\"Student\" is not a valid choice."),
        ("role", json!(" student"), "\" student\" is not a valid choice."),
        ("role", json!(1), "\"1\" is not a valid choice."),
        ("role", json!(true), "\"True\" is not a valid choice."),
        ("role", json!(["student"]), "Not a valid string."),
        ("role", json!("Ö".repeat(10_000)), no_choice),
    ]
}

#[track_caller]
fn assert_refused(answer: &Answer, name: &str, value: &Value, told: &str) {
    assert_eq!(answer.status, 400, "{name} {value}: {answer:?}");
    let body = answer.json();
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(1), "{name} {value}: {body}");
    let faults = body[name].as_array().expect("a list");
    let is_told = |fault: &Value| {
        fault.as_str().is_some_and(|fault| fault == told || fault.ends_with(&format!("… {told}").replace("… ", "…\" ")))
    };
    assert!(faults.len() == 1 && faults.iter().any(is_told), "{name} {value}: {faults:?}");
    assert!(answer.body.len() < 1_000, "an error repeats no long value");
}

#[tokio::test]
async fn a_wrong_value_is_refused_at_every_contract_and_changes_nothing() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "kept" })).await;
    for (name, value, told) in refused() {
        let wrong = json!({ name: value });
        for contract in Contract::THAT_REGISTER {
            assert_refused(&register(&app, contract, "bob", &wrong).await, name, &value, told);
        }
        for path in records(&app) {
            for method in ["PATCH", "PUT"] {
                let body = with_members(json!({ "username": "ann" }), &wrong);
                let answer = app.send(BY_TOKEN(&app, &token, method, &path).json(&body)).await;
                assert_refused(&answer, name, &value, told);
            }
        }
    }
    assert_eq!(app.users().await.len(), 1);
    assert_eq!(app.get_by(&token, &records(&app)[0]).await.expect(200)["bio"], "kept");
}

#[tokio::test]
async fn every_spelling_of_a_value_that_the_original_takes_is_taken() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for (name, sent, shown) in [
        ("bio", json!(12.50), json!("12.5")),
        ("bio", json!("  \u{3000} "), json!("")),
        ("bio", json!("🦊🦊"), json!("🦊🦊")),
        ("age", json!(" 0_7 "), json!(7)),
        ("age", json!(7.0), json!(7)),
        ("age", json!("1e0"), Value::Null),
        ("age", json!(1e1), json!(10)),
        ("age", json!("-0"), json!(0)),
        ("newsletter", json!("on"), json!(true)),
        ("newsletter", json!("False"), json!(false)),
        ("newsletter", json!(1), json!(true)),
        ("newsletter", json!(0.0), json!(false)),
        ("born_on", json!("2024-2-29"), json!("2024-02-29")),
        ("born_on", json!(null), json!(null)),
        ("role", json!("Lehrkraft für Öl"), json!("Lehrkraft für Öl")),
    ] {
        for path in records(&app) {
            let answer = patch(&app, &token, &path, &json!({ name: sent })).await;
            match shown.is_null() && !sent.is_null() {
                true => assert_eq!(answer.status, 400, "{name} {sent}"),
                false => assert_eq!(answer.expect(200)[name], shown, "{name} {sent}"),
            }
        }
    }
}

#[tokio::test]
async fn raw_json_is_read_as_the_original_reads_it() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for (body, status, expected) in [
        (r#"{"age": 1e2}"#, 200, r#""age":100"#),
        (r#"{"age": 1E400}"#, 400, "A valid integer is required."),
        (r#"{"age": -0}"#, 200, r#""age":0"#),
        (r#"{"age": NaN}"#, 400, "JSON parse error"),
        (r#"{"age": 1, "age": 2}"#, 200, r#""age":2"#),
        (r#"{"age": 2, "age": "x"}"#, 400, "A valid integer is required."),
        (r#"{"bio": "\ud800ab"}"#, 400, "Surrogate characters are not allowed: U+D800."),
        (r#"{"bio": "\ud83e\udd8a!"}"#, 400, "This value does not match the required pattern."),
        (r#"{"role": "\ud800"}"#, 400, "is not a valid choice."),
        (r#"{"born_on": "2024-01-01\u0000"}"#, 400, "Date has wrong format."),
        (r#"{"__proto__": {"age": 9}, "constructor": 1}"#, 200, r#""age":2"#),
        (r#"{"Age": 9}"#, 200, r#""age":2"#),
    ] {
        for path in records(&app) {
            let request = BY_TOKEN(&app, &token, "PATCH", &path).header("content-type", "application/json").body(body);
            let answer = app.send(request).await;
            assert_eq!(answer.status, status, "{body}: {}", answer.body);
            let is_set_back = answer.body.contains(expected);
            assert!(is_set_back, "{body}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn codes_tell_programs_what_is_wrong() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({})).await;
    for (name, value, code) in [
        ("bio", json!("x"), "min_length"),
        ("bio", json!("who!"), "invalid"),
        ("age", json!(151), "max_value"),
        ("born_on", json!("1800-01-01"), "min_value"),
        ("born_on", json!("x"), "invalid"),
        ("role", json!("Q"), "invalid_choice"),
    ] {
        let request = BY_TOKEN(&app, &token, "PATCH", &records(&app)[0]).json(&json!({ name: value }));
        let answer = app.send(request.header("accept", "application/problem+json")).await;
        assert_eq!(answer.json()["errors"][name][0]["code"], code, "{name} {value}");
    }
}
