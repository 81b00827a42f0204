//! Mails of kinds that this program does not know. They wait for a newer one, and the log says so once.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// More kinds than any version has.
const MOST_NAMES: usize = 100;

/// The names that the log has.
#[derive(Debug, Default)]
pub(super) struct UnknownKinds(Mutex<BTreeSet<String>>);

impl UnknownKinds {
    /// Logs each name that has not been logged yet.
    pub fn log_new(&self, names: Vec<String>) {
        for name in names {
            if self.is_new(&name) {
                tracing::warn!(
                    mail = name,
                    "mails of a kind that this program does not know wait for a newer program; this is told once"
                );
            }
        }
    }

    fn is_new(&self, name: &str) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.len() < MOST_NAMES && known.insert(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_new_once() {
        let kinds = UnknownKinds::default();
        assert!(kinds.is_new("welcome") && kinds.is_new("reset-username"));
        assert!(!kinds.is_new("welcome"));
    }

    #[test]
    fn no_more_names_are_kept_than_there_can_be() {
        let kinds = UnknownKinds::default();
        let new = (0..2 * MOST_NAMES).filter(|number| kinds.is_new(&number.to_string()));
        assert_eq!(new.count(), MOST_NAMES);
    }
}
