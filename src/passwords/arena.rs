//! The memory that one hashing thread owns.
//!
//! It is taken at the first hash and kept while there is work: taking it for each hash was measured to cost 8 % to a
//! third more, depending on what page faults cost. A server where nobody logs in does without it.
//!
//! It is not wiped between hashes: that was measured to cost 3 ms, a tenth of a hash, and what lies in it is derived
//! from the salted password as the stored hash is. When it is given back, the operating system wipes it before anyone
//! else sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Argon2, Block};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::hash::{Recipe, RecipeError};
use super::parameters::HashingParameters;
use super::password::Password;

/// Blocks of 1 KiB above which an allocation is always a mapping of its own, and goes back to the operating system
/// when it is freed (glibc's limit for that grows with use, but not above 32 MiB). What is reserved and not touched
/// takes no memory.
const MAPPED_BLOCKS: usize = 33 * 1024;

/// Argon2's memory, and the count of the hashes made in all such memories of a hasher.
pub(super) struct Arena {
    blocks: Vec<Block>,
    usual: usize,
    done: Arc<AtomicU64>,
}

impl Arena {
    /// An arena that has no memory yet.
    pub(super) fn new(parameters: HashingParameters, done: Arc<AtomicU64>) -> Self {
        Self { blocks: Vec::new(), usual: parameters.params().block_count(), done }
    }

    /// Fills `output` with what Argon2 makes of the password and `salt`. Fails if their lengths do not suit it.
    pub(super) fn compute(
        &mut self,
        argon2: &Argon2<'_>,
        password: &Password,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), argon2::Error> {
        self.provide(argon2.params().block_count());
        let computed =
            argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, output, &mut self.blocks);
        self.done.fetch_add(1, Ordering::Relaxed);
        if self.blocks.len() > self.usual {
            self.release();
        }
        computed
    }

    /// Tells whether `password` gives the output that `recipe` expects.
    pub(super) fn reproduces(&mut self, recipe: &Recipe, password: &Password) -> Result<bool, RecipeError> {
        let mut output = Zeroizing::new(vec![0; recipe.output.len()]);
        self.compute(&recipe.argon2(), password, &recipe.salt, &mut output).map_err(|_| RecipeError::Unreadable)?;
        Ok(output.ct_eq(recipe.output.as_ref()).into())
    }

    /// Gives the memory back, until the next hash.
    pub(super) fn release(&mut self) {
        self.blocks = Vec::new();
    }

    /// How many KiB it holds at present.
    #[cfg(test)]
    pub(super) fn held_kib(&self) -> usize {
        self.blocks.len()
    }

    fn provide(&mut self, blocks: usize) {
        let blocks = blocks.max(self.usual);
        if self.blocks.len() < blocks {
            self.release();
            self.blocks.reserve_exact(blocks.max(MAPPED_BLOCKS));
            self.blocks.resize(blocks, Block::new());
        }
    }
}
