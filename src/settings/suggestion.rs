//! The known name nearest to a misspelt one.

use strsim::osa_distance;

use super::other_names::{KEYS, SETTINGS_OF_DJANGO};

/// Finds the key probably meant by `unknown`: another program's word, a slip of the pen, a name without its unit or
/// with another unit, or the right name in the wrong section.
pub(super) fn nearest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let unknown = unknown.to_lowercase().replace('-', "_");
    let exactly = |name: &str| known.iter().copied().find(|key| *key == name);
    let other_name = KEYS.iter().find(|(other, _)| *other == unknown).and_then(|(_, key)| exactly(key));
    let of_django = || {
        let name = last_part(&unknown);
        SETTINGS_OF_DJANGO.iter().find(|(other, _)| *other == name).and_then(|(_, key)| exactly(key))
    };
    // The name of a value in the heading of a section, as in `[mode]`.
    let value =
        || known.iter().copied().find(|key| unknown.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')));
    // A whole name below the heading of another section.
    let below = || known.iter().copied().find(|key| unknown.strip_suffix(key).is_some_and(|rest| rest.ends_with('.')));
    other_name
        .or_else(of_django)
        .or_else(value)
        .or_else(below)
        .or_else(|| slip(&unknown, known))
        .or_else(|| same_words(&unknown, known))
        .or_else(|| other_section(&unknown, known))
}

/// Finds the key meant by the environment variable `name`: one with the same letters and digits but other underscores
/// or capitals, or nearly so. Most variables mean none.
pub(super) fn meant_by_variable<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    const PREFIX: &str = "countersign";
    let letters = squashed(name);
    let start: String = letters.chars().take(PREFIX.len()).collect();
    if osa_distance(&start, PREFIX) > 2 || is_of_container_platform(name) {
        return None;
    }
    let distances = known.iter().map(|key| (osa_distance(&letters, &format!("{PREFIX}{}", squashed(key))), *key));
    let (distance, key) = distances.min()?;
    // Short names have neighbours that mean something else, unless the slip is in the prefix alone.
    let is_exact_after_prefix = name.split_once('_').is_some_and(|(_, rest)| squashed(rest) == squashed(key));
    let is_meant = distance == 0 || (distance <= 2 && (squashed(key).len() >= 8 || is_exact_after_prefix));
    is_meant.then_some(key)
}

/// Returns whether container platforms set variables of this form for a service named "countersign…".
fn is_of_container_platform(name: &str) -> bool {
    let is_endpoint = |part: &str| ["SERVICE", "PORT", "TCP", "UDP", "ADDR", "PROTO"].contains(&part);
    !name.contains("__") && name.split('_').skip(1).any(is_endpoint) && !name.contains("SMTP")
}

fn squashed(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn slip<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let most = (unknown.chars().count() / 4).max(2);
    let nearest = known.iter().map(|key| (osa_distance(unknown, key), *key)).min();
    nearest.filter(|(distance, _)| *distance <= most).map(|(_, key)| key)
}

/// Returns a key of the same section, or of one spelt nearly so, that shares half of its words with `unknown`.
fn same_words<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let (section, name) = unknown.rsplit_once('.')?;
    let is_near = |key: &&&'a str| key.rsplit_once('.').is_some_and(|(known, _)| osa_distance(section, known) <= 2);
    by_words(name, known.iter().filter(is_near).copied(), 0.5)
}

/// Returns the right name, or nearly so, in the wrong section.
fn other_section<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = last_part(unknown);
    let nearest = known.iter().map(|key| (osa_distance(name, last_part(key)), *key)).min();
    let slip = nearest.filter(|(distance, _)| *distance <= 1).map(|(_, key)| key);
    slip.or_else(|| by_words(name, known.iter().copied(), 0.6))
}

/// Returns the key of which most words, and at least this share, are words of `name`.
fn by_words<'a>(name: &str, keys: impl Iterator<Item = &'a str>, least: f64) -> Option<&'a str> {
    let words: Vec<&str> = name.split('_').collect();
    let share = |key: &str| {
        let known: Vec<&str> = last_part(key).split('_').collect();
        let is_known =
            |word: &&&str| known.iter().any(|other| osa_distance(word, other) <= usize::from(word.len() > 4));
        let same = words.iter().filter(is_known).count();
        // `f64` holds such small counts exactly.
        same as f64 / words.len().max(known.len()) as f64
    };
    let ranked = keys.map(|key| (share(key), osa_distance(name, last_part(key)), key));
    let best = ranked.max_by(|left, right| left.0.total_cmp(&right.0).then(right.1.cmp(&left.1)));
    best.filter(|(share, ..)| *share >= least).map(|(.., key)| key)
}

fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
