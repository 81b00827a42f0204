//! The token of a session: 32 random bytes that its holder keeps, and the digest that we keep.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::secret::Secret;

/// Random bytes in a token. No dictionary, no counting up: a plain digest is enough to keep it by.
const TOKEN_BYTES: usize = 32;

/// Proof of a login, as its holder sends it: 64 hexadecimal digits.
#[derive(Clone)]
pub struct SessionToken(Secret);

impl SessionToken {
    /// Makes a new one.
    ///
    /// # Panics
    ///
    /// If the operating system gives no randomness; nothing can be kept secret then.
    pub fn generate() -> Self {
        let mut random = [0; TOKEN_BYTES];
        getrandom::fill(&mut random).expect("the operating system gives random bytes");
        Self(Secret::new(hex::encode(random)))
    }

    /// Takes a text for a token if it looks like one: 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let looks_right =
            text.len() == 2 * TOKEN_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        looks_right.then(|| Self(Secret::new(text)))
    }

    /// The token itself, for the answer to its holder.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// SHA-256 of the token in hex, by which its session is found. It cannot be used to log in.
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
