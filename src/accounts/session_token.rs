//! The token of a session: random bytes that the client keeps, and a digest that the database keeps.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// The number of hexadecimal digits in a new token. A token of either length cannot be guessed, so a plain digest is
/// enough to store it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenDigits {
    /// 128 random bits: the id of a JSON Web Token, which the token's signature protects.
    ThirtyTwo,
    /// 160 random bits, for frontends that expect the tokens of Django REST framework.
    Forty,
    /// 256 random bits.
    #[default]
    SixtyFour,
}

/// The proof of a login, as the client sends it: 40 or 64 hexadecimal digits.
#[derive(Clone)]
pub struct SessionToken(Secret);

impl SessionToken {
    /// Generates a new token.
    ///
    /// # Panics
    ///
    /// If the operating system gives no random bytes. Nothing can be kept secret then.
    pub fn generate(digits: TokenDigits) -> Self {
        let mut random = [0; 32];
        let random = match digits {
            TokenDigits::ThirtyTwo => &mut random[..16],
            TokenDigits::Forty => &mut random[..20],
            TokenDigits::SixtyFour => &mut random[..],
        };
        getrandom::fill(random).expect("the operating system gives random bytes");
        Self(Secret::new(hex::encode(random)))
    }

    /// Parses a token: 40 or 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = is_lower_hex(text, 40) || is_lower_hex(text, 64);
        is_token.then(|| Self(Secret::new(text)))
    }

    /// Parses the id of a JSON Web Token: 32 lower-case hexadecimal digits.
    pub(super) fn parse_id(text: &str) -> Option<Self> {
        let is_id = is_lower_hex(text, 32);
        is_id.then(|| Self(Secret::new(text)))
    }

    /// Returns the token itself, for the answer to the client.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the SHA-256 of the token in hex, by which its session is found. The digest cannot be used to log in.
    pub(crate) fn digest(&self) -> String {
        digest_of(self.0.expose())
    }
}

/// Returns the SHA-256, in hex, of a token or of a token's id, which another system may write in any form.
pub(crate) fn digest_of(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Returns whether a text is so many hexadecimal digits in lower case.
pub(crate) fn is_lower_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_sha_256_and_no_token() {
        let token = SessionToken::parse(&"ab".repeat(32)).expect("64 digits");
        // printf '%s' abab…ab | sha256sum
        assert_eq!(token.digest(), "271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a");
        assert_ne!(token.digest(), token.expose());
    }

    #[test]
    fn tokens_differ_and_look_like_tokens() {
        for (digits, count) in [(TokenDigits::Forty, 40), (TokenDigits::SixtyFour, 64)] {
            let (one, other) = (SessionToken::generate(digits), SessionToken::generate(digits));
            assert_ne!(one.expose(), other.expose());
            assert_eq!(one.expose().len(), count);
            assert!(SessionToken::parse(one.expose()).is_some());
        }
    }

    #[test]
    fn the_id_of_a_json_web_token_is_no_token() {
        let id = SessionToken::generate(TokenDigits::ThirtyTwo);
        assert_eq!(id.expose().len(), 32);
        assert!(SessionToken::parse(id.expose()).is_none());
        assert!(SessionToken::parse_id(id.expose()).is_some());
        for text in ["", "ab", &"AB".repeat(16), &"zz".repeat(16), &"ab".repeat(20)] {
            assert!(SessionToken::parse_id(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_does_not_look_like_a_token_is_none() {
        let lengths = [0, 2, 32, 38, 39, 41, 62, 63, 65, 66, 80].map(|length| "a".repeat(length));
        for text in lengths.iter().map(String::as_str).chain([&*"AB".repeat(32), &"AB".repeat(20), &"zz".repeat(20)]) {
            assert!(SessionToken::parse(text).is_none(), "{text}");
        }
    }
}
