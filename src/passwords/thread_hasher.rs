//! The state of one hashing thread: both implementations of Argon2, one of which holds memory. Hashes of other systems
//! take memory for the time of one computation.
//!
//! The memory is allocated at the first hash and kept while there is work. Allocating it for each hash was measured to
//! cost 8 % to a third more, depending on the cost of page faults. A server without logins never allocates it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::implementation::{Argon2Core, ComputeError, Portable, Selection};
use super::method::Method;
use super::parameters::HashingParameters;
use super::recipe::Recipe;
use super::signer_key::SignerKey;
use crate::settings::Argon2Implementation;

/// Computes hashes for one thread, and counts them together with those of the other threads.
pub(super) struct ThreadHasher {
    selection: Arc<Selection>,
    fastest: Box<dyn Argon2Core>,
    portable: Portable,
    usual_kib: usize,
    done: Arc<AtomicU64>,
}

impl ThreadHasher {
    /// Returns a hasher that has no memory yet.
    pub(super) fn new(parameters: HashingParameters, selection: Arc<Selection>, done: Arc<AtomicU64>) -> Self {
        let fastest = selection.make_fastest();
        let usual_kib = parameters.params().block_count();
        Self { selection, fastest, portable: Portable::default(), usual_kib, done }
    }

    /// Fills `output` with the Argon2 hash of the password and `salt`.
    pub(super) fn compute(
        &mut self,
        method: &Method,
        password: &str,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), ComputeError> {
        let usual_kib = self.usual_kib;
        let core: &mut dyn Argon2Core = match self.selection.decide(self.fastest.as_mut(), &mut self.portable) {
            Argon2Implementation::Fastest => self.fastest.as_mut(),
            Argon2Implementation::Portable => &mut self.portable,
        };
        let computed = core.compute(method, password.as_bytes(), salt, output);
        if core.held_kib() > usual_kib {
            core.release();
        }
        if computed.is_ok() {
            self.done.fetch_add(1, Ordering::Relaxed);
        }
        computed
    }

    /// Returns whether `password` gives the output that `recipe` expects.
    pub(super) fn reproduces(
        &mut self,
        recipe: &Recipe,
        password: &str,
        signer_key: Option<&SignerKey>,
    ) -> Result<bool, ComputeError> {
        match recipe {
            Recipe::Argon2(argon2) => {
                let mut output = Zeroizing::new(vec![0; argon2.output.len()]);
                self.compute(&argon2.method, password, &argon2.salt, &mut output)?;
                Ok(output.ct_eq(argon2.output.as_ref()).into())
            }
            Recipe::Foreign(hash) => {
                let is_same = hash.matches(password.as_bytes(), signer_key)?;
                self.done.fetch_add(1, Ordering::Relaxed);
                Ok(is_same)
            }
        }
    }

    /// Returns the memory to the operating system until the next hash.
    pub(super) fn release(&mut self) {
        self.fastest.release();
        self.portable.release();
    }

    /// Returns how many KiB it holds at present.
    #[cfg(test)]
    pub(super) fn held_kib(&self) -> usize {
        self.fastest.held_kib() + self.portable.held_kib()
    }
}
