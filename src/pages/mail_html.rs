//! Answers of the mailbox and of the preview, and the HTML of a mail, which strangers may have written.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, X_FRAME_OPTIONS,
};

use crate::http::reply::Answer;

/// No script, nothing from elsewhere, an origin of its own, and links that open pages of their own.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; \
     sandbox allow-popups allow-popups-to-escape-sandbox",
);
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Returns a page that shows the HTML of a mail, for a frame of our own pages.
pub(super) fn page(html: &str) -> HttpResponse {
    let mut response = HttpResponse::Ok().body(opening_pages(html));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

/// Writes an answer that not even an image or script of another site's page may load.
pub(super) fn respond(request: &HttpRequest, answer: Answer) -> HttpResponse {
    let mut response = answer.unwrap_or_else(|fault| fault.respond(request));
    response.headers_mut().insert(CROSS_ORIGIN_RESOURCE_POLICY, SAME_ORIGIN);
    response
}

/// Returns the HTML of a mail with the instruction to open its links in pages of their own.
fn opening_pages(html: &str) -> String {
    const INSTRUCTION: &str = "<base target=\"_blank\">";
    let lower = html.to_ascii_lowercase();
    let head = lower.find("<head").and_then(|begin| lower[begin..].find('>').map(|end| begin + end + 1));
    let (before, after) = html.split_at(head.unwrap_or(0));
    format!("{before}{INSTRUCTION}{after}")
}
