//! Comparison in constant time.

use subtle::{Choice, ConstantTimeEq};

/// Compares in constant time. It compares whole words, because each comparison costs a barrier against the compiler.
pub(super) fn are_equal<const LENGTH: usize>(ours: &[u8; LENGTH], theirs: &[u8; LENGTH]) -> Choice {
    const { assert!(LENGTH.is_multiple_of(8), "there are whole words only") };
    let (ours, theirs) = (ours.as_chunks().0, theirs.as_chunks().0);
    let words = ours.iter().zip(theirs).map(|(ours, theirs)| (u64::from_ne_bytes(*ours), u64::from_ne_bytes(*theirs)));
    words.fold(Choice::from(1), |equal, (ours, theirs)| equal & ours.ct_eq(&theirs))
}
