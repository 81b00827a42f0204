//! The random part of a user's row that makes a link usable only once.
//!
//! A change of password or address replaces it, which invalidates every link signed before. An attacker who forges such
//! a link needs both the server's secret and the database.

use std::fmt;

use faster_hex::{CheckCase, hex_decode_array_with_case};

/// 128 random bits of a user's row. Links that can take over the account are bound to them.
///
/// There is no `Display` and no `PartialEq`, and `Debug` shows nothing.
#[derive(Clone)]
pub struct LinkSecret([u8; 16]);

/// Replaces the row of a user who does not exist. It need not be secret: no claim is accepted because of it.
pub(super) static DECOY: LinkSecret = LinkSecret([0; 16]);

/// How many hex digits a [`LinkSecret`] has.
const HEX_DIGITS: usize = 32;

/// A text that is not a [`LinkSecret`]. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a link secret is {HEX_DIGITS} lower-case hex digits, and this is not")]
pub struct LinkSecretError;

impl LinkSecret {
    /// Generates a new one from the operating system's random numbers.
    ///
    /// # Panics
    ///
    /// If the operating system cannot provide random numbers; no account can be kept safe then.
    pub fn generate() -> Self {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).expect("the operating system gives random numbers");
        Self(bits)
    }

    /// Parses the 32 lower-case hex digits that the database holds.
    ///
    /// # Errors
    ///
    /// [`LinkSecretError`] for any other text. Upper-case digits are refused too: one secret has one spelling.
    pub fn parse(text: &str) -> Result<Self, LinkSecretError> {
        decode_lower_hex(text).map(Self).ok_or(LinkSecretError)
    }

    /// Returns the 32 lower-case hex digits for the database.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    pub(super) fn hex_digits(&self) -> [u8; HEX_DIGITS] {
        let mut digits = [0; HEX_DIGITS];
        hex::encode_to_slice(self.0, &mut digits).expect("two digits a byte");
        digits
    }
}

impl fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecret(…)")
    }
}

/// Decodes exactly `2 * N` lower-case hex digits. Each signature has one spelling, which `hex` does not enforce.
pub(super) fn decode_lower_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    hex_decode_array_with_case(text.as_bytes(), CheckCase::Lower).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_link_secret() {
        assert_eq!(format!("{:?}", LinkSecret::generate()), "LinkSecret(…)");
    }

    #[test]
    fn a_link_secret_survives_the_database() {
        let digits = "00112233445566778899aabbccddeeff";
        let secret = LinkSecret::parse(digits).expect("well formed");
        assert_eq!(secret.to_hex(), digits);
        assert_eq!(&secret.hex_digits(), digits.as_bytes());
    }

    #[test]
    fn each_generated_secret_is_another() {
        assert_ne!(LinkSecret::generate().to_hex(), LinkSecret::generate().to_hex());
    }

    #[test]
    fn only_thirty_two_lower_case_hex_digits_are_a_link_secret() {
        for text in [
            "",
            "00112233445566778899aabbccddeef",
            "00112233445566778899aabbccddeeff0",
            "00112233445566778899aabbccddeeff00",
            "00112233445566778899AABBCCDDEEFF",
            "00112233445566778899aabbccddeefg",
            " 0112233445566778899aabbccddeeff",
            "ääääääääääääääää",
        ] {
            assert_eq!(LinkSecret::parse(text).err(), Some(LinkSecretError), "{text:?}");
        }
    }
}
