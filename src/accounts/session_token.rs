//! The token of a session: 32 random bytes that the client keeps, and a digest that the database keeps.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// Random bytes in a token. A token of this length cannot be guessed, so a plain digest is enough to store it.
const TOKEN_BYTES: usize = 32;

/// The proof of a login, as the client sends it: 64 hexadecimal digits.
#[derive(Clone)]
pub struct SessionToken(Secret);

impl SessionToken {
    /// Generates a token.
    ///
    /// # Panics
    ///
    /// If the operating system gives no random bytes. Nothing can be kept secret then.
    pub fn generate() -> Self {
        let mut random = [0; TOKEN_BYTES];
        getrandom::fill(&mut random).expect("the operating system gives random bytes");
        Self(Secret::new(hex::encode(random)))
    }

    /// Parses a token: 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let looks_right =
            text.len() == 2 * TOKEN_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        looks_right.then(|| Self(Secret::new(text)))
    }

    /// Returns the token itself, for the answer to the client.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the SHA-256 of the token in hex, by which its session is found. The digest cannot be used to log in.
    pub(super) fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.0.expose()))
    }
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
        let (one, other) = (SessionToken::generate(), SessionToken::generate());
        assert_ne!(one.expose(), other.expose());
        assert!(SessionToken::parse(one.expose()).is_some());
    }

    #[test]
    fn what_does_not_look_like_a_token_is_none() {
        for text in ["", "nope", &"AB".repeat(32), &"ab".repeat(31), &"ab".repeat(33), &"zz".repeat(32)] {
            assert!(SessionToken::parse(text).is_none(), "{text}");
        }
    }
}
