//! How long old links may live.

use std::ops::RangeInclusive;

/// The lives that links of another system may have, in seconds: up to a year.
pub(super) const LIVES: RangeInclusive<u64> = 1..=31_622_400;
