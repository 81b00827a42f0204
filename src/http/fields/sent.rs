//! A member for a field whose type the code does not know: the operator has declared it.

use std::borrow::Cow;

use super::numbers::{Integer, shown};
use super::quoted::unquote;
use super::source::Source;
use super::text::{TextRule, Verdict, boolean};
use crate::http::faults::FieldFault;
use crate::http::members::Value;

/// A member that was sent, and the ways to read it. None of them judges more than the member's own type.
pub(crate) struct Sent<'a> {
    value: Value<'a>,
    source: Source,
}

/// A text, and what is wrong with its characters.
pub(crate) struct SentText<'a> {
    pub(crate) content: Cow<'a, str>,
    /// It contained half of a surrogate pair, in whose place U+FFFD stands.
    pub(crate) fault: Option<FieldFault>,
}

impl<'a> Sent<'a> {
    pub(super) fn new(value: Value<'a>, source: Source) -> Self {
        Self { value, source }
    }

    /// Returns whether it is JSON's `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Returns whether a form sent it empty, as forms do where the user gave nothing.
    pub(crate) fn is_empty_input(&self) -> bool {
        self.source == Source::Form && matches!(&self.value, Value::Text(text) if text.is_empty())
    }

    /// Returns it as text without the blanks around it. JSON numbers count as text.
    ///
    /// # Errors
    ///
    /// When it is no text.
    pub(crate) fn into_text(self) -> Result<SentText<'a>, FieldFault> {
        Ok(match TextRule::TRIMMED.judge(self.value)? {
            Verdict::Blank => SentText { content: Cow::Borrowed(""), fault: None },
            Verdict::Text(text) => SentText { content: text.content, fault: text.surrogate.map(FieldFault::Surrogate) },
        })
    }

    /// Returns the text exactly as it was sent, if it is one.
    pub(crate) fn into_exact_text(self) -> Option<Cow<'a, str>> {
        match self.value {
            Value::Quoted(raw) => Some(unquote(raw).content),
            Value::Text(text) => Some(text),
            Value::Null | Value::Boolean(_) | Value::Number(_) | Value::Container | Value::File => None,
        }
    }

    /// Returns any single value as the text that Python's `str` makes of it.
    pub(crate) fn into_shown_text(self) -> Option<Cow<'a, str>> {
        match self.value {
            Value::Number(raw) => Some(shown(raw)),
            Value::Boolean(truth) => Some(Cow::Borrowed(if truth { "True" } else { "False" })),
            _ => self.into_exact_text(),
        }
    }

    /// Returns it as an integer: a JSON number, or text that Python's `int` accepts.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub(crate) fn into_integer(self) -> Result<Integer<'a>, FieldFault> {
        Integer::read(self.value)
    }

    /// Returns it as a boolean, in any of the contracts' spellings, whose letters may be small or capital.
    pub(crate) fn as_boolean(&self) -> Option<bool> {
        match &self.value {
            Value::Quoted(raw) => boolean(&Value::Text(unquote(raw).content.to_ascii_lowercase().into())),
            Value::Text(text) => boolean(&Value::Text(text.to_ascii_lowercase().into())),
            value => boolean(value),
        }
    }
}
