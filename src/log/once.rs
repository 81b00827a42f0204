//! Lines that are logged once for each text: a header's name, a contract, an account.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// Lets each text be logged once. After `most` different texts, further ones are not logged.
pub(crate) struct Once {
    most: usize,
    known: Mutex<Option<HashSet<String>>>,
}

impl Once {
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, known: Mutex::new(None) }
    }

    /// Returns whether this text is new and may be logged.
    pub(crate) fn is_first(&self, text: &str) -> bool {
        // A panic elsewhere leaves a set that is still a set.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        known.len() < self.most && !known.contains(text) && known.insert(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_once_and_a_flood_of_texts_is_cut_short() {
        for most in [64, 100, 1_000] {
            let once = Once::new(most);
            assert!(once.is_first("a") && !once.is_first("a") && once.is_first("b"));
            assert_eq!((0..5_000).filter(|number| once.is_first(&number.to_string())).count(), most - 2);
            assert!(!once.is_first("a"));
        }
    }
}
