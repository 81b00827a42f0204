//! Which characters are blanks, and a fast search for one byte.

/// Returns whether Python's `str.strip` removes this character: Unicode's blanks, and the four separators that Python
/// adds.
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}

/// Returns whether a byte occurs. Without an early exit, so that the compiler checks many bytes at once.
pub(super) fn has_byte(text: &str, wanted: u8) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte == wanted))
}
