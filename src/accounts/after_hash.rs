//! The writes that follow a hash.

use super::Accounts;
use crate::store::Store;

impl Accounts {
    /// Returns the store for what a registration or a login writes at its end, in most cases once a password is hashed.
    /// While other passwords wait, requests take far longer than the moment by which their writes may be delayed, and each
    /// commit that is spared is time for hashing.
    pub(super) fn store_after_hash(&self) -> Store {
        self.parts.store.that_can_wait(self.parts.hasher.waiting() > 0)
    }
}
