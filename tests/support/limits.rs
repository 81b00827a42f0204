//! Limits that tests set: how many requests there may be.

use std::num::NonZeroU32;

use countersign::Settings;
use countersign::settings::Rate;

/// Returns a limit of `burst` requests at once, and of `per_hour` more in each hour.
///
/// # Panics
///
/// If a number is 0.
pub fn rate(per_hour: u32, burst: u32) -> Rate {
    let number = |number| NonZeroU32::new(number).expect("not zero");
    Rate { per_hour: number(per_hour), burst: number(burst) }
}

/// Returns a limit that no test reaches.
pub fn unreached() -> Rate {
    rate(1_000_000, 100_000)
}

/// Turns the limits on: three guesses at the password of one account, and no fewer from one client.
pub fn three_guesses(settings: &mut Settings) {
    settings.throttle.enabled = true;
    settings.throttle.login = rate(1, 1_000);
    settings.throttle.account_login = rate(1, 3);
}
