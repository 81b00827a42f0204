//! PBKDF2 with HMAC (RFC 8018).
//!
//! - Django: `pbkdf2_sha256$1000000$salt$output`, whose salt is used as it is written.
//! - Django, wrapped: `pbkdf2_wrapped_md5$1000000$salt$output` is PBKDF2 with SHA-256 of an older hash, as Django's
//!   documentation shows it: of the hexadecimal digest of salt and password.
//! - PHC: `$pbkdf2-sha256$i=600000,l=32$salt$output`, with or without the length.
//! - Passlib: `$pbkdf2-sha256$29000$salt$output`, and `$pbkdf2$` for SHA-1.

use md5::Md5;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::text::Scheme;
use crate::passwords::import_hash_error::ImportHashError;

/// More than three times the 1,500,000 of Django 6.1, and eight times the 600,000 of the OWASP Password Storage Cheat
/// Sheet. The iterations of all blocks of an output count.
const MAXIMUM_ITERATIONS: u32 = 5_000_000;

/// A parsed hash of PBKDF2.
pub(in crate::passwords) struct Pbkdf2Hash {
    scheme: Scheme,
    prf: Prf,
    of: Of,
    iterations: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// The hash function of HMAC.
#[derive(Clone, Copy)]
enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

/// What PBKDF2 is computed of.
#[derive(Clone, Copy)]
enum Of {
    Password,
    /// The hexadecimal MD5 of salt and password.
    SaltedMd5,
    /// The hexadecimal SHA-1 of salt and password.
    SaltedSha1,
    /// The hexadecimal MD5 of the password.
    Md5,
    /// The hexadecimal SHA-1 of the password.
    Sha1,
}

/// The names in texts of Django.
const DJANGO: [(&str, Prf, Of); 6] = [
    ("pbkdf2_sha256", Prf::Sha256, Of::Password),
    ("pbkdf2_sha1", Prf::Sha1, Of::Password),
    ("pbkdf2_wrapped_md5", Prf::Sha256, Of::SaltedMd5),
    ("pbkdf2_wrapped_sha1", Prf::Sha256, Of::SaltedSha1),
    ("pbkdf2_wrapped_unsalted_md5", Prf::Sha256, Of::Md5),
    ("pbkdf2_wrapped_unsalted_sha1", Prf::Sha256, Of::Sha1),
];

/// The names in PHC strings and in texts of Passlib.
const MODULAR: [(&str, Prf); 4] =
    [("pbkdf2-sha1", Prf::Sha1), ("pbkdf2", Prf::Sha1), ("pbkdf2-sha256", Prf::Sha256), ("pbkdf2-sha512", Prf::Sha512)];

impl Pbkdf2Hash {
    /// Parses what follows the name in a text of Django.
    pub(super) fn read_django(name: &str, rest: &str) -> Result<Self, ImportHashError> {
        let known = DJANGO.iter().find(|(known, ..)| *known == name);
        let (name, prf, of) = *known.ok_or(ImportHashError::UnknownScheme)?;
        let scheme = Scheme(name);
        let [iterations, salt, output] = scheme.split(rest)?;
        let output = scheme.output(output)?;
        if output.len() != prf.block_bytes() {
            return Err(scheme.malformed("output"));
        }
        let iterations = read_iterations(scheme, prf, &output, scheme.number("iterations", iterations)?)?;
        Ok(Self { scheme, prf, of, iterations, salt: scheme.text_salt(salt)?, output })
    }

    /// Parses what follows the name in a PHC string or a text of Passlib.
    pub(super) fn read_modular(name: &str, rest: &str) -> Result<Self, ImportHashError> {
        let known = MODULAR.iter().find(|(known, _)| *known == name);
        let (name, prf) = *known.ok_or(ImportHashError::UnknownScheme)?;
        let scheme = Scheme(name);
        let [cost, salt, output] = scheme.split(rest)?;
        let output = scheme.output(output)?;
        let iterations = if cost.contains("l=") {
            let [iterations, bytes] = scheme.parameters(["i", "l"], cost)?;
            if usize::try_from(bytes) != Ok(output.len()) {
                return Err(scheme.malformed("output"));
            }
            iterations
        } else if cost.contains('=') {
            let [iterations] = scheme.parameters(["i"], cost)?;
            iterations
        } else {
            scheme.number("iterations", cost)?
        };
        let iterations = read_iterations(scheme, prf, &output, iterations)?;
        Ok(Self { scheme, prf, of: Of::Password, iterations, salt: scheme.bytes("salt", salt)?, output })
    }

    pub(super) fn scheme(&self) -> &'static str {
        self.scheme.0
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        let older;
        let input = match self.of {
            Of::Password => password,
            Of::SaltedMd5 => {
                older = digest::<Md5>(&self.salt, password);
                older.as_bytes()
            }
            Of::SaltedSha1 => {
                older = digest::<Sha1>(&self.salt, password);
                older.as_bytes()
            }
            Of::Md5 => {
                older = digest::<Md5>(&[], password);
                older.as_bytes()
            }
            Of::Sha1 => {
                older = digest::<Sha1>(&[], password);
                older.as_bytes()
            }
        };
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        match self.prf {
            Prf::Sha1 => pbkdf2_hmac::<Sha1>(input, &self.salt, self.iterations, &mut output),
            Prf::Sha256 => pbkdf2_hmac::<Sha256>(input, &self.salt, self.iterations, &mut output),
            Prf::Sha512 => pbkdf2_hmac::<Sha512>(input, &self.salt, self.iterations, &mut output),
        }
        output.ct_eq(&self.output).into()
    }
}

impl Prf {
    /// Returns the bytes of output that one run of all iterations gives.
    fn block_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// Returns the iterations if those of all blocks together are not too many.
fn read_iterations(scheme: Scheme, prf: Prf, output: &[u8], given: u64) -> Result<u32, ImportHashError> {
    let blocks = u64::try_from(output.len().div_ceil(prf.block_bytes())).expect("an output is small");
    let all = scheme.cost("iterations", given.saturating_mul(blocks), MAXIMUM_ITERATIONS)?;
    Ok(all / u32::try_from(blocks).expect("an output is small"))
}

/// Returns the hexadecimal digest of `salt` and `password`.
fn digest<D: Digest>(salt: &[u8], password: &[u8]) -> Zeroizing<String> {
    let digest = D::new().chain_update(salt).chain_update(password).finalize();
    Zeroizing::new(hex::encode(digest))
}
