//! The two implementations of Argon2, and the choice between them.
//!
//! The fastest one is young and has had no third-party audit (`docs/security.md`). So its results are compared with
//! those of the portable one: at every start, on known hashes and on a random password, and once more at the configured
//! cost before the first password is hashed. After a difference only the portable one is used.

mod argon2_core;
mod cross_check;
mod fastest;
mod portable;

use std::sync::OnceLock;
use std::time::Duration;

pub(super) use argon2_core::{Argon2Core, ComputeError};
pub(super) use fastest::Fastest;
pub(super) use portable::Portable;

use super::parameters::HashingParameters;
use crate::settings::Argon2Implementation;

#[cfg(test)]
pub(super) use cross_check::KNOWN_HASHES;

/// The most work of one comparison in KiB times passes, so that an expensive setting does not delay a login for
/// seconds.
const MOST_COMPARED: u32 = 64 * 1024;

/// A release build never takes this long for [`MOST_COMPARED`].
const SLOW: Duration = Duration::from_millis(250);

/// Creates the implementation that the setting calls "fastest".
pub(super) type MakeFastest = fn() -> Box<dyn Argon2Core>;

/// Chooses the implementation. The threads of a hasher share it.
pub(super) struct Selection {
    parameters: HashingParameters,
    make_fastest: MakeFastest,
    /// Empty while the fastest one is wanted and not yet compared at the configured cost.
    decided: OnceLock<Argon2Implementation>,
}

impl Selection {
    /// Compares the implementations at low cost if `wanted` is the fastest one. This takes about 2 ms.
    pub(super) fn start(
        wanted: Argon2Implementation,
        parameters: HashingParameters,
        make_fastest: MakeFastest,
    ) -> Self {
        let decided = match wanted {
            Argon2Implementation::Portable => OnceLock::from(Argon2Implementation::Portable),
            Argon2Implementation::Fastest => {
                if cross_check::agree_at_low_cost(make_fastest().as_mut(), &mut Portable::default()) {
                    OnceLock::new()
                } else {
                    OnceLock::from(fall_back())
                }
            }
        };
        Self { parameters, make_fastest, decided }
    }

    pub(super) fn make_fastest(&self) -> Box<dyn Argon2Core> {
        (self.make_fastest)()
    }

    /// Returns the implementation to use. The first call compares both at the configured cost; other threads wait for
    /// it, so that no password is hashed by an implementation that was not compared.
    pub(super) fn decide(&self, fastest: &mut dyn Argon2Core, portable: &mut dyn Argon2Core) -> Argon2Implementation {
        *self.decided.get_or_init(|| {
            let took = cross_check::agree_at(compared_parameters(self.parameters), fastest, portable);
            portable.release();
            let Some(took) = took else {
                fastest.release();
                return fall_back();
            };
            if let Some(advice) = advice_for_debug_builds(took) {
                tracing::warn!("{advice}");
            }
            Argon2Implementation::Fastest
        })
    }

    /// Returns the implementation in use.
    pub(super) fn current(&self) -> Argon2Implementation {
        self.decided.get().copied().unwrap_or(Argon2Implementation::Fastest)
    }
}

fn fall_back() -> Argon2Implementation {
    tracing::warn!(
        "the two implementations of Argon2 compute different hashes on this machine; passwords are hashed by the \
         portable one, which takes twice as long. Please report this with the model of the processor; \
         passwords.implementation = \"portable\" ends this line"
    );
    Argon2Implementation::Portable
}

/// Returns the configured parameters with the work limited to [`MOST_COMPARED`].
fn compared_parameters(configured: HashingParameters) -> HashingParameters {
    let memory_kib = configured.memory_kib().min(MOST_COMPARED);
    let passes = configured.passes().min(MOST_COMPARED / memory_kib);
    HashingParameters::new(memory_kib, passes, configured.parallelism())
        .expect("less of what is in range, but not none")
}

/// Returns the remedy if one hash `took` so long because the compiler did not optimize Argon2.
fn advice_for_debug_builds(took: Duration) -> Option<String> {
    (cfg!(debug_assertions) && took > SLOW).then(|| {
        format!(
            "hashing a password takes {} ms, since this is a debug build; in the workspace's Cargo.toml write \
             [profile.dev.package.argon2-rust] and below it opt-level = 3",
            took.as_millis()
        )
    })
}

#[cfg(test)]
pub(super) mod tests;
