//! The name under which a request is found in the logs of everybody it passed through.

use std::cell::Cell;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries the id, in requests and in answers.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const MAX_CHARS: usize = 128;

/// The request's id; empty outside of [`Envelope`](super::Envelope).
pub fn request_id(request: &HttpRequest) -> &str {
    request.headers().get(X_REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// Keeps the id the request came with if it is fit for headers and logs, else gives it one.
pub(super) fn settle(headers: &mut HeaderMap) -> HeaderValue {
    let mut sent = headers.get_all(X_REQUEST_ID);
    if let (Some(id), None) = (sent.next(), sent.next())
        && is_fit(id.as_bytes())
    {
        return id.clone();
    }
    drop(sent);
    let id = make();
    headers.insert(X_REQUEST_ID, id.clone());
    id
}

fn is_fit(id: &[u8]) -> bool {
    (1..=MAX_CHARS).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// A random name of this thread and a number: unique without asking for random bytes at every request, or another thread.
fn make() -> HeaderValue {
    thread_local! {
        static THREAD: [u8; 12] = hexadecimal(getrandom::u64().expect("the operating system has random bytes"));
        static MADE: Cell<u64> = const { Cell::new(0) };
    }
    let mut id = [b'-'; 25];
    THREAD.with(|thread| id[..12].copy_from_slice(thread));
    id[13..].copy_from_slice(&hexadecimal::<12>(MADE.replace(MADE.get() + 1)));
    HeaderValue::from_bytes(&id).expect("hexadecimal digits are fit for a header")
}

/// The last `N` hexadecimal digits of a number, in a quarter of the time the formatting machinery takes.
fn hexadecimal<const N: usize>(mut number: u64) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 0xF) as usize];
        number >>= 4;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(sent: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for id in sent {
            headers.append(X_REQUEST_ID, HeaderValue::from_str(id).expect("a test's header is visible"));
        }
        let id = settle(&mut headers);
        assert_eq!(headers.get_all(X_REQUEST_ID).collect::<Vec<_>>(), [&id]);
        id.to_str().expect("ids are visible").to_owned()
    }

    #[test]
    fn a_fit_id_is_kept() {
        let longest = "x".repeat(MAX_CHARS);
        for id in ["a", "0198c0de-7b3a.trace_1", &longest] {
            assert_eq!(settled(&[id]), id);
        }
    }

    #[test]
    fn an_unfit_id_is_replaced() {
        let too_long = "x".repeat(MAX_CHARS + 1);
        for sent in [&["" as &str] as &[&str], &["a b"], &["a\"b"], &["a;b"], &[&too_long], &["one", "two"], &[]] {
            let id = settled(sent);
            assert!(is_fit(id.as_bytes()) && !sent.contains(&id.as_str()), "{sent:?} became {id}");
        }
    }

    #[test]
    fn numbers_are_written_in_hexadecimal() {
        assert_eq!(&hexadecimal::<6>(0xAB_CDEF_0129), b"ef0129");
        assert_eq!(&hexadecimal::<3>(7), b"007");
    }

    #[test]
    fn made_ids_differ() {
        assert_ne!(make(), make());
    }
}
