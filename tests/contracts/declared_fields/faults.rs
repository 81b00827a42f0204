//! Every type of field, and everything that can be wrong with its values.

use super::*;

/// Each value that is refused, as it is written in JSON, and what is told: names of [`fault`].
const REFUSED: &[(&str, &str, &str)] = &[
    ("bio", "null", "null"),
    ("bio", "true", "text"),
    ("bio", "[]", "text"),
    ("bio", r#"["student"]"#, "text"),
    ("bio", r#"{"a":1}"#, "text"),
    ("bio", "DEEP", "text"),
    ("bio", r#""x""#, "short"),
    ("bio", "7", "short"),
    ("bio", r#""ÖÖÖÖÖÖÖÖÖÖÖ""#, "long"),
    ("bio", "12345678901", "long"),
    ("bio", "-99999999999999999999", "long"),
    ("bio", r#""who!""#, "pattern"),
    ("bio", r#""!""#, "short pattern"),
    ("bio", r#""this is too long!""#, "long"),
    ("bio", r#""a\u0000b""#, "nul"),
    ("bio", r#""\u0000""#, "short nul"),
    ("bio", r#""a\u0000b this is long""#, "long nul"),
    ("bio", r#""\ud800ab""#, "surrogate=D800"),
    ("bio", r#""ab\udfff!""#, "surrogate=DFFF pattern"),
    ("age", r#""""#, "integer"),
    ("age", r#"" ""#, "integer"),
    ("age", r#""x""#, "integer"),
    ("age", "true", "integer"),
    ("age", r#""true""#, "integer"),
    ("age", "[1]", "integer"),
    ("age", "{}", "integer"),
    ("age", "DEEP", "integer"),
    ("age", "3.5", "integer"),
    ("age", r#""3.5""#, "integer"),
    ("age", "1e400", "integer"),
    ("age", "-1e400", "integer"),
    ("age", "1e16", "integer"),
    ("age", r#""1e1""#, "integer"),
    ("age", r#""0x10""#, "integer"),
    ("age", r#""NaN""#, "integer"),
    ("age", r#""Infinity""#, "integer"),
    ("age", r#""١٢""#, "integer"),
    ("age", r#""1\u0000""#, "integer"),
    ("age", r#""\ud800""#, "integer"),
    ("age", "-1", "min=0"),
    ("age", r#""-1""#, "min=0"),
    ("age", "151", "max=150"),
    ("age", "1e3", "max=150"),
    ("age", "9223372036854775808", "max=150"),
    ("age", r#""9223372036854775808""#, "max=150"),
    ("age", "-99999999999999999999", "min=0"),
    ("age", "DIGITS", "max=150"),
    ("age", r#""DIGITS""#, "digits"),
    ("newsletter", "null", "null"),
    ("newsletter", r#""""#, "boolean"),
    ("newsletter", r#"" ""#, "boolean"),
    ("newsletter", r#""null""#, "boolean"),
    ("newsletter", r#""maybe""#, "boolean"),
    ("newsletter", r#"" true ""#, "boolean"),
    ("newsletter", r#""1.0""#, "boolean"),
    ("newsletter", "2", "boolean"),
    ("newsletter", "-1", "boolean"),
    ("newsletter", "1e400", "boolean"),
    ("newsletter", "99999999999999999999", "boolean"),
    ("newsletter", "[true]", "boolean"),
    ("newsletter", "{}", "boolean"),
    ("newsletter", "DEEP", "boolean"),
    ("newsletter", r#""true\u0000""#, "boolean"),
    ("newsletter", r#""\ud800""#, "boolean"),
    ("born_on", r#""""#, "date"),
    ("born_on", r#""2023-02-29""#, "date"),
    ("born_on", r#""0000-00-00""#, "date"),
    ("born_on", r#""0000-01-01""#, "date"),
    ("born_on", r#""10000-01-01""#, "date"),
    ("born_on", r#""2024-13-01""#, "date"),
    ("born_on", r#""2024-02-29T00:00:00Z""#, "date"),
    ("born_on", r#""2024-02-29 ""#, "date"),
    ("born_on", r#""2024-02-29\u0000""#, "date"),
    ("born_on", r#""20240229""#, "date"),
    ("born_on", r#""29.2.2024""#, "date"),
    ("born_on", r#""٢٠٢٤-02-29""#, "date"),
    ("born_on", r#""\ud800""#, "date"),
    ("born_on", "20240229", "date"),
    ("born_on", "false", "date"),
    ("born_on", "3.0", "date"),
    ("born_on", "1e400", "date"),
    ("born_on", "[]", "date"),
    ("born_on", "DEEP", "date"),
    ("born_on", r#""1899-12-31""#, "min=1900-01-01"),
    ("born_on", r#""2031-1-1""#, "max=2030-12-31"),
    ("role", r#""""#, "choice="),
    ("role", r#""Q""#, "choice=Q"),
    ("role", r#""Student""#, "choice=Student"),
    ("role", r#"" student""#, "choice= student"),
    ("role", r#""None""#, "choice=None"),
    ("role", r#""Lehrkraft fu\u0308r O\u0308l""#, "choice=Lehrkraft fu\u{308}r O\u{308}l"),
    ("role", r#""student\u0000""#, "choice=student\0"),
    ("role", r#""\ud800""#, "choice=\u{fffd}"),
    ("role", "1", "choice=1"),
    ("role", "3.0", "choice=3.0"),
    ("role", "1e3", "choice=1000.0"),
    ("role", "1e400", "choice=inf"),
    ("role", "99999999999999999999", "choice=99999999999999999999"),
    ("role", "true", "choice=True"),
    ("role", r#"["student"]"#, "no choice"),
    ("role", "{}", "no choice"),
    ("role", "DEEP", "no choice"),
    ("role", r#""LONG""#, "long choice"),
];

/// The code and the sentence of a fault.
fn fault(name: &str) -> (&'static str, String) {
    let (name, detail) = name.split_once('=').unwrap_or((name, ""));
    let (code, told) = match name {
        "null" => ("null", "This field may not be null."),
        "text" => ("invalid", "Not a valid string."),
        "short" => ("min_length", "Ensure this field has at least 2 characters."),
        "long" => ("max_length", "Ensure this field has no more than 10 characters."),
        "pattern" => ("invalid", "This value does not match the required pattern."),
        "nul" => ("null_characters_not_allowed", "Null characters are not allowed."),
        "surrogate" => ("surrogate_characters_not_allowed", "Surrogate characters are not allowed: U+…."),
        "integer" => ("invalid", "A valid integer is required."),
        "digits" => ("max_string_length", "String value too large."),
        "min" => ("min_value", "Ensure this value is greater than or equal to …."),
        "max" => ("max_value", "Ensure this value is less than or equal to …."),
        "boolean" => ("invalid", "Must be a valid boolean."),
        "date" => ("invalid", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        "choice" => ("invalid_choice", "\"…\" is not a valid choice."),
        other => panic!("{other}?"),
    };
    (code, told.replacen('…', detail, 1))
}

/// The codes and sentences of a row's last column.
fn faults(names: &str) -> Vec<(&'static str, String)> {
    match names {
        "no choice" => vec![("invalid_choice", "This is not a valid choice.".to_owned())],
        "long choice" => vec![("invalid_choice", format!("\"{}…\" is not a valid choice.", "Ö".repeat(100)))],
        names if names.starts_with("choice=") => vec![fault(names)],
        names => names.split(' ').map(fault).collect(),
    }
}

/// The value of a row as it is sent.
fn written(value: &str) -> String {
    match value {
        "DEEP" => format!("{}{}", "[".repeat(100), "]".repeat(100)),
        value => value.replace("DIGITS", &"9".repeat(1_001)).replace("LONG", &"Ö".repeat(10_000)),
    }
}

/// Every request by which a logged-in user changes the values.
async fn places(app: &TestApp) -> Vec<(&'static str, String)> {
    let [profile, ..] = records(app);
    let collection = app.path_of(Contract::Profiles, profiles::paths::ALL);
    let records = all_records(app).await.into_iter();
    let records = records.flat_map(|path| [("PATCH", path.clone()), ("PUT", path)]);
    records.chain([("POST", profile), ("POST", collection)]).collect()
}

/// Sends a request and expects these faults of one field, as sentences and as codes.
async fn expect_faults(app: &TestApp, request: impl Fn() -> RequestBuilder, row: (&str, &str, &str)) {
    let (name, _, names) = row;
    let (codes, told): (Vec<_>, Vec<_>) = faults(names).into_iter().unzip();
    let answer = app.send(request()).await;
    assert_eq!(answer.expect(400), json!({ name: told }), "{row:?}");
    let problem = app.send(request().header("accept", "application/problem+json")).await.expect(400);
    let expected: Vec<_> =
        codes.iter().zip(&told).map(|(code, message)| json!({ "code": code, "message": message })).collect();
    assert_eq!(problem["errors"], json!({ name: expected }), "{row:?}");
}

#[tokio::test]
async fn a_wrong_value_is_refused_at_every_contract_and_changes_nothing() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "kept" })).await;
    for row in REFUSED.iter().copied() {
        let (name, value, _) = row;
        // Appended as text: no JSON value of the tests can hold half of a surrogate pair.
        let with_value = |body: &Value| body.to_string().replacen('{', &format!("{{\"{name}\":{},", written(value)), 1);
        for contract in Contract::THAT_REGISTER {
            let (path, body) = registration(contract, "bob");
            let request = || {
                let request = app.request("POST", &app.path_of(contract, path));
                request.header("content-type", "application/json").body(with_value(&body))
            };
            expect_faults(&app, request, row).await;
        }
        for (method, path) in places(&app).await {
            let request = || {
                let request = BY_TOKEN(&app, &token, method, &path).header("content-type", "application/json");
                request.body(with_value(&json!({ "username": "ann" })))
            };
            expect_faults(&app, request, row).await;
        }
    }
    assert_eq!(app.users().await.len(), 1);
    assert_eq!(app.get_by(&token, &records(&app)[0]).await.expect(200)["bio"], "kept");
}

#[tokio::test]
async fn a_wrong_value_of_a_form_is_refused_like_the_same_text_in_json() {
    let app = app_with(of_every_type()).await;
    let token = logged_in(&app, "ann", &json!({ "bio": "kept" })).await;
    let mut tried = 0;
    for row in REFUSED.iter().copied() {
        // Half of a surrogate pair is no text of a form, and an empty input no value.
        let Ok(text) = serde_json::from_str::<String>(&written(row.1)) else { continue };
        if text.is_empty() {
            continue;
        }
        for contract in Contract::THAT_REGISTER {
            let (path, body) = registration(contract, "bob");
            let body = with_members(body, &json!({ row.0: text }));
            expect_faults(&app, || app.request("POST", &app.path_of(contract, path)).form(&body), row).await;
        }
        for (method, path) in places(&app).await {
            let pairs = [("username", "ann"), (row.0, &*text)];
            expect_faults(&app, || BY_TOKEN(&app, &token, method, &path).form(&pairs), row).await;
        }
        tried += 1;
    }
    assert!(tried > 35, "{tried}");
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
        ("age", json!(" 7\n"), json!(7)),
        ("age", json!("3."), json!(3)),
        ("age", json!("+7"), json!(7)),
        ("newsletter", json!("on"), json!(true)),
        ("newsletter", json!("tRuE"), json!(true)),
        ("newsletter", json!("nO"), json!(false)),
        ("newsletter", json!("False"), json!(false)),
        ("newsletter", json!(1), json!(true)),
        ("newsletter", json!(0.0), json!(false)),
        ("born_on", json!("2024-2-29"), json!("2024-02-29")),
        ("born_on", json!(null), json!(null)),
        ("role", json!("Lehrkraft für Öl"), json!("Lehrkraft für Öl")),
    ] {
        for path in all_records(&app).await {
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
    let deep = format!(r#"{{"age": {}{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    for (body, status, expected) in [
        (&*deep, 400, "JSON parse error - nesting deeper than 128 levels"),
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
        for path in all_records(&app).await {
            let request = BY_TOKEN(&app, &token, "PATCH", &path).header("content-type", "application/json");
            let answer = app.send(request.body(body.to_owned())).await;
            assert_eq!(answer.status, status, "{body}: {}", answer.body);
            let is_set_back = answer.body.contains(expected);
            assert!(is_set_back, "{body}: {}", answer.body);
        }
    }
}
