//! All field errors of a request, gathered before any of them is told.

use super::{Fault, FieldFault, FieldFaults};

/// Field errors in the order in which the fields were first found wanting.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldFaults>);

impl FieldErrors {
    /// Adds what is wrong with a field. The same twice is told once.
    pub(crate) fn add(&mut self, name: &'static str, fault: impl Into<FieldFault>) {
        let fault = fault.into();
        match self.0.iter_mut().find(|(known, _)| *known == Some(name)) {
            Some((_, faults)) if faults.contains(&fault) => {}
            Some((_, faults)) => faults.push(fault),
            None => self.0.push((Some(name), vec![fault])),
        }
    }

    /// Returns the fault that tells everything that was added.
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
