//! A claim: what comes back from a link, parsed but not yet believed.

use std::fmt;

use super::LinkError;
use super::link_secret::decode_lower_hex;
use super::purpose::{Purpose, ResetPassword, VerifyEmail, VerifyRegistration, sealed::Address};
use crate::clock::Timestamp;

/// The longest user id in bytes of UTF-8; the shortest has one.
pub const USER_ID_MAX_BYTES: usize = 64;

/// The longest address in characters; RFC 5321 leaves 254 for one in a mail's path.
pub const EMAIL_MAX_CHARACTERS: usize = 254;

/// The parts of a link as they came back, of the right size and syntax, and no more than that.
///
/// `Debug` shows neither signature nor address.
#[derive(Clone)]
pub struct Claim<P: Purpose> {
    pub(super) user_id: String,
    pub(super) address: P::Address,
    pub(super) timestamp: Timestamp,
    pub(super) signature: [u8; 32],
}

impl Claim<VerifyRegistration> {
    /// Parses what a registration link brought back.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes without control characters, `timestamp` a 64-bit
    /// integer in its one canonical spelling, and `signature` 64 lower-case hex digits.
    pub fn parse(user_id: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        parse_parts(user_id, (), timestamp, signature)
    }
}

impl Claim<ResetPassword> {
    /// Parses what a password link brought back.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes without control characters, `timestamp` a 64-bit
    /// integer in its one canonical spelling, and `signature` 64 lower-case hex digits.
    pub fn parse(user_id: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        parse_parts(user_id, (), timestamp, signature)
    }
}

impl Claim<VerifyEmail> {
    /// Parses what an e-mail link brought back.
    ///
    /// # Errors
    ///
    /// [`LinkError::Malformed`] unless `user_id` is 1 to 64 bytes and `email` 1 to 254 characters, both without control
    /// characters, `timestamp` a 64-bit integer in its one canonical spelling, and `signature` 64 lower-case hex
    /// digits.
    pub fn parse(user_id: &str, email: &str, timestamp: &str, signature: &str) -> Result<Self, LinkError> {
        let sized = !email.is_empty() && email.chars().nth(EMAIL_MAX_CHARACTERS).is_none();
        if !sized || email.chars().any(char::is_control) {
            return Err(LinkError::Malformed);
        }
        parse_parts(user_id, email.to_owned(), timestamp, signature)
    }

    /// The address that was mailed, or so the claim says.
    pub fn email(&self) -> &str {
        &self.address
    }
}

impl<P: Purpose> Claim<P> {
    /// The user whom the claim names: enough to look for the row that it is verified against, proof of nothing.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }
}

impl<P: Purpose> fmt::Debug for Claim<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("purpose", &P::NAME)
            .field("user_id", &self.user_id)
            .field("email", &self.address.text().map(|_| "…"))
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

fn parse_parts<P: Purpose>(
    user_id: &str,
    address: P::Address,
    timestamp: &str,
    signature: &str,
) -> Result<Claim<P>, LinkError> {
    let timestamp = parse_timestamp(timestamp).ok_or(LinkError::Malformed)?;
    let signature = decode_lower_hex(signature).ok_or(LinkError::Malformed)?;
    // PostgreSQL refuses text with a NUL: without this rule a reset link could turn into a fault of the server.
    if !(1..=USER_ID_MAX_BYTES).contains(&user_id.len()) || has_control_characters(user_id) {
        return Err(LinkError::Malformed);
    }
    Ok(Claim { user_id: user_id.to_owned(), address, timestamp, signature })
}

/// Ids of ours are plain ASCII, which is told without decoding a letter.
fn has_control_characters(text: &str) -> bool {
    // Without an early end, so that the compiler looks at many bytes at once.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    !is_plain && text.chars().any(char::is_control)
}

/// Reads a decimal `i64` as Rust would write it: one number, one spelling.
fn parse_timestamp(text: &str) -> Option<Timestamp> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_canonical = digits.starts_with(|first: char| matches!(first, '1'..='9')) || text == "0";
    if !is_canonical {
        return None;
    }
    text.parse().ok().map(Timestamp::from_unix_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNATURE: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    #[test]
    fn a_timestamp_has_one_spelling() {
        for text in ["0", "7", "-7", "1700000000", "9223372036854775807", "-9223372036854775808"] {
            let parsed = parse_timestamp(text).expect(text);
            assert_eq!(parsed.unix_seconds().to_string(), text);
        }
        for text in [
            "",
            "-",
            "-0",
            "00",
            "07",
            "-07",
            "+7",
            "--7",
            " 7",
            "7 ",
            "7\n",
            "1_000",
            "0x7",
            "7.0",
            "1e3",
            "٧",
            "9223372036854775808",
            "-9223372036854775809",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_user_id_has_one_to_sixty_four_bytes_and_no_control_characters() {
        let accepted = |user_id: &str| Claim::<ResetPassword>::parse(user_id, "1", SIGNATURE).is_ok();
        assert!(accepted("1"));
        assert!(accepted(&"x".repeat(64)));
        assert!(accepted(&"é".repeat(32)));
        assert!(!accepted(""));
        assert!(!accepted(&"x".repeat(65)));
        assert!(!accepted(&"é".repeat(33)));
        assert!(!accepted("a\0b"));
        assert!(!accepted("a\u{85}b"));
    }

    #[test]
    fn an_address_is_measured_in_characters() {
        let accepted = |email: &str| Claim::<VerifyEmail>::parse("1", email, "1", SIGNATURE).is_ok();
        assert!(accepted(&"é".repeat(254)));
        assert!(!accepted(&"e".repeat(255)));
        assert!(!accepted(""));
        assert!(!accepted("a@b.example\r\nBcc: c@d.example"));
    }

    #[test]
    fn debug_shows_neither_signature_nor_address() {
        let claim = Claim::<VerifyEmail>::parse("7", "zoe@example.org", "1", SIGNATURE).expect("well formed");
        let shown = format!("{claim:?}");
        assert!(shown.contains("verify-email") && shown.contains("\"7\""));
        assert!(!shown.contains("example.org") && !shown.contains("0011") && !shown.contains("17, 34"));
    }
}
