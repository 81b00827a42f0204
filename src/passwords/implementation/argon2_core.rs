//! The interface of the Argon2 implementations.

use crate::passwords::method::Method;

/// Computes Argon2, in memory that it keeps from one hash to the next.
pub(in crate::passwords) trait Argon2Core: Send {
    /// Fills `output` with the hash of `password` and `salt`, and wipes its memory.
    ///
    /// The memory must be wiped. With one pass, an attacker who reads its first blocks needs one BLAKE2b for each guess
    /// instead of an Argon2.
    fn compute(&mut self, method: &Method, password: &[u8], salt: &[u8], output: &mut [u8])
    -> Result<(), ComputeError>;

    /// Returns the memory to the operating system until the next hash.
    fn release(&mut self);

    /// Returns how many KiB of memory it holds.
    fn held_kib(&self) -> usize;
}

/// Why a hash was not computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::passwords) enum ComputeError {
    /// The length of the salt or of the output does not suit Argon2.
    Unsuitable,
    /// The operating system has no memory left.
    OutOfMemory,
    /// It is a hash of Firebase, and no signer key is set.
    LacksSignerKey,
}
