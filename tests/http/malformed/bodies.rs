//! Bodies that are not what their content type says, sent to every endpoint.

use super::{FORM, JSON, MULTIPART, Target};
use crate::support::accounts::paths;

/// The status of an answer to a body that is well-formed and has no member that an endpoint knows: where members may be
/// left out, there is nothing to refuse.
const MEMBERS_MISSING: u16 = 0;

/// Description, status, content type, body.
type Case = (&'static str, u16, &'static str, Vec<u8>);

fn cases() -> Vec<Case> {
    let json = |what, body: &[u8]| (what, 400, JSON, body.to_vec());
    let multipart = |what, body: &str| (what, 400, MULTIPART, body.replace('\n', "\r\n").into_bytes());
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{{\"username\":{}{}}}", open.repeat(depth), close.repeat(depth)).into_bytes()
    };
    vec![
        json("an object that ends at once", b"{"),
        json("an object that never began", b"}"),
        json("a key without a value", b"{\"username\"}"),
        json("a value that is missing", b"{\"username\":}"),
        json("a text that does not end", b"{\"username\":\"ann"),
        json("a comma too many", b"{\"username\":\"ann\",}"),
        json("a comma too few", b"{\"username\":\"ann\" \"email\":\"x\"}"),
        json("single quotation marks", b"{'username':'ann'}"),
        json("keys without quotation marks", b"{username:\"ann\"}"),
        json("a comment", b"{\"username\":\"ann\"/* no */}"),
        json("something after the end", b"{\"username\":\"ann\"} {}"),
        json("NaN", b"{\"timestamp\":NaN}"),
        json("infinity", b"{\"timestamp\":-Infinity}"),
        json("a leading zero", b"{\"timestamp\":0123}"),
        json("a leading plus", b"{\"timestamp\":+1}"),
        json("a hexadecimal number", b"{\"timestamp\":0x10}"),
        json("half an exponent", b"{\"timestamp\":1e}"),
        json("a Python literal", b"{\"username\":None}"),
        json("an unknown escape", b"{\"username\":\"\\x41\"}"),
        json("half an escape", b"{\"username\":\"\\u12\"}"),
        json("a bare tab in a text", b"{\"username\":\"a\tb\"}"),
        json("a bare NUL in a text", b"{\"username\":\"a\0b\"}"),
        json("a bare NUL", b"\0"),
        json("nothing but blanks", b" \r\n\t "),
        json("bytes that are no UTF-8", b"{\"username\":\"\xff\xfe\"}"),
        json("a surrogate in UTF-8", b"{\"username\":\"\xed\xa0\x80\"}"),
        json("an overlong encoding", b"{\"username\":\"\xc0\xaf\"}"),
        json("half a letter at the end", b"{\"username\":\"\xc3"),
        json("a byte order mark", b"\xef\xbb\xbf{\"username\":\"ann\"}"),
        json("UTF-16", b"\xff\xfe{\0\"\0a\0\"\0:\x001\0}\0"),
        json("a form under the name of JSON", b"username=ann&email=ann%40mail.example"),
        json("HTML", b"<html></html>"),
        json("a list", b"[{\"username\":\"ann\"}]"),
        json("an empty list", b"[]"),
        json("a text", b"\"username\""),
        json("half a surrogate pair", b"\"\\ud800\""),
        json("a number", b"17"),
        json("a huge number", "9".repeat(60_000).as_bytes()),
        json("a number beyond all floats", b"1e999999999"),
        json("a boolean", b"true"),
        json("null", b"null"),
        ("lists in lists", 400, JSON, nested("[", "]", 30_000)),
        ("lists in lists without end", 400, JSON, "[".repeat(65_536).into_bytes()),
        ("objects in objects", 400, JSON, nested("{\"a\":", "}", 10_000)),
        ("objects in objects without end", 400, JSON, "{\"a\":".repeat(13_000).into_bytes()),
        ("a body over the limit", 413, JSON, vec![b' '; 65_537]),
        ("a body far over the limit", 413, JSON, vec![b'['; 3_000_000]),
        ("a form over the limit", 413, FORM, vec![b'a'; 65_537]),
        ("text", 415, "text/plain", b"username=ann".to_vec()),
        ("XML", 415, "application/xml", b"<username>ann</username>".to_vec()),
        ("MessagePack", 415, "application/msgpack", b"\x81\xa1a\x01".to_vec()),
        ("JSON by another name", 415, "text/json", b"{}".to_vec()),
        ("JSON in UTF-16", 415, "application/json; charset=utf-16", b"{\0}\0".to_vec()),
        ("a form in Latin-1", 415, "application/x-www-form-urlencoded; charset=iso-8859-1", b"a=%e9".to_vec()),
        ("no content type", 415, "", b"{}".to_vec()),
        ("half a content type", 415, "application/", b"{}".to_vec()),
        ("two content types", 415, "application/json, text/plain", b"{}".to_vec()),
        ("a content type over the limit of sense", 415, "x", b"{}".to_vec()),
        multipart("multipart without a boundary in it", "username=ann"),
        multipart("multipart that does not end", "--XX\nContent-Disposition: form-data; name=\"username\"\n\nann"),
        multipart("a part without the end of its headers", "--XX\nContent-Disposition: form-data; name=\"a\"\n--XX--"),
        multipart("a part with half a header", "--XX\nContent-Disposition: form-data; name\n\nx\n--XX--"),
        multipart("another boundary", "--YY\nContent-Disposition: form-data; name=\"username\"\n\nann\n--YY--"),
        ("multipart that names no boundary", 400, "multipart/form-data", b"--XX--\r\n".to_vec()),
        ("an empty boundary", 400, "multipart/form-data; boundary=", b"--\r\n\r\n----".to_vec()),
        ("multipart of another kind", 415, "multipart/mixed; boundary=XX", b"--XX--\r\n".to_vec()),
        ("JSON under the name of a form", MEMBERS_MISSING, FORM, b"{\"username\":\"ann\"}".to_vec()),
        ("a form of nothing but signs", MEMBERS_MISSING, FORM, b"&&&===%%%&=&%zz=%".to_vec()),
        ("a form of bytes that are no UTF-8", MEMBERS_MISSING, FORM, b"username=%ff%fe&\xff=\xfe".to_vec()),
        ("a form of very many members", MEMBERS_MISSING, FORM, b"a&".repeat(30_000)),
    ]
}

#[tokio::test]
async fn no_body_does_harm() {
    for target in Target::both().await {
        let cases = cases();
        assert!(cases.len() >= 60, "{}", cases.len());
        for (what, status, content_type, body) in cases {
            for (row, _) in target.taking_bodies() {
                let status = match status {
                    MEMBERS_MISSING if row.endpoint.is_optional => continue,
                    MEMBERS_MISSING => row.endpoint.refuses_with,
                    status => status,
                };
                let answer = target.attacked(&row, content_type, body.clone()).await;
                answer.expect_refusal(status, &format!("{what} to {row:?}"));
            }
        }
        target.assert_unharmed().await;
    }
}

#[tokio::test]
async fn broken_json_is_told_where_it_broke() {
    let target = Target::start().await;
    for (body, words) in [
        ("{\n  'a'}", "JSON parse error - key must be a string at line 2 column 3"),
        ("[1,", "JSON parse error - "),
        ("\u{1}", "JSON parse error - "),
    ] {
        let answer = target.app.post_bytes(paths::REGISTER, JSON, body).await.expect(400);
        assert!(answer["detail"].as_str().expect("a text").starts_with(words), "{answer}");
    }
    for (body, kind) in [("[]", "list"), ("\"x\"", "str"), ("1", "int"), ("1.5", "float"), ("false", "bool")] {
        let answer = target.app.post_bytes(paths::REGISTER, JSON, body).await.expect(400);
        let expected = format!("Invalid data. Expected a dictionary, but got {kind}.");
        assert_eq!(answer, serde_json::json!({ "non_field_errors": [expected] }));
    }
    let null = target.app.post_bytes(paths::REGISTER, JSON, "null").await.expect(400);
    assert_eq!(null, serde_json::json!({ "non_field_errors": ["No data provided"] }));
    target.assert_unharmed().await;
}

#[tokio::test]
async fn a_body_in_another_language_is_refused_with_its_name() {
    for target in Target::both().await {
        for content_type in [
            "text/plain",
            "text/json",
            "application/xml",
            "application/vnd.api+json",
            "application/json; charset=utf-16",
            "json",
            "*/*",
            "",
        ] {
            for (row, body) in target.taking_bodies() {
                let answer = target.attacked(&row, content_type, body.to_string()).await;
                answer.expect_detail(415, &format!("Unsupported media type \"{content_type}\" in request."));
            }
        }
        let empty = target.app.post_bytes(paths::REGISTER, "text/plain", "").await;
        assert_eq!(empty.status, 400, "an empty body is in no language");
        target.assert_unharmed().await;
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_not_done() {
    for target in Target::both().await {
        for row in &target.rows {
            for accept in ["text/html", "application/xml", "image/*;q=0.9", "application/json;q=0", ""] {
                let request = target.request_to(row).header("accept", accept);
                let body = row.endpoint.body.map_or_else(|| serde_json::json!({}), |body| body());
                let answer = target.app.send(request.json(&body)).await;
                answer.expect_detail(406, "Could not satisfy the request Accept header.");
                assert_eq!(answer.header("content-type"), Some(JSON), "{accept:?} from {row:?}");
            }
        }
        target.assert_unharmed().await;
    }
}
