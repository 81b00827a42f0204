//! Compares the results of the two implementations.

use std::time::{Duration, Instant};

use argon2::password_hash::phc::Salt;

use super::argon2_core::Argon2Core;
use crate::lane::survive;
use crate::passwords::argon2_recipe::{Argon2Recipe, Writer};
use crate::passwords::method::Method;
use crate::passwords::parameters::{HashingParameters, OUTPUT_BYTES};

/// `password`, hashed by the reference implementation of Argon2 (argon2-cffi 25.1): each variant and both versions.
pub(in crate::passwords) const KNOWN_HASHES: &[&str] = &[
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
    "$argon2i$v=19$m=128,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$fHiG6m5pxi1QizTTHZ+QYP2SEbeYqO/jfffrAy9bkIE",
    "$argon2d$v=16$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$JDELmUaCqrtJ67aHpB9KqA",
];

/// Memory in KiB, passes and parallelism. Above 2 MiB `argon2-rust` allocates its memory in another way.
const LOW_COSTS: &[(u32, u32, u32)] = &[(8, 1, 1), (64, 3, 4), (2_112, 1, 1)];

/// Returns whether both implementations compute the known hashes, and the same hashes of random passwords.
pub(super) fn agree_at_low_cost(fastest: &mut dyn Argon2Core, portable: &mut dyn Argon2Core) -> bool {
    let are_known = KNOWN_HASHES.iter().all(|hash| {
        let recipe = Argon2Recipe::read(hash, Writer::ThisOrAnother).expect("a known hash can be read");
        let computes_it = |core: &mut dyn Argon2Core| {
            compute(core, &recipe.method, b"password", &recipe.salt, recipe.output.len()).as_deref()
                == Some(recipe.output.as_ref())
        };
        computes_it(fastest) && computes_it(portable)
    });
    are_known
        && LOW_COSTS.iter().all(|(memory_kib, passes, parallelism)| {
            let parameters =
                HashingParameters::new(*memory_kib, *passes, *parallelism).expect("the costs are in range");
            agree_at(parameters, fastest, portable).is_some()
        })
}

/// Hashes a random password with both implementations. Returns how long the fastest one took, or `None` if the hashes
/// differ.
pub(super) fn agree_at(
    parameters: HashingParameters,
    fastest: &mut dyn Argon2Core,
    portable: &mut dyn Argon2Core,
) -> Option<Duration> {
    let (method, salt) = (parameters.method(), Salt::generate());
    let mut password = [0; 32];
    getrandom::fill(&mut password).expect("the operating system gives randomness");
    let started_at = Instant::now();
    let expected = compute(fastest, &method, &password, &salt, OUTPUT_BYTES)?;
    let took = started_at.elapsed();
    (compute(portable, &method, &password, &salt, OUTPUT_BYTES)? == expected).then_some(took)
}

/// Computes a hash. A panic counts as a failure, after which the other implementation is used.
fn compute(
    core: &mut dyn Argon2Core,
    method: &Method,
    password: &[u8],
    salt: &[u8],
    output_bytes: usize,
) -> Option<Vec<u8>> {
    let mut output = vec![0; output_bytes];
    survive(|| core.compute(method, password, salt, &mut output))?.ok()?;
    Some(output)
}
