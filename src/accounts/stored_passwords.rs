//! Compares a password with the stored one.
//!
//! A stored password may be an unusable hash from another system, or no hash at all. Then it matches no password: the
//! login is refused like any other, after the same work, and the user can still reset the password. A warning is logged
//! once for each account. A user whom a login by an identity provider has created has no password, which is no fault.

use super::{Accounts, ServiceError};
use crate::passwords::{HashError, Password, PasswordHash, Verdict};
use crate::store::User;

impl Accounts {
    /// Compares a password with that of `user`. Without a user there is no match. The work is the same in all cases.
    ///
    /// # Errors
    ///
    /// When too many passwords wait, or the hasher has stopped.
    pub(super) async fn verify_password(&self, user: Option<&User>, sent: Password) -> Result<Verdict, ServiceError> {
        let stored = user.map(|user| PasswordHash::from_stored(user.password_hash.expose()));
        match (self.parts.hasher.verify(sent, stored).await, user) {
            (Err(HashError::Unreadable), Some(user)) if !user.has_password() => Ok(Verdict::Mismatch),
            (Err(reason @ (HashError::Unreadable | HashError::TooCostly | HashError::LacksSignerKey)), Some(user)) => {
                if self.unusable_hashes.is_first(user.id.as_str()) {
                    let user_id = &user.id;
                    tracing::warn!(%user_id, %reason, "user {user_id} cannot log in until the password is reset: {reason}");
                }
                Ok(Verdict::Mismatch)
            }
            (verdict, _) => Ok(verdict?),
        }
    }
}
