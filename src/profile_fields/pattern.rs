//! The pattern of a text field: a regular expression that must match the whole text.

use std::fmt;

use regex::{Error, Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind};

/// The most characters of a pattern.
const MAXIMUM_CHARACTERS: usize = 1_000;

/// The largest compiled pattern, in bytes. The engine's own limit is ten times that.
const LARGEST_COMPILED_BYTES: usize = 1_048_576;

/// The most that one match may cost: the positions of the pattern times the characters of the text. Matching compares
/// each character with up to that many positions, at about 10 ns each, and a client chooses the text.
const LARGEST_WORK: usize = 1_000_000;

/// A regular expression in the syntax of the `regex` crate, which matches the whole of a text, in time proportional to
/// its length.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    whole: Regex,
    /// Its characters and classes, each as often as it is repeated.
    positions: usize,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// Why it is no pattern, or that it is too large.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() || text.chars().nth(MAXIMUM_CHARACTERS).is_some() {
            return Err(format!("a pattern has 1 to {MAXIMUM_CHARACTERS} characters"));
        }
        // Alone first: what is no expression by itself must not become one by the group around it.
        compiled(text)?;
        let parsed = regex_syntax::parse(text).map_err(|error| no_expression(&error.to_string()))?;
        let whole = compiled(&format!(r"\A(?:{text})\z"))
            .map_err(|_| "a comment in a pattern must end with a line break".to_owned())?;
        Ok(Self { text: text.to_owned(), whole, positions: positions(&parsed) })
    }

    /// Returns how many characters a text may have so that matching it takes some 10 ms at most.
    pub fn longest_text(&self) -> usize {
        LARGEST_WORK / self.positions.max(1)
    }

    /// Returns the pattern as it was declared.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether the whole of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}

fn compiled(expression: &str) -> Result<Regex, String> {
    RegexBuilder::new(expression).size_limit(LARGEST_COMPILED_BYTES).build().map_err(|error| match error {
        Error::CompiledTooBig(_) => {
            "the pattern is too large: repeat less, or classes with fewer characters".to_owned()
        }
        other => no_expression(&other.to_string()),
    })
}

/// Returns the message of an error. Of the drawing of the place only the last line fits into it.
fn no_expression(told: &str) -> String {
    let reason = told.lines().last().unwrap_or_default().trim_start_matches("error: ");
    format!("it is no regular expression: {reason}; see docs/profile-fields.md for the syntax")
}

/// Counts the characters and classes of an expression, each as often as it is repeated. A match can be at all of them
/// at once.
fn positions(expression: &Hir) -> usize {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(_) => 1,
        HirKind::Repetition(repetition) => {
            // Without an upper end, the last one is a loop.
            let times = repetition.max.unwrap_or_else(|| repetition.min.max(1));
            positions(&repetition.sub).saturating_mul(times as usize)
        }
        HirKind::Capture(capture) => positions(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(positions).fold(0, usize::saturating_add)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        let pattern = Pattern::parse("a|ab").unwrap();
        assert_eq!(
            ["a", "ab", "abc", "xa", "a\n"].map(|text| pattern.matches(text)),
            [true, true, false, false, false]
        );
        let lines = Pattern::parse("(?m)^a$").unwrap();
        assert_eq!(["a", "a\nb"].map(|text| lines.matches(text)), [true, false]);
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_reason() {
        for (text, reason) in [
            ("(", "unclosed group"),
            ("a)(b", "unopened group"),
            ("[", "unclosed character class"),
            ("(?=a)", "look-around"),
            (r"(a)\1", "backreferences"),
            ("(?x)a # b", "a comment"),
            ("", "1 to 1000"),
            (r"(\w{100}){100}", "too large"),
        ] {
            let told = Pattern::parse(text).unwrap_err();
            assert!(told.contains(reason) && !told.contains('\n'), "{text:?}: {told}");
        }
        assert!(Pattern::parse(&"a".repeat(1_001)).is_err());
    }

    #[test]
    fn the_longest_text_depends_on_what_a_pattern_repeats() {
        for (text, expected) in [
            ("a", 1_000_000),
            ("[a-z]+", 1_000_000),
            ("(?:abc|d)*e", 200_000),
            ("[ab]*a[ab]{98}", 10_000),
            ("(?:[ab]{0,10}c){2,}", 45_454),
            ("[ab]*a[ab]{5000}", 199),
            (r"\b^$|", 1_000_000),
        ] {
            assert_eq!(Pattern::parse(text).unwrap().longest_text(), expected, "{text}");
        }
    }

    #[test]
    fn matching_takes_linear_time() {
        let pattern = Pattern::parse("(a*)*b").unwrap();
        assert!(!pattern.matches(&"a".repeat(100_000)));
    }
}
