//! Checks whether a password resembles the user's name or address.
//!
//! The measure is that of the contract's reference (Django): twice the number of characters that the two texts have in
//! common in any order, divided by the number of characters of both.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use crate::identity::is_word_character;

/// The similarity from which a password is refused (Django's default).
const LIMIT: f64 = 0.7;

/// A password this many times as long as a value is not compared with it: it cannot reach the limit.
const LENGTH_RATIO: usize = 10;

/// Returns whether `password` resembles `value` or one of its words, ignoring letter case.
pub(super) fn is_similar(password: &str, value: &str) -> bool {
    if value.is_empty() {
        return false;
    }
    let password = sorted(&Zeroizing::new(password.to_lowercase()));
    let value = value.to_lowercase();
    value
        .split(|character| !is_word_character(character))
        .chain([value.as_str()])
        .filter(|part| !part.is_empty())
        .any(|part| is_too_similar(&password, part))
}

fn is_too_similar(password: &[char], part: &str) -> bool {
    let part = sorted(part);
    if password.len() >= LENGTH_RATIO * part.len() {
        return false;
    }
    // The order of the floating point operations matters: 0.7 is not exact, and many results equal the limit.
    #[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    let ratio = 2.0 * in_common(password, &part) as f64 / (password.len() + part.len()) as f64;
    ratio >= LIMIT
}

fn sorted(text: &str) -> Zeroizing<Vec<char>> {
    // Reserved in full, because a vector that grew would leave unwiped copies behind.
    let mut characters = Zeroizing::new(Vec::with_capacity(text.len()));
    characters.extend(text.chars());
    characters.sort_unstable();
    characters
}

/// Returns how many characters two sorted texts share, each counted as often as it occurs in both.
fn in_common(one: &[char], other: &[char]) -> usize {
    let (mut left, mut right, mut count) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        match one[left].cmp(&other[right]) {
            Ordering::Less => left += 1,
            Ordering::Greater => right += 1,
            Ordering::Equal => {
                left += 1;
                right += 1;
                count += 1;
            }
        }
    }
    count
}
