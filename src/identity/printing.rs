//! Escapes untrusted text before it is printed: on a terminal, in the log, in a printed mail.
//!
//! A terminal interprets some characters as commands. Others reorder the line or are invisible, so that one user looks
//! like another.

use std::fmt::Write as _;

use super::characters::is_visible;

/// Returns `text` with every character that steers a terminal, breaks or reorders the line, or draws nothing written
/// out as an escape such as `\u{202e}` or `\n`.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_visible(letter) {
            shown.push(letter);
        } else {
            write!(shown, "{}", letter.escape_default()).expect("a String takes all that is written");
        }
    }
    shown
}

/// Returns `text` with all of its lines made printable, for text that consists of lines of ours.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_blanks_and_marks_are_printed_as_they_are() {
        for text in ["Ann Lee", "żółć", "अंजलि", "안나", "e\u{301}", "名 前", "😀", "a\\b"] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn what_a_terminal_obeys_or_does_not_show_is_written_out() {
        for (text, shown) in [
            ("a\u{1b}[2J", "a\\u{1b}[2J"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("a\u{2066}b\u{2069}", "a\\u{2066}b\\u{2069}"),
            ("a\nb\r\t", "a\\nb\\r\\t"),
            ("a\u{9b}b", "a\\u{9b}b"),
            ("a\u{2028}b", "a\\u{2028}b"),
            ("ann\u{1160}", "ann\\u{1160}"),
            ("\u{200b}\u{feff}\u{ad}", "\\u{200b}\\u{feff}\\u{ad}"),
            ("\u{e0041}\u{fe0f}", "\\u{e0041}\\u{fe0f}"),
            ("\u{e000}", "\\u{e000}"),
        ] {
            assert_eq!(printable(text), shown);
        }
    }
}
