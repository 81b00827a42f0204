//! Names that are logged once and not for every mail.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// More names than any version or site has.
const MOST_NAMES: usize = 100;

/// The names that were logged.
#[derive(Debug, Default)]
pub(super) struct ToldOnce(Mutex<BTreeSet<String>>);

impl ToldOnce {
    /// Returns whether this name was not logged yet, and remembers it.
    pub(super) fn is_new(&self, name: &str) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < MOST_NAMES && told.insert(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_once() {
        let told = ToldOnce::default();
        assert!(told.is_new("welcome") && told.is_new("reset-username"));
        assert!(!told.is_new("welcome"));
    }

    #[test]
    fn no_more_names_are_kept_than_there_can_be() {
        let told = ToldOnce::default();
        let new = (0..2 * MOST_NAMES).filter(|number| told.is_new(&number.to_string()));
        assert_eq!(new.count(), MOST_NAMES);
    }
}
