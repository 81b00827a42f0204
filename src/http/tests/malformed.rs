//! Malformed bodies of every kind, and the whole answer to each.

use super::*;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

const ALL_MISSING: &str = r#"{"user_id":["This field is required."],"timestamp":["This field is required."],"signature":["This field is required."]}"#;
const FORGED: &str = r#"{"detail":"Invalid signature"}"#;

/// Sends `body` under `content_type` and expects 400 with exactly `expected`, or a 400 that begins with it where it
/// ends in `…`.
async fn refuses(content_type: &str, body: &[u8], expected: &str) {
    let request = TestRequest::post().uri("/verify/").set_payload(body.to_vec());
    let seen = answer(request.insert_header((CONTENT_TYPE, content_type))).await;
    let shown = String::from_utf8_lossy(&body[..body.len().min(80)]);
    assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{shown}: {}", seen.body);
    assert_eq!(seen.header(CONTENT_TYPE), Some(JSON), "{shown}");
    match expected.strip_suffix('…') {
        Some(start) => assert!(seen.body.starts_with(start), "{shown}: {}", seen.body),
        None => assert_eq!(seen.body, expected, "{shown}"),
    }
    serde_json::from_str::<serde_json::Value>(&seen.body).expect("an answer is JSON");
}

#[actix_web::test]
async fn broken_json_is_a_parse_error() {
    let unfinished: &[&[u8]] = &[
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"{\"a\"",
        b"{\"a\":",
        b"{\"a\":1",
        b"{\"a\":1,",
        b"{\"a\":1,}",
        b"[1,]",
        b"{,}",
        b"{'a': 1}",
        b"{a: 1}",
        b"{\"a\": NaN}",
        b"{\"a\": Infinity}",
        b"{\"a\": -Infinity}",
        b"{\"a\": 01}",
        b"{\"a\": +1}",
        b"{\"a\": .5}",
        b"{\"a\": 1.}",
        b"{\"a\": 1e}",
        b"{\"a\": 0x1}",
        b"{\"a\": tru}",
        b"{\"a\": True}",
        b"{\"a\": None}",
        b"{\"a\": undefined}",
        b"{1: 2}",
        b"{null: 2}",
        b"{\"a\" 1}",
        b"{\"a\": 1 \"b\": 2}",
        b"{\"a\": 1}}",
        b"{\"a\": 1} x",
        b"{} {}",
        b"nope",
        b"username=x",
        b" ",
        b"\n\t",
        b"// no\n{}",
        b"{\"a\": 1 /* no */}",
        b"{\"a\": \"\\x41\"}",
        b"{\"a\": \"\\u12\"}",
        b"{\"a\": \"\\ud83\"}",
        b"{\"a\": \"tab\there\"}",
        b"{\"a\": \"line\nbreak\"}",
        b"{\"a\": \"nul\0\"}",
        b"{\"a\": \"\xff\"}",
        b"{\"\xc3\": 1}",
        b"{\"a\": \"\xed\xa0\x80\"}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"\0",
        b"{\"a\": \"open",
    ];
    for body in unfinished {
        refuses(JSON, body, "{\"detail\":\"JSON parse error - …").await;
    }
    refuses(JSON, b"{\n  'a'}", r#"{"detail":"JSON parse error - key must be a string at line 2 column 3"}"#).await;
}

#[actix_web::test]
async fn deep_nesting_is_a_parse_error_and_no_crash() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = format!("{{\"user_id\":{}1{}}}", open.repeat(9_000), close.repeat(9_000));
        refuses(JSON, nested.as_bytes(), "{\"detail\":\"JSON parse error - nesting deeper than 128 levels…").await;
    }
    refuses(JSON, "[".repeat(60_000).as_bytes(), "{\"detail\":\"JSON parse error - …").await;
    let list = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    refuses(JSON, list.as_bytes(), "{\"detail\":\"JSON parse error - nesting deeper…").await;
}

#[actix_web::test]
async fn json_that_is_no_object_is_named() {
    for (body, kind) in [
        ("[]", "list"),
        ("[{}]", "list"),
        (" [1, 2] ", "list"),
        ("\"text\"", "str"),
        ("\"\\ud800\"", "str"),
        ("5", "int"),
        ("-0", "int"),
        ("99999999999999999999999", "int"),
        ("1.5", "float"),
        ("1e5", "float"),
        ("1E5", "float"),
        ("true", "bool"),
        ("false", "bool"),
    ] {
        let expected = format!(r#"{{"non_field_errors":["Invalid data. Expected a dictionary, but got {kind}."]}}"#);
        refuses(JSON, body.as_bytes(), &expected).await;
    }
    refuses(JSON, b"null", r#"{"non_field_errors":["No data provided"]}"#).await;
}

#[actix_web::test]
async fn wrong_members_are_field_errors() {
    for (body, expected) in [
        ("{}", ALL_MISSING),
        (r#"{"User_id":"a","\ud800":1,"":2}"#, ALL_MISSING),
        (
            r#"{"user_id":"","timestamp":"","signature":" "}"#,
            r#"{"user_id":["This field may not be blank."],"timestamp":["A valid integer is required."],"signature":["This field may not be blank."]}"#,
        ),
        (
            r#"{"user_id":null,"timestamp":null,"signature":null}"#,
            r#"{"user_id":["This field may not be null."],"timestamp":["This field may not be null."],"signature":["This field may not be null."]}"#,
        ),
        (
            r#"{"user_id":[1],"timestamp":[1],"signature":{"a":"]"}}"#,
            r#"{"user_id":["Not a valid string."],"timestamp":["A valid integer is required."],"signature":["Not a valid string."]}"#,
        ),
        (
            r#"{"user_id":"\ud800","timestamp":true,"signature":"a\u0000"}"#,
            r#"{"user_id":["Surrogate characters are not allowed: U+D800."],"timestamp":["A valid integer is required."],"signature":["Null characters are not allowed."]}"#,
        ),
        (r#"{"user_id":1,"timestamp":1.5,"signature":"x"}"#, r#"{"timestamp":["A valid integer is required."]}"#),
        (
            r#"{"signature":1,"signature":null,"user_id":1,"timestamp":1}"#,
            r#"{"signature":["This field may not be null."]}"#,
        ),
        (r#"{"user_id":1e400,"timestamp":-1,"signature":"good\u200b"}"#, FORGED),
        (r#"{"user_id":-0.0,"timestamp":"99999999999999999999999999","signature":1}"#, FORGED),
    ] {
        refuses(JSON, body.as_bytes(), expected).await;
        refuses("application/json; charset=utf-8", body.as_bytes(), expected).await;
    }
}

#[actix_web::test]
async fn wrong_forms_are_field_errors() {
    for body in ["&", "=", "===&&&", "%", "%zz=1", "user%5Fid", "{\"user_id\":1}", "\u{0}"] {
        let expected = if body == "user%5Fid" {
            r#"{"user_id":["This field may not be blank."],"timestamp":["This field is required."],"signature":["This field is required."]}"#
        } else {
            ALL_MISSING
        };
        refuses(FORM, body.as_bytes(), expected).await;
    }
    refuses(FORM, b"user_id=1&timestamp=1&signature=good&signature=bad", FORGED).await;
    refuses(FORM, b"user_id=%FF&timestamp=1&signature=x%00", r#"{"signature":["Null characters are not allowed."]}"#)
        .await;
}

#[actix_web::test]
async fn broken_multipart_is_a_parse_error() {
    for body in ["x", "--XX", "--XX\r\n", "--XY--", "--XX\r\nContent-Disposition: form-data; name=\"user_id\"\r\n\r\n1"]
    {
        refuses(MULTIPART, body.as_bytes(), "{\"detail\":\"Multipart form parse error - …").await;
    }
    refuses("multipart/form-data", b"--XX--", "{\"detail\":\"Multipart form parse error - …").await;
    refuses(MULTIPART, b"--XX--\r\n", ALL_MISSING).await;
    let file = "--XX\r\nContent-Disposition: form-data; name=\"user_id\"; filename=\"a\"\r\n\r\n1\r\n--XX--";
    let expected = r#"{"user_id":["Not a valid string."],"timestamp":["This field is required."],"signature":["This field is required."]}"#;
    refuses(MULTIPART, file.as_bytes(), expected).await;
}

#[actix_web::test]
async fn no_body_is_an_empty_object_whatever_its_type() {
    for content_type in [JSON, FORM, MULTIPART, "text/plain", "nonsense", ""] {
        refuses(content_type, b"", ALL_MISSING).await;
    }
    let seen = answer(TestRequest::post().uri("/verify/")).await;
    assert_eq!((seen.status, &*seen.body), (StatusCode::BAD_REQUEST, ALL_MISSING));
}

#[actix_web::test]
async fn other_languages_are_quoted_and_refused() {
    for content_type in ["text/plain", "application/xml", "application/vnd.api+json", "text/json; charset=utf-8", ""] {
        let request = TestRequest::post().uri("/verify/").insert_header((CONTENT_TYPE, content_type)).set_payload("{}");
        let seen = answer(request).await;
        let expected = format!(r#"{{"detail":"Unsupported media type \"{content_type}\" in request."}}"#);
        assert_eq!((seen.status, seen.body), (StatusCode::UNSUPPORTED_MEDIA_TYPE, expected));
    }
    let seen = answer(TestRequest::post().uri("/verify/").set_payload("{}")).await;
    assert_eq!(seen.body, r#"{"detail":"Unsupported media type \"\" in request."}"#);
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused_by_its_announcement() {
    let request = post_json("/verify/", "{}").insert_header(("content-length", "65537"));
    let seen = answer(request).await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(seen.body, r#"{"detail":"Request body is too large. At most 65536 bytes are accepted."}"#);
    assert_eq!(answer(post_json("/verify/", &" ".repeat(65_537))).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
