//! The header `Idempotency-Key`, by which a client can send a request again that got no answer
//! (draft-ietf-httpapi-idempotency-key-header).

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use sfv::{BareItem, Item, Parser};

use super::faults::{Code, Fault};
use crate::clock::Seconds;
use crate::identity::IdempotencyKey;

/// The name of the header.
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// How long a client should wait for the answer to its first request.
const UNDER_WAY_FOR: Seconds = Seconds::new(1);

/// Returns the key of a request, if it has one.
///
/// # Errors
///
/// 400 for a header that is not a string of RFC 9651 with 1 to 255 characters, or is sent twice.
pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<Option<IdempotencyKey>, Fault> {
    let mut sent = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(value) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        return Err(malformed_key());
    }
    match Parser::new(value.as_bytes()).parse::<Item>() {
        Ok(Item { bare_item: BareItem::String(text), .. }) => {
            IdempotencyKey::parse(text.as_str()).map(Some).map_err(|_| malformed_key())
        }
        Ok(_) | Err(_) => Err(malformed_key()),
    }
}

/// 400: the header is not a key.
pub(crate) fn malformed_key() -> Fault {
    let text = "Idempotency-Key must be a string in quotation marks with 1 to 255 characters, as in \
                \"8e03978e-40d5-43dd-bc93-6894a57f9324\".";
    Fault::detail(StatusCode::BAD_REQUEST, Code::IdempotencyKeyInvalid, text)
}

/// 422: the key came with another request before.
pub(crate) fn reused_key() -> Fault {
    let text = "This Idempotency-Key was used for another request. Send a new key.";
    Fault::detail(StatusCode::UNPROCESSABLE_ENTITY, Code::IdempotencyKeyReused, text)
}

/// 409: an earlier request with the key is not answered yet.
pub(crate) fn key_in_use() -> Fault {
    let text = "A request with this Idempotency-Key is being processed. Send it again in a moment.";
    Fault::detail(StatusCode::CONFLICT, Code::IdempotencyKeyInUse, text).retrying_after(UNDER_WAY_FOR)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(values: &[&str]) -> Result<Option<String>, u16> {
        let request = values
            .iter()
            .fold(TestRequest::default(), |request, value| request.append_header((IDEMPOTENCY_KEY, *value)));
        let key = idempotency_key(&request.to_http_request());
        key.map(|key| key.map(|key| key.as_str().to_owned())).map_err(|fault| fault.status().as_u16())
    }

    #[test]
    fn a_key_is_a_string_in_quotation_marks() {
        assert_eq!(read(&[]), Ok(None));
        for (sent, key) in [("\"k\"", "k"), (" \"a b\" ", "a b"), (r#""\"\\""#, r#""\"#), ("\"k\";a=1", "k")] {
            assert_eq!(read(&[sent]), Ok(Some(key.to_owned())), "{sent}");
        }
        let longest = format!("\"{}\"", "k".repeat(255));
        assert!(matches!(read(&[&longest]), Ok(Some(_))));
    }

    #[test]
    fn anything_else_is_refused() {
        let too_long = format!("\"{}\"", "k".repeat(256));
        for wrong in ["", "\"\"", "k", "1", "?1", ":aGk=:", "\"k", "\"k\", \"l\"", "\"\\n\"", "(\"k\")", &too_long] {
            assert_eq!(read(&[wrong]), Err(400), "{wrong}");
        }
        assert_eq!(read(&["\"k\"", "\"k\""]), Err(400));
    }
}
