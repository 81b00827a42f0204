//! Dice that fall the same way again for the same seed.
#![allow(dead_code, reason = "two test programs share it, and one needs little of it")]

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state are plenty for choosing moments and faults.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to one less than `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    /// A length of time from nothing to `longest`.
    pub fn within(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.below(u64::try_from(longest.as_micros()).unwrap_or(u64::MAX).max(1)))
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        if among.is_empty() { None } else { among.get(self.below(among.len() as u64) as usize) }
    }

    /// Puts these in any order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, cards: &mut [T]) {
        for last in (1..cards.len()).rev() {
            cards.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// The seed in `COUNTERSIGN_TEST_SEED`, else a fresh one.
pub fn seed() -> u64 {
    match std::env::var("COUNTERSIGN_TEST_SEED") {
        Ok(text) => text.parse().expect("COUNTERSIGN_TEST_SEED is a number"),
        Err(_) => getrandom::u64().expect("the operating system gives randomness"),
    }
}
