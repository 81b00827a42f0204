//! Session tokens in headers: the tokens of logins that are no JSON Web Tokens.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};

use crate::accounts::SessionToken;
use crate::http::Fault;
use crate::http::faults::Code;

const INVALID: &str = "Invalid token.";

/// Returns the token in `Authorization: Token …` or `Bearer …`. Other schemes are ignored.
///
/// # Errors
///
/// 401, if what follows these words cannot be a token.
pub(super) fn in_header(headers: &HeaderMap) -> Result<Option<SessionToken>, Fault> {
    let fault = |text| Err(Fault::unauthenticated(Code::AuthenticationFailed, text));
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let mut words = value.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let is_ours = |scheme: &[u8]| scheme.eq_ignore_ascii_case(b"token") || scheme.eq_ignore_ascii_case(b"bearer");
    if !words.next().is_some_and(is_ours) {
        return Ok(None);
    }
    match (words.next(), words.next()) {
        (None, _) => fault("Invalid token header. No credentials provided."),
        (Some(_), Some(_)) => fault("Invalid token header. Token string should not contain spaces."),
        (Some(token), None) => match std::str::from_utf8(token) {
            Ok(token) => SessionToken::parse(token).ok_or_else(invalid_token).map(Some),
            Err(_) => fault("Invalid token header. Token string should not contain invalid characters."),
        },
    }
}

/// 401: the token is unknown, or its session has ended.
pub(super) fn invalid_token() -> Fault {
    Fault::unauthenticated(Code::AuthenticationFailed, INVALID)
}
