//! Which characters are blanks, and a fast search for one byte.

/// Returns what Python's `str.strip` removes: Unicode's blanks, and the four separators it counts among them.
pub(super) fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}

/// Returns whether a byte occurs. Without an early end, so that the compiler looks at many bytes at once.
pub(super) fn has_byte(text: &str, wanted: u8) -> bool {
    text.bytes().fold(false, |found, byte| found | (byte == wanted))
}
