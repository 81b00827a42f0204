//! Which accounts were logged because their stored password is no hash that can be computed.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::identity::UserId;

/// How many accounts a process logs at most.
const TOLD: usize = 1_000;

/// The accounts that were logged because of an unusable hash. Each is logged once.
#[derive(Debug, Default)]
pub(super) struct UnusableHashes(Mutex<HashSet<UserId>>);

impl UnusableHashes {
    /// Returns whether this account is to be logged: it was not yet, and fewer than [`TOLD`] were.
    pub(super) fn is_news(&self, id: &UserId) -> bool {
        // A panic elsewhere leaves a set that is still a set.
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD && told.insert(id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_is_news_once_and_not_more_than_a_thousand_are() {
        let unusable = UnusableHashes::default();
        let id = |number: usize| UserId::from_stored(number.to_string());
        assert!(unusable.is_news(&id(1)));
        assert!(!unusable.is_news(&id(1)));
        let news = (0..5_000).filter(|number| unusable.is_news(&id(*number))).count();
        assert_eq!(news, TOLD - 1);
    }
}
