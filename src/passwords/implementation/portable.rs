//! RustCrypto's `argon2`: about half as fast, and in use for longer.

use argon2::{Argon2, Block, Error};

use super::argon2_core::{Argon2Core, ComputeError};
use crate::passwords::method::Method;

/// Blocks of 1 KiB above which an allocation is always a mapping of its own, and is returned to the operating system
/// when it is freed (glibc's limit for that grows with use, but not above 32 MiB). Reserved memory that is not touched
/// costs nothing.
const MAPPED_BLOCKS: usize = 33 * 1024;

/// Keeps its memory in a vector.
#[derive(Default)]
pub(in crate::passwords) struct Portable(Vec<Block>);

impl Argon2Core for Portable {
    fn compute(
        &mut self,
        method: &Method,
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), ComputeError> {
        let blocks = method.params.block_count();
        self.provide(blocks)?;
        let memory = &mut self.0[..blocks];
        let argon2 = Argon2::new(method.algorithm, method.version, method.params.clone());
        let computed = argon2.hash_password_into_with_memory(password, salt, output, &mut *memory);
        memory.fill(Block::new());
        Ok(computed?)
    }

    fn release(&mut self) {
        self.0 = Vec::new();
    }

    fn held_kib(&self) -> usize {
        self.0.len()
    }
}

impl Portable {
    fn provide(&mut self, blocks: usize) -> Result<(), ComputeError> {
        if self.0.len() < blocks {
            self.release();
            self.0.try_reserve_exact(blocks.max(MAPPED_BLOCKS)).map_err(|_| ComputeError::OutOfMemory)?;
            self.0.resize(blocks, Block::new());
        }
        Ok(())
    }
}

impl From<Error> for ComputeError {
    fn from(_: Error) -> Self {
        Self::Unsuitable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passwords::parameters::HashingParameters;

    #[test]
    fn its_memory_is_wiped_after_a_hash() {
        let method = HashingParameters::new(64, 1, 2).expect("in range").method();
        let mut portable = Portable::default();
        portable.compute(&method, b"Kettle-Harbor-42", &[7; 16], &mut [0; 32]).expect("the lengths suit Argon2");
        assert_eq!(portable.held_kib(), 64);
        assert!(portable.0.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
    }
}
