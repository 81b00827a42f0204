//! The key that a client gives a request, so that it can send the request again.

use std::fmt;

/// A key that a client has made for one request: 1 to 255 printable ASCII characters.
///
/// `Debug` shows nothing: a client may make a key of personal data, although it should not.
#[derive(Clone)]
pub struct IdempotencyKey(String);

/// A text that is not an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to {maximum} printable ASCII characters", maximum = IdempotencyKey::MAXIMUM_CHARACTERS)]
pub struct IdempotencyKeyFault;

impl IdempotencyKey {
    /// The maximum number of characters.
    pub const MAXIMUM_CHARACTERS: usize = 255;

    /// Parses a key.
    ///
    /// # Errors
    ///
    /// [`IdempotencyKeyFault`] for a text that is empty, longer than 255 characters, or has other characters.
    pub fn parse(text: &str) -> Result<Self, IdempotencyKeyFault> {
        let is_key = (1..=Self::MAXIMUM_CHARACTERS).contains(&text.len())
            && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if is_key { Ok(Self(text.to_owned())) } else { Err(IdempotencyKeyFault) }
    }

    /// Returns the key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_1_to_255_printable_characters() {
        for key in ["1", " ", "8e03978e-40d5-43dd-bc93-6894a57f9324", "\"\\", &"k".repeat(255)] {
            assert_eq!(IdempotencyKey::parse(key).expect("a key").as_str(), key);
        }
        for wrong in ["", "ä", "\n", "a\0", "\u{7f}", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(wrong).expect_err("no key"), IdempotencyKeyFault, "{wrong:?}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_key() {
        let key = IdempotencyKey::parse("ann@mail.example").expect("a key");
        assert_eq!(format!("{key:?}"), "IdempotencyKey(…)");
    }
}
