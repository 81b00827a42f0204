//! The idempotency keys of requests that this process is working on.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The keys in use, by their digests.
#[derive(Default)]
pub(super) struct KeysInUse(Mutex<HashSet<String>>);

/// A key in use, until this is dropped.
#[must_use = "the key is free again when this is dropped"]
pub(super) struct KeyInUse {
    keys: Arc<KeysInUse>,
    digest: String,
}

impl KeysInUse {
    /// Marks a key as in use. Returns `None` if it is already.
    pub(super) fn begin(self: &Arc<Self>, digest: &str) -> Option<KeyInUse> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = keys.insert(digest.to_owned());
        is_new.then(|| KeyInUse { keys: Arc::clone(self), digest: digest.to_owned() })
    }
}

impl Drop for KeyInUse {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.digest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_use_is_refused_until_it_is_free_again() {
        let keys = Arc::new(KeysInUse::default());
        let first = keys.begin("one").expect("it is free");
        assert!(keys.begin("one").is_none());
        assert!(keys.begin("two").is_some());
        drop(first);
        assert!(keys.begin("one").is_some());
    }
}
