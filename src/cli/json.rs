//! Prints values as JSON, one on each line, for other programs.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::failure::Failure;
use super::terminal;
use crate::identity::is_visible;

/// Prints `value` on one line of standard output.
///
/// # Errors
///
/// When the output cannot be written.
pub(super) fn print(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string(value).map_err(|error| Failure::from_output(io::Error::other(error)))?;
    print_text(&json)
}

/// Prints JSON that stands on one line.
///
/// # Errors
///
/// When the output cannot be written.
pub(super) fn print_text(json: &str) -> Result<(), Failure> {
    terminal::print_line(&escaped(json)).map_err(Failure::from_output)
}

/// Returns the same JSON with every character that a terminal does not show written as `\uXXXX`. Such characters stand
/// in strings only.
fn escaped(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_visible(letter) {
            shown.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(shown, "\\u{unit:04x}").expect("a String takes all that is written");
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_every_character_back_and_a_terminal_only_visible_ones() {
        let text = "Ann\u{1b}[2J \"\\ \u{202e}nnA\u{200b}\u{e0041}\n\u{9b} żółć 😀";
        let written = escaped(&serde_json::to_string(text).expect("it is a text"));
        assert!(written.chars().all(is_visible), "{written}");
        assert!(written.contains("żółć 😀"), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).expect("it is JSON"), text);
    }
}
