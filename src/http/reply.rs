//! The forms of successful answers.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use serde::Serialize;

use super::faults::Fault;

/// The result of a handler: an answer, or a fault that is written as one.
pub(crate) type Answer = Result<HttpResponse, Fault>;

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers with `content` as compact JSON.
///
/// # Errors
///
/// An internal fault if `content` cannot be JSON: a map with keys that are not text.
pub(crate) fn json(status: StatusCode, content: &impl Serialize) -> Answer {
    Ok(written(status, serde_json::to_vec(content).map_err(Fault::internal)?))
}

/// Answers 200 with `{"detail": text}`.
pub(crate) fn detail(text: &str) -> HttpResponse {
    written(StatusCode::OK, detail_body(text))
}

/// Answers 204, without a body.
pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::new(StatusCode::NO_CONTENT)
}

/// Answers 302 with this URL as its `Location`, without a body.
///
/// # Errors
///
/// An internal fault if `url` is not fit for a header.
pub(crate) fn found(url: &str) -> Answer {
    let location = HeaderValue::from_str(url).map_err(Fault::internal)?;
    let mut response = HttpResponse::new(StatusCode::FOUND);
    response.headers_mut().append(LOCATION, location);
    Ok(response)
}

/// Returns the most common body, of successes and of faults.
pub(super) fn detail_body(text: &str) -> Vec<u8> {
    #[derive(Serialize)]
    struct Detail<'a> {
        detail: &'a str,
    }

    const AROUND: usize = r#"{"detail":""}"#.len();
    // The capacity is exact, since `Bytes` would need another allocation for spare capacity.
    let mut body = Vec::with_capacity(AROUND + text.len());
    serde_json::to_writer(&mut body, &Detail { detail: text }).expect("text is always JSON");
    body
}

pub(super) fn written(status: StatusCode, body: Vec<u8>) -> HttpResponse {
    written_as(JSON, status, body)
}

pub(super) fn written_as(content_type: HeaderValue, status: StatusCode, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::with_body(status, BoxBody::new(body));
    response.headers_mut().append(CONTENT_TYPE, content_type);
    response
}
