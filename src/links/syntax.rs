//! The size and syntax of each part of a link, whatever its spelling.

use crate::clock::Timestamp;

/// The longest user id in bytes of UTF-8; the shortest has one.
pub const USER_ID_MAX_BYTES: usize = 64;

/// The longest address in characters; RFC 5321 allows 254 in a mail's path.
pub const EMAIL_MAX_CHARACTERS: usize = 254;

/// Returns whether a link can contain this user id.
///
/// PostgreSQL refuses text with a NUL: without the rule on control characters a reset link could cause a server error.
pub(super) fn is_user_id(text: &str) -> bool {
    (1..=USER_ID_MAX_BYTES).contains(&text.len()) && !has_control_characters(text)
}

/// Returns whether a link can contain this address.
pub(super) fn is_address(text: &str) -> bool {
    let sized = !text.is_empty() && text.chars().nth(EMAIL_MAX_CHARACTERS).is_none();
    sized && !text.chars().any(char::is_control)
}

/// Our own ids are plain ASCII, which can be checked without decoding characters.
fn has_control_characters(text: &str) -> bool {
    // Without an early exit, so that the compiler checks many bytes at once.
    let is_plain = text.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    !is_plain && text.chars().any(char::is_control)
}

/// Reads a decimal `i64` as Rust would write it: one number, one spelling.
pub(super) fn parse_timestamp(text: &str) -> Option<Timestamp> {
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
        assert!(is_user_id("1"));
        assert!(is_user_id(&"x".repeat(64)));
        assert!(is_user_id(&"é".repeat(32)));
        assert!(!is_user_id(""));
        assert!(!is_user_id(&"x".repeat(65)));
        assert!(!is_user_id(&"é".repeat(33)));
        assert!(!is_user_id("a\0b"));
        assert!(!is_user_id("a\nb"));
        assert!(!is_user_id("a\u{85}b"));
    }

    #[test]
    fn an_address_is_measured_in_characters() {
        assert!(is_address(&"é".repeat(254)));
        assert!(!is_address(&"e".repeat(255)));
        assert!(!is_address(""));
        assert!(!is_address("a@b.example\r\nBcc: c@d.example"));
    }
}
