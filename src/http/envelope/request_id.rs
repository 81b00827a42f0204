//! The request id, by which a request is found in the logs of the server and of its proxies.

use std::cell::Cell;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use itoa::Buffer;

/// The header that carries the id, in requests and in answers.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_CHARS: usize = 128;

/// Returns the id that the client or proxy sent, if it is safe in headers and logs.
pub(in crate::http) fn sent(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut sent = headers.get_all(X_REQUEST_ID);
    match (sent.next(), sent.next()) {
        (Some(id), None) if is_fit(id.as_bytes()) => Some(id.clone()),
        _ => None,
    }
}

fn is_fit(id: &[u8]) -> bool {
    (1..=MAX_CHARS).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Generates an id: a random name of this thread, and a counter. So an id is unique, and costs neither random bytes per
/// request nor synchronisation between threads.
pub(in crate::http) fn make() -> HeaderValue {
    thread_local! {
        static THREAD: [u8; 17] = name();
        static MADE: Cell<u64> = const { Cell::new(0) };
    }
    let mut number = Buffer::new();
    let number = number.format(MADE.replace(MADE.get() + 1)).as_bytes();
    let id = THREAD.with(|thread| [thread.as_slice(), number].concat());
    HeaderValue::from_maybe_shared(Bytes::from(id)).expect("digits are fit for a header")
}

/// 64 random bits in hexadecimal digits, and a dash.
fn name() -> [u8; 17] {
    let random = getrandom::u64().expect("the operating system has random bytes");
    format!("{random:016x}-").into_bytes().try_into().expect("64 bits are sixteen digits")
}

#[cfg(test)]
mod tests {
    use actix_web::HttpRequest;
    use actix_web::test::TestRequest;

    use super::*;

    fn request(sent: &[&str]) -> HttpRequest {
        let with = |request: TestRequest, id: &&str| request.append_header((X_REQUEST_ID, *id));
        sent.iter().fold(TestRequest::default(), with).to_http_request()
    }

    #[test]
    fn a_fit_id_is_kept() {
        let longest = "x".repeat(MAX_CHARS);
        for id in ["a", "0198c0de-7b3a.trace_1", &longest] {
            assert_eq!(sent(request(&[id]).headers()).expect("it is fit"), id);
        }
    }

    #[test]
    fn an_unfit_id_is_replaced() {
        let too_long = "x".repeat(MAX_CHARS + 1);
        for ids in [&["" as &str] as &[&str], &["a b"], &["a\"b"], &["a;b"], &[&too_long], &["one", "two"], &[]] {
            assert_eq!(sent(request(ids).headers()), None, "{ids:?}");
        }
    }

    #[test]
    fn made_ids_differ() {
        let ids: Vec<HeaderValue> = (0..40).map(|_| make()).collect();
        assert!(ids.iter().all(|id| is_fit(id.as_bytes()) && id.len() > 16), "{ids:?}");
        assert!((1..ids.len()).all(|at| !ids[..at].contains(&ids[at])), "{ids:?}");
    }
}
