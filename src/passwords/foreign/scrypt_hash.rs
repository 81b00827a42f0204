//! scrypt (RFC 7914).
//!
//! - Django: `scrypt$16384$salt$8$5$output`, that is N, salt, r, p, output. The salt is used as it is written.
//! - PHC and Passlib: `$scrypt$ln=14,r=8,p=1$salt$output`.

use scrypt::{Params, scrypt};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::text::Scheme;
use crate::passwords::implementation::ComputeError;
use crate::passwords::import_hash_error::ImportHashError;
use crate::passwords::parameters::HashingParameters;

const SCHEME: Scheme = Scheme("scrypt");

/// N · r · p of four times the OWASP Password Storage Cheat Sheet's first choice (N = 2^17, r = 8, p = 1), and six times
/// Django's (N = 2^14, r = 8, p = 5).
const MAXIMUM_WORK: u32 = 4 << 20;

/// As much as Argon2 may use: 256 MiB. OWASP's first choice uses 128 MiB, Django's 16 MiB.
const MAXIMUM_MEMORY_KIB: u32 = HashingParameters::MAXIMUM_MEMORY_KIB;

/// All known settings use 8 for r. A large r with a small N takes memory and work that N · r · p does not show.
const MAXIMUM_BLOCK_SIZE: u32 = 32;

/// As many as Argon2 may have.
const MAXIMUM_PARALLELISM: u32 = HashingParameters::MAXIMUM_PARALLELISM;

/// A parsed hash of scrypt.
pub(in crate::passwords) struct ScryptHash {
    cost: ScryptCost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl ScryptHash {
    /// Parses what follows `scrypt$` in a text of Django.
    pub(super) fn read_django(rest: &str) -> Result<Self, ImportHashError> {
        let [n, salt, r, p, output] = SCHEME.split(rest)?;
        let n = SCHEME.number("work factor", n)?;
        // A number above all ceilings need not be a power of two to be too large.
        if !n.is_power_of_two() && n != u64::MAX {
            return Err(SCHEME.malformed("work factor"));
        }
        let (r, p) = (SCHEME.number("block size", r)?, SCHEME.number("parallelism", p)?);
        let cost = ScryptCost::new(SCHEME, u64::from(n.ilog2()), r, p)?;
        Ok(Self { cost, salt: SCHEME.text_salt(salt)?, output: SCHEME.output(output)? })
    }

    /// Parses what follows `$scrypt$` in a PHC string.
    pub(super) fn read_modular(rest: &str) -> Result<Self, ImportHashError> {
        let [cost, salt, output] = SCHEME.split(rest)?;
        let [log_n, r, p] = SCHEME.parameters(["ln", "r", "p"], cost)?;
        let cost = ScryptCost::new(SCHEME, log_n, r, p)?;
        Ok(Self { cost, salt: SCHEME.bytes("salt", salt)?, output: SCHEME.output(output)? })
    }

    pub(super) fn scheme(&self) -> &'static str {
        SCHEME.0
    }

    pub(super) fn matches(&self, password: &[u8]) -> Result<bool, ComputeError> {
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        self.cost.compute(password, &self.salt, &mut output)?;
        Ok(output.ct_eq(&self.output).into())
    }
}

/// The cost of scrypt, below its ceilings.
pub(super) struct ScryptCost {
    params: Params,
    bytes: usize,
}

impl ScryptCost {
    /// Checks a cost. `log_n` is the exponent of N, a power of two.
    pub(super) fn new(scheme: Scheme, log_n: u64, r: u64, p: u64) -> Result<Self, ImportHashError> {
        let log_n = scheme.cost("work factor 2 to the", log_n, MAXIMUM_WORK.ilog2())?;
        let r = scheme.cost("block size", r, MAXIMUM_BLOCK_SIZE)?;
        let p = scheme.cost("parallelism", p, MAXIMUM_PARALLELISM)?;
        let n = 1_u64 << log_n;
        let kib = (128 * u64::from(r) * (n + u64::from(p))).div_ceil(1024);
        // The blocks themselves do not count, so that exactly 256 MiB are allowed.
        scheme.cost("KiB of memory", 128 * u64::from(r) * n / 1024, MAXIMUM_MEMORY_KIB)?;
        scheme.cost("work", n * u64::from(r) * u64::from(p), MAXIMUM_WORK)?;
        let log_n = u8::try_from(log_n).expect("it is small");
        let params = Params::new(log_n, r, p).map_err(|_| scheme.malformed("cost"))?;
        Ok(Self { params, bytes: usize::try_from(kib * 1024).expect("256 MiB fit the address space") })
    }

    /// Fills `output` with scrypt of the password and the salt. The memory is freed at the end.
    pub(super) fn compute(&self, password: &[u8], salt: &[u8], output: &mut [u8]) -> Result<(), ComputeError> {
        // The crate ends the process where it gets no memory, so this asks whether there is some.
        Vec::<u8>::new().try_reserve_exact(self.bytes).map_err(|_| ComputeError::OutOfMemory)?;
        scrypt(password, salt, &self.params, output).map_err(|_| ComputeError::Unsuitable)
    }
}
