//! Reads a value as text, and checks its length and characters.

use std::borrow::Cow;

use super::characters::{has_byte, is_blank};
use super::numbers::shown;
use super::quoted::{Text, unquote};
use crate::http::faults::FieldFault;
use crate::http::members::Value;

/// The rule of a text field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextRule {
    edges: Edges,
    blank: Blank,
    shape: Shape,
}

#[derive(Clone, Copy, Debug)]
enum Edges {
    Trimmed,
    Kept,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blank {
    Refused,
    Allowed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Email,
}

impl TextRule {
    /// Text without the blanks around it, of any length; blank text is refused.
    pub(crate) const TRIMMED: Self = Self { edges: Edges::Trimmed, blank: Blank::Refused, shape: Shape::Text };

    /// Text exactly as it was sent, of any length; blank text is refused. For passwords.
    pub(crate) const EXACT: Self = Self { edges: Edges::Kept, ..Self::TRIMMED };

    /// Like [`TRIMMED`](Self::TRIMMED), with the messages of an e-mail field.
    pub(crate) const EMAIL: Self = Self { shape: Shape::Email, ..Self::TRIMMED };

    /// Allows an empty text too; a text of only blanks counts as empty.
    pub(crate) const fn or_blank(self) -> Self {
        Self { blank: Blank::Allowed, ..self }
    }

    pub(super) const fn or_not_blank(self) -> Self {
        Self { blank: Blank::Refused, ..self }
    }

    pub(super) fn allows_blank(self) -> bool {
        self.blank == Blank::Allowed
    }

    /// Returns whether the value's own faults come after those of length and characters, as for addresses.
    pub(super) fn tells_shape_last(self) -> bool {
        self.shape == Shape::Email
    }

    /// Returns the text of a value, or why it has none.
    pub(super) fn judge(self, value: Value<'_>) -> Result<Verdict<'_>, FieldFault> {
        let text = match value {
            Value::Quoted(raw) => unquote(raw),
            Value::Text(content) => Text { content, surrogate: None },
            Value::Number(raw) => Text { content: shown(raw), surrogate: None },
            Value::Null => return Err(FieldFault::Null),
            Value::Boolean(_) | Value::Container | Value::File => {
                return Err(if self.shape == Shape::Email { FieldFault::NotAnAddress } else { FieldFault::NotText });
            }
        };
        let trimmed = trimmed(&text.content);
        if trimmed.is_empty() {
            return Ok(Verdict::Blank);
        }
        let content = match self.edges {
            Edges::Trimmed if trimmed.len() < text.content.len() => trim(text.content),
            Edges::Trimmed | Edges::Kept => text.content,
        };
        Ok(Verdict::Text(Text { content, ..text }))
    }

    /// Returns the faults of a text's length and characters.
    pub(super) fn faults_of(text: &Text<'_>) -> Vec<FieldFault> {
        let mut faults = Vec::new();
        if has_byte(&text.content, 0) {
            faults.push(FieldFault::NullCharacter);
        }
        faults.extend(text.surrogate.map(FieldFault::Surrogate));
        faults
    }
}

pub(super) enum Verdict<'a> {
    Blank,
    Text(Text<'a>),
}

/// Returns the text without the blanks around it; most texts have none.
fn trimmed(text: &str) -> &str {
    let is_solid = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if is_solid(text.as_bytes().first()) && is_solid(text.as_bytes().last()) {
        text
    } else {
        text.trim_matches(is_blank)
    }
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_blank)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(is_blank).to_owned()),
    }
}

/// Parses the contract's spellings of a boolean; numbers equal to one or zero are among them.
pub(super) fn boolean(value: &Value<'_>) -> Option<bool> {
    let text = match value {
        Value::Boolean(boolean) => return Some(*boolean),
        Value::Number(raw) => {
            return match raw.parse::<f64>() {
                Ok(1.0) => Some(true),
                Ok(0.0) => Some(false),
                _ => None,
            };
        }
        Value::Text(text) => Cow::Borrowed(&**text),
        Value::Quoted(raw) => unquote(raw).content,
        Value::Null | Value::Container | Value::File => return None,
    };
    match &*text {
        "t" | "T" | "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" | "1" => {
            Some(true)
        }
        "f" | "F" | "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" | "0" => {
            Some(false)
        }
        _ => None,
    }
}
