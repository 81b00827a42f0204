//! Reads the members of a body as fields, and collects all errors for one answer.
//!
//! Each reader names the field once and returns a [`Read`]: the value, or nothing if an error was noted.
//! [`Fields::finish`] converts all of them to the values, or returns one fault with all errors in the order of reading.
//!
//! ```ignore
//! let mut fields = body.fields()?;
//! let user_id = fields.text("user_id", TextRule::TRIMMED);
//! let timestamp = fields.integer("timestamp");
//! let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
//! let (user_id, timestamp, email) = fields.finish((user_id, timestamp, email))?;
//! ```

mod characters;
mod complete;
mod numbers;
mod quoted;
mod sent;
mod source;
mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::mem;

use crate::http::faults::{Fault, FieldErrors, FieldFault};
use crate::http::members::{Members, Value};

pub(crate) use complete::{Complete, Read};
pub(crate) use numbers::Integer;
pub(crate) use sent::Sent;
pub(crate) use text::TextRule;

use source::Source;
use text::Verdict;

/// A body's members, and the errors found in them so far.
pub(crate) struct Fields<'a> {
    members: Members<'a>,
    source: Source,
    errors: FieldErrors,
}

impl<'a> Fields<'a> {
    pub(super) fn of_json(members: Members<'a>) -> Self {
        Self { members, source: Source::Json, errors: FieldErrors::default() }
    }

    pub(super) fn of_form(members: Members<'a>) -> Self {
        Self { members, source: Source::Form, errors: FieldErrors::default() }
    }

    /// Reads a required text. JSON numbers count as text.
    pub(crate) fn text(&mut self, name: &'static str, rule: TextRule) -> Read<Cow<'a, str>> {
        let text = self.optional_text(name, rule);
        self.require(name, text)
    }

    /// Reads an optional text, which may not be `null`.
    pub(crate) fn optional_text(&mut self, name: &'static str, rule: TextRule) -> Read<Option<Cow<'a, str>>> {
        let Some(value) = self.take(name) else { return Read::of(None) };
        match rule.judge(value) {
            Ok(Verdict::Blank) if rule.allows_blank() => Read::of(Some(Cow::Borrowed(""))),
            Ok(Verdict::Blank) => self.refused(name, [FieldFault::Blank]),
            Ok(Verdict::Text(text)) => {
                let faults = TextRule::faults_of(&text);
                if faults.is_empty() { Read::of(Some(text.content)) } else { self.refused(name, faults) }
            }
            Err(fault) => self.refused(name, [fault]),
        }
    }

    /// Reads a required text that `parse` turns into a value, or into faults.
    ///
    /// `parse` is called even if the text breaks a rule already, so that one answer reports all faults. Its own faults
    /// come first, for an e-mail address last. It is never called with a blank text.
    pub(crate) fn parsed<T, F: Into<FieldFault>>(
        &mut self,
        name: &'static str,
        rule: TextRule,
        parse: impl FnOnce(&str) -> Result<T, Vec<F>>,
    ) -> Read<T> {
        let value = self.optional_parsed(name, rule.or_not_blank(), parse);
        self.require(name, value)
    }

    /// Reads an optional text like [`parsed`](Self::parsed). A missing text is `None`, and so is a blank one where the
    /// rule allows it.
    pub(crate) fn optional_parsed<T, F: Into<FieldFault>>(
        &mut self,
        name: &'static str,
        rule: TextRule,
        parse: impl FnOnce(&str) -> Result<T, Vec<F>>,
    ) -> Read<Option<T>> {
        let Some(value) = self.take(name) else { return Read::of(None) };
        let text = match rule.judge(value) {
            Ok(Verdict::Blank) if rule.allows_blank() => return Read::of(None),
            Ok(Verdict::Blank) => return self.refused(name, [FieldFault::Blank]),
            Ok(Verdict::Text(text)) => text,
            Err(fault) => return self.refused(name, [fault]),
        };
        let faults = TextRule::faults_of(&text);
        match parse(&text.content) {
            Ok(parsed) if faults.is_empty() => Read::of(Some(parsed)),
            Ok(_) => self.refused(name, faults),
            Err(own) => {
                let own = own.into_iter().map(Into::into);
                if rule.tells_shape_last() {
                    self.refused(name, faults.into_iter().chain(own))
                } else {
                    self.refused(name, own.chain(faults))
                }
            }
        }
    }

    /// Reads a required integer: a JSON number, or text that Python's `int` accepts.
    pub(crate) fn integer(&mut self, name: &'static str) -> Read<Integer<'a>> {
        match self.take(name).map(Integer::read) {
            None => self.refused(name, [FieldFault::Required]),
            Some(Ok(integer)) => Read::of(integer),
            Some(Err(fault)) => self.refused(name, [fault]),
        }
    }

    /// Reads an optional boolean, in any of the contract's spellings.
    pub(crate) fn optional_boolean(&mut self, name: &'static str) -> Read<Option<bool>> {
        let is_form = self.source == Source::Form;
        match self.take(name) {
            None => Read::of(None),
            // A form sends this for an input in which the user chose nothing.
            Some(Value::Text(text)) if is_form && text.is_empty() => Read::of(None),
            Some(Value::Null) => self.refused(name, [FieldFault::Null]),
            Some(value) => match text::boolean(&value) {
                Some(boolean) => Read::of(Some(boolean)),
                None => self.refused(name, [FieldFault::NotABoolean]),
            },
        }
    }

    /// Returns a member for a field that the operator has declared, whose caller reads it. A field is read once.
    pub(crate) fn sent(&mut self, name: &str) -> Option<Sent<'a>> {
        let source = self.source;
        self.take(name).map(|value| Sent::new(value, source))
    }

    /// Notes an error that the readers cannot find, such as two fields that must agree.
    pub(crate) fn refuse(&mut self, name: impl Into<Cow<'static, str>>, fault: impl Into<FieldFault>) {
        self.errors.add(name, fault);
    }

    /// Returns whether the body has a member of this name, whatever its value.
    pub(crate) fn is_sent(&self, name: &str) -> bool {
        self.members.iter().any(|(known, _)| known.as_ref() == name.as_bytes())
    }

    /// Converts what was read to the values: a [`Read`], or a tuple of up to eight.
    ///
    /// # Errors
    ///
    /// One fault with all errors that were noted.
    ///
    /// # Panics
    ///
    /// If a `Read` of another body is passed in.
    pub(crate) fn finish<R: Complete>(self, reads: R) -> Result<R::Values, Fault> {
        self.errors.finish()?;
        Ok(reads.complete())
    }

    /// Removes and returns a member; of several with one name the last counts. A field is read once.
    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let (_, value) = self.members.iter_mut().rfind(|(known, _)| known.as_ref() == name.as_bytes())?;
        Some(mem::replace(value, Value::Null))
    }

    fn require<T>(&mut self, name: &'static str, read: Read<Option<T>>) -> Read<T> {
        match read.into_inner() {
            Some(Some(value)) => Read::of(value),
            Some(None) => self.refused(name, [FieldFault::Required]),
            None => Read::refused(),
        }
    }

    fn refused<T>(&mut self, name: &'static str, faults: impl IntoIterator<Item = FieldFault>) -> Read<T> {
        for fault in faults {
            self.errors.add(name, fault);
        }
        Read::refused()
    }
}
