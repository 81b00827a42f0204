//! The cost of one password hash.

use argon2::{Algorithm, Params, Version};

use super::method::Method;

/// The length of a hash in bytes.
pub(super) const OUTPUT_BYTES: usize = 32;

/// The cost of one Argon2id hash. The server pays it at every registration and login, and an attacker for every guess.
///
/// The ranges also hold for hashes imported from another system, so that a stored row cannot exhaust the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingParameters {
    memory_kib: u32,
    passes: u32,
    parallelism: u32,
}

/// Which cost is out of its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingParametersError {
    /// The memory. Its minimum depends on the parallelism.
    #[error("Argon2's memory is {given} KiB; allowed are {minimum} to {maximum}")]
    Memory {
        /// The KiB requested.
        given: u32,
        /// 8 KiB for each of Argon2's own lanes (RFC 9106, section 3.1).
        minimum: u32,
        /// [`HashingParameters::MAXIMUM_MEMORY_KIB`].
        maximum: u32,
    },
    /// The number of passes over the memory.
    #[error("Argon2's passes are {given}; allowed are 1 to {maximum}")]
    Passes {
        /// The passes requested.
        given: u32,
        /// [`HashingParameters::MAXIMUM_PASSES`].
        maximum: u32,
    },
    /// The number of Argon2's own lanes.
    #[error("Argon2's parallelism is {given}; allowed are 1 to {maximum}")]
    Parallelism {
        /// The lanes requested.
        given: u32,
        /// [`HashingParameters::MAXIMUM_PARALLELISM`].
        maximum: u32,
    },
}

impl HashingParameters {
    /// 19 MiB, 2 passes, 1 lane: OWASP Password Storage Cheat Sheet.
    pub const RECOMMENDED: Self = Self { memory_kib: 19 * 1024, passes: 2, parallelism: 1 };

    /// 256 MiB: with it every hashing thread still fits a small server.
    pub const MAXIMUM_MEMORY_KIB: u32 = 256 * 1024;

    /// 32 passes: over 256 MiB they take some ten seconds, which is beyond any login.
    pub const MAXIMUM_PASSES: u32 = 32;

    /// 64 lanes. They are computed one after the other, since each hash runs on one thread.
    pub const MAXIMUM_PARALLELISM: u32 = 64;

    /// Checks the costs: memory in KiB, passes over it, and Argon2's own lanes.
    ///
    /// # Errors
    ///
    /// The first of [`HashingParametersError`]'s variants that holds, parallelism before memory.
    pub const fn new(memory_kib: u32, passes: u32, parallelism: u32) -> Result<Self, HashingParametersError> {
        if parallelism < 1 || parallelism > Self::MAXIMUM_PARALLELISM {
            let maximum = Self::MAXIMUM_PARALLELISM;
            return Err(HashingParametersError::Parallelism { given: parallelism, maximum });
        }
        let minimum = 8 * parallelism;
        if memory_kib < minimum || memory_kib > Self::MAXIMUM_MEMORY_KIB {
            let maximum = Self::MAXIMUM_MEMORY_KIB;
            return Err(HashingParametersError::Memory { given: memory_kib, minimum, maximum });
        }
        if passes < 1 || passes > Self::MAXIMUM_PASSES {
            return Err(HashingParametersError::Passes { given: passes, maximum: Self::MAXIMUM_PASSES });
        }
        Ok(Self { memory_kib, passes, parallelism })
    }

    /// Returns the memory for one hash in KiB.
    pub const fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Returns the passes over the memory.
    pub const fn passes(self) -> u32 {
        self.passes
    }

    /// Returns the number of Argon2's own lanes.
    pub const fn parallelism(self) -> u32 {
        self.parallelism
    }

    pub(super) fn params(self) -> Params {
        Params::new(self.memory_kib, self.passes, self.parallelism, Some(OUTPUT_BYTES))
            .expect("our ranges lie within Argon2's")
    }

    /// Returns Argon2id of the current version at this cost.
    pub(super) fn method(self) -> Method {
        Method { algorithm: Algorithm::Argon2id, version: Version::V0x13, params: self.params() }
    }
}

impl Default for HashingParameters {
    fn default() -> Self {
        Self::RECOMMENDED
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_owasp_recommends() {
        assert_eq!(HashingParameters::default(), HashingParameters::new(19_456, 2, 1).expect("in range"));
    }

    #[test]
    fn costs_at_the_ends_of_their_ranges_are_accepted() {
        for (memory_kib, passes, parallelism) in [(8, 1, 1), (512, 1, 64), (262_144, 32, 64)] {
            let parameters = HashingParameters::new(memory_kib, passes, parallelism).expect("in range");
            assert_eq!(parameters.params().m_cost(), memory_kib);
            assert_eq!(parameters.params().t_cost(), passes);
            assert_eq!(parameters.params().p_cost(), parallelism);
        }
    }

    #[test]
    fn costs_out_of_range_are_refused() {
        for (memory_kib, passes, parallelism, told) in [
            (7, 1, 1, "Argon2's memory is 7 KiB; allowed are 8 to 262144"),
            (31, 1, 4, "Argon2's memory is 31 KiB; allowed are 32 to 262144"),
            (262_145, 1, 1, "Argon2's memory is 262145 KiB; allowed are 8 to 262144"),
            (19_456, 0, 1, "Argon2's passes are 0; allowed are 1 to 32"),
            (19_456, 33, 1, "Argon2's passes are 33; allowed are 1 to 32"),
            (19_456, 1, 0, "Argon2's parallelism is 0; allowed are 1 to 64"),
            (u32::MAX, 1, u32::MAX, "Argon2's parallelism is 4294967295; allowed are 1 to 64"),
        ] {
            let refused = HashingParameters::new(memory_kib, passes, parallelism).expect_err("out of range");
            assert_eq!(refused.to_string(), told);
        }
    }
}
