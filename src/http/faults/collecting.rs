//! Collects all field errors of a request, so that one answer reports them together.

use std::borrow::Cow;

use super::{Fault, FieldFault, FieldFaults};

/// Field errors in the order in which the fields were first found faulty.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldFaults>);

impl FieldErrors {
    /// Adds a fault of a field. A repeated fault is reported once.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'static, str>>, fault: impl Into<FieldFault>) {
        let (name, fault) = (name.into(), fault.into());
        match self.0.iter_mut().find(|(known, _)| known.as_ref() == Some(&name)) {
            Some((_, faults)) if faults.contains(&fault) => {}
            Some((_, faults)) => faults.push(fault),
            None => self.0.push((Some(name), vec![fault])),
        }
    }

    /// Returns the fault that reports everything that was added.
    pub(crate) fn into_fault(self) -> Fault {
        Fault::fields(self.0)
    }

    /// Ends the collection.
    ///
    /// # Errors
    ///
    /// One fault with everything that was added.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::fields(self.0)) }
    }
}
