//! A stored hash of Argon2: how it is computed again, and the expected output.

use argon2::password_hash::phc;
use argon2::{Algorithm, Params, Version};

use super::import_hash_error::ImportHashError;
use super::method::Method;
use super::parameters::HashingParameters;

/// A parsed hash of Argon2.
pub(super) struct Argon2Recipe {
    pub(super) method: Method,
    pub(super) salt: phc::Salt,
    pub(super) output: phc::Output,
    writer: Writer,
}

/// The system that has written a hash of Argon2.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// Django, which writes its own name of the scheme before the PHC string.
    Django,
    /// This server, or one that writes PHC strings as well.
    ThisOrAnother,
}

impl Argon2Recipe {
    /// Parses a PHC string of any variant and version of Argon2.
    pub(super) fn read(phc: &str, writer: Writer) -> Result<Self, ImportHashError> {
        let malformed = |part| ImportHashError::Malformed { scheme: "argon2", part };
        let parts = phc::PasswordHash::new(phc).map_err(|_| malformed("PHC string"))?;
        let algorithm = Algorithm::try_from(parts.algorithm.as_str()).map_err(|_| malformed("variant"))?;
        // The format had no version before 0x13, so a hash without one is of 0x10.
        let version = parts.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(|_| malformed("version"))?;
        if ["m", "t", "p"].iter().any(|name| parts.params.get(*name).is_none()) {
            return Err(malformed("cost"));
        }
        let params = Params::try_from(&parts).map_err(|_| malformed("cost"))?;
        HashingParameters::new(params.m_cost(), params.t_cost(), params.p_cost())?;
        let salt = parts.salt.filter(|salt| salt.len() >= argon2::MIN_SALT_LEN).ok_or_else(|| malformed("salt"))?;
        let output = parts.hash.ok_or_else(|| malformed("output"))?;
        Ok(Self { method: Method { algorithm, version, params }, salt, output, writer })
    }

    /// Returns the name of the variant.
    pub(super) fn scheme(&self) -> &'static str {
        match self.method.algorithm {
            Algorithm::Argon2d => "argon2d",
            Algorithm::Argon2i => "argon2i",
            Algorithm::Argon2id => "argon2id",
        }
    }

    /// Returns whether the hash has the method and cost of `parameters`, a salt of the recommended length, and the form
    /// in which this server writes it.
    pub(super) fn is_current(&self, parameters: HashingParameters) -> bool {
        self.method == parameters.method()
            && self.salt.len() >= phc::Salt::RECOMMENDED_LENGTH
            && self.writer == Writer::ThisOrAnother
    }
}
