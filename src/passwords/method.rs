//! The inputs of a hash besides password and salt.

use argon2::{Algorithm, Params, Version};

/// Argon2's variant, version and parameters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Method {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) params: Params,
}
