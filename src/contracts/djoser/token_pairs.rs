//! The operations on JSON Web Tokens, and the refusals of the endpoints below `jwt/`, which have a challenge of their own.

use actix_web::http::header::HeaderValue;

use crate::accounts::TokenPairs;
use crate::contracts::access_tokens;
use crate::http::Fault;
use crate::http::faults::Code;
use crate::settings::JwtSettings;

/// The operations on JSON Web Tokens, and the challenge of these endpoints.
pub(super) struct Jwt {
    pub(super) pairs: TokenPairs,
    challenge: HeaderValue,
}

impl Jwt {
    pub(super) fn new(pairs: TokenPairs, settings: &JwtSettings) -> Self {
        Self { pairs, challenge: access_tokens::challenge(&settings.header_types) }
    }

    /// 401 with the challenge of these endpoints.
    pub(super) fn refused(&self, text: &'static str, code: Code) -> Fault {
        Fault::unauthenticated(code, text).challenging(&self.challenge)
    }

    /// 401 that also has its code.
    pub(super) fn token_refused(&self, text: &'static str) -> Fault {
        Fault::unauthenticated_with_code(Code::TokenNotValid, text, None).challenging(&self.challenge)
    }
}
