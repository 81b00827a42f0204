//! Compares a password with the stored one.
//!
//! A stored password may come from another system, or be no hash at all. It matches no password then: the login is
//! refused as any other, after the same work, and the user can still reset the password. The log tells the operator once
//! for each account.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::{Accounts, ServiceError};
use crate::identity::UserId;
use crate::passwords::{HashError, Password, PasswordHash, Verdict};
use crate::store::User;

/// How many accounts a process logs at most.
const TOLD: usize = 1_000;

/// The accounts that were logged because of an unusable hash. Each is logged once.
#[derive(Debug, Default)]
pub(super) struct UnusableHashes(Mutex<HashSet<UserId>>);

impl UnusableHashes {
    /// Returns whether this account is to be logged: it was not yet, and fewer than [`TOLD`] were.
    fn is_news(&self, id: &UserId) -> bool {
        // A panic elsewhere leaves a set that is still a set.
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.len() < TOLD && told.insert(id.clone())
    }
}

impl Accounts {
    /// Compares a password with that of `user`. Without a user there is no match. The work is the same in all cases.
    ///
    /// # Errors
    ///
    /// When too many passwords wait, or the lane has stopped.
    pub(super) async fn verify_password(&self, user: Option<&User>, sent: Password) -> Result<Verdict, ServiceError> {
        let stored = user.map(|user| PasswordHash::from_stored(user.password_hash.expose()));
        match (self.0.hasher.verify(sent, stored).await, user) {
            (Err(reason @ (HashError::Unreadable | HashError::TooCostly)), Some(user)) => {
                if self.1.is_news(&user.id) {
                    let user_id = &user.id;
                    tracing::warn!(%user_id, %reason, "user {user_id} cannot log in until the password is reset: {reason}");
                }
                Ok(Verdict::Mismatch)
            }
            (verdict, _) => Ok(verdict?),
        }
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
