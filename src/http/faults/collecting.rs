//! All field errors of a request, gathered before any of them is told.

use std::borrow::Cow;

use super::{Fault, Message};

/// Field errors in the order in which the fields were first found wanting.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<(Option<Message>, Vec<Message>)>);

impl FieldErrors {
    /// Adds a message to a field. The same message twice is told once.
    pub fn add(&mut self, name: &'static str, message: impl Into<Message>) {
        let message = message.into();
        match self.0.iter_mut().find(|(known, _)| known.as_deref() == Some(name)) {
            Some((_, messages)) if messages.contains(&message) => {}
            Some((_, messages)) => messages.push(message),
            None => self.0.push((Some(Cow::Borrowed(name)), vec![message])),
        }
    }

    /// Whether nothing was found wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something was found wrong with this field.
    pub fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known.as_deref() == Some(name))
    }

    /// The fault that tells everything that was added.
    pub fn into_fault(self) -> Fault {
        Fault::fields(self.0)
    }

    /// Ends the collection.
    ///
    /// # Errors
    ///
    /// One fault with everything that was added.
    pub fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::fields(self.0)) }
    }
}
