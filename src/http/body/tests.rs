//! Tests of valid and invalid bodies, with the extractor and without it.

use std::pin::Pin;
use std::time::Duration;

use actix_web::FromRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::test::TestRequest;
use futures_util::{Stream, StreamExt, stream};

use super::*;
use crate::http::HttpOptions;
use crate::http::faults::Code;
use crate::http::fields::TextRule;
use crate::http::members::Value;

pub(in crate::http) fn body_of_json(json: &str) -> Body {
    Body { bytes: Bytes::copy_from_slice(json.as_bytes()), language: Language::Json }
}

pub(in crate::http) fn body_of_form(form: &str) -> Body {
    Body { bytes: Bytes::copy_from_slice(form.as_bytes()), language: Language::Form }
}

fn limits(size_bytes: usize, read_for: u64) -> HttpOptions {
    let body = BodyLimits { size_bytes, read_for: Seconds::new(read_for) };
    HttpOptions { body, ..HttpOptions::default() }
}

type Chunk = Result<Bytes, PayloadError>;

async fn read(chunks: impl Stream<Item = Chunk> + 'static, options: HttpOptions) -> Result<Body, Fault> {
    let request = TestRequest::post().app_data(options).insert_header((CONTENT_TYPE, "application/json"));
    let mut payload = Payload::from(Box::pin(chunks) as Pin<Box<dyn Stream<Item = Chunk>>>);
    Body::from_request(&request.to_http_request(), &mut payload).await
}

async fn read_chunks(chunks: Vec<Result<&'static str, PayloadError>>, options: HttpOptions) -> Result<Body, Fault> {
    let bytes = |chunk: Result<&'static str, _>| chunk.map(|text| Bytes::from_static(text.as_bytes()));
    read(stream::iter(chunks).map(bytes), options).await
}

#[actix_web::test]
async fn chunks_are_put_together_up_to_the_limit() {
    let body = read_chunks(vec![Ok("{\"a\""), Ok(""), Ok(":"), Ok("\"b\"}")], limits(9, 5)).await.expect("nine bytes");
    let mut fields = body.fields().expect("an object");
    assert_eq!(fields.text("a", TextRule::TRIMMED).value().map(|text| &**text), Some("b"));
    let fault = read_chunks(vec![Ok("{\"a\""), Ok(":"), Ok("\"bc\"}")], limits(9, 5)).await.expect_err("ten bytes");
    assert_eq!(fault.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[actix_web::test]
async fn a_broken_transfer_is_the_request_s_fault() {
    let chunks = vec![Ok("{"), Err(PayloadError::EncodingCorrupted)];
    let fault = read_chunks(chunks, limits(9, 5)).await.expect_err("the transfer broke");
    assert_eq!((fault.status(), fault.code()), (StatusCode::BAD_REQUEST, Code::ParseError));
}

#[actix_web::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let first = stream::iter([Ok(Bytes::from_static(b"{"))]);
    let endless = first.chain(stream::pending::<Result<Bytes, PayloadError>>());
    // Waiting longer than a minute would mean that the limit of zero seconds is ignored.
    let waited = tokio::time::timeout(Duration::from_secs(60), read(endless, limits(9, 0)));
    let fault = waited.await.expect("the limit is shorter").expect_err("the body never ends");
    assert_eq!(fault.status(), StatusCode::REQUEST_TIMEOUT);
}

#[test]
fn debug_shows_nothing_of_a_body() {
    assert_eq!(format!("{:?}", body_of_json(r#"{"password":"x"}"#)), "Body(16 bytes)");
}

fn multipart(body: &str) -> Result<Vec<(String, String)>, Fault> {
    let body = body.replace('\n', "\r\n");
    let members = multipart::members(body.as_bytes(), "XX")?;
    let shown = |value| match value {
        Value::Text(text) => text.into_owned(),
        Value::File => "a file".to_owned(),
        _ => "neither".to_owned(),
    };
    let text = |name: &[u8]| String::from_utf8(name.to_owned()).expect("the names of these tests are text");
    Ok(members.into_iter().map(|(name, value)| (text(&name), shown(value))).collect())
}

#[test]
fn parts_become_members() {
    let body = concat!(
        "preamble\n--XX\nContent-Disposition: form-data; name=\"a\"\n\nfirst\n--XY\n\n",
        "--XX \t\ncontent-disposition:form-data; name=\"b\"\nContent-Type: text/plain\n\n\n",
        "--XX\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\n\nbytes\n",
        "--XX\nContent-Disposition: form-data; name=\"g\"; filename=\"\"\n\n\n",
        "--XX\n\nno headers\n--XX\nContent-Disposition: form-data\n\nno name\n--XX--\nepilogue"
    );
    let members = multipart(body).expect("well-formed");
    let expected = [("a", "first\r\n--XY\r\n"), ("b", ""), ("f", "a file")];
    assert_eq!(members, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
}

#[test]
fn parts_at_the_edge_of_the_grammar_are_told_apart() {
    let body = concat!(
        "--XX\n\nno headers\n--XX\nContent-Disposition: form-data; name=\"a\"\n\nfirst\n--XXY\nsecond\n",
        "--XX\nContent-Disposition: form-data; name=\"f\"; filename*=UTF-8''x.txt\n\nbytes\n--XX--"
    );
    let expected = [("a", "first\r\n--XXY\r\nsecond"), ("f", "a file")];
    let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(multipart(body).expect("well-formed"), expected);
}

#[test]
fn a_form_without_parts_has_no_members() {
    assert_eq!(multipart("--XX--\n").expect("well-formed"), []);
}

#[test]
fn broken_multipart_is_refused() {
    for body in [
        "",
        "text",
        "--XX",
        "--XX\n",
        "--XX\nContent-Disposition: form-data; name=\"a\"\n\nnever ends",
        "--XX\nContent-Disposition: form-data; name=\"a\"\n--XX--",
        "--XX\n--XX--",
        "--XX\nContent-Disposition: form-data; name\n\nx\n--XX--",
        "--XXY\nContent-Disposition: form-data; name=\"a\"\n\nx\n--XXY--",
    ] {
        let fault = multipart(body).expect_err(body);
        assert_eq!((fault.status(), fault.code()), (StatusCode::BAD_REQUEST, Code::ParseError), "{body}");
    }
    assert!(multipart::members(b"--\r\n\r\n----", "").is_err());
}

#[test]
fn nesting_counts_only_outside_of_strings() {
    let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(body_of_json(&nested(127)).fields().is_ok());
    assert!(body_of_json(&nested(128)).fields().is_err());
    assert!(body_of_json(&format!("{{\"a\":\"\\\"{}\"}}", "[".repeat(500))).fields().is_ok());
    assert!(body_of_json(&format!("{{\"a\":[\"{}\"]}}", "{".repeat(500))).fields().is_ok());
    assert!(body_of_json(&format!("{}{}", "[".repeat(30_000), "]".repeat(30_000))).fields().is_err());
}
