//! Secrets that sign: those that can be guessed let anybody sign.

use super::row::Findings;
use crate::secret::Secret;

/// Judges each secret of a list. `harm` is what can be done with a guessed one.
pub(super) fn guessable(secrets: &[Secret], harm: &str, findings: &mut Findings) {
    for (index, secret) in secrets.iter().enumerate() {
        let secret = secret.expose();
        let number = index + 1;
        let remedy = format!("; {harm}. Make one with `countersign secret new`");
        if is_published(secret) {
            findings.error(true, &format!("secret {number} stands in Countersign's own pages{remedy}"));
        } else if is_monotonous(secret) {
            findings.error(true, &format!("secret {number} repeats a few characters and looks guessable{remedy}"));
        } else if is_placeholder(secret) {
            findings.risk(true, &format!("secret {number} looks guessable, as it is made of words{remedy}"));
        }
    }
}

/// Returns whether this project's own pages name the secret: the link vectors of `docs/`. (Their other secrets are
/// monotonous.)
fn is_published(secret: &str) -> bool {
    ["secret-number-one-for-the-vectors", "secret-number-two-for-the-vectors"].contains(&secret)
}

/// Fewer than 8 characters that differ; or one piece, shorter than a secret must be, again and again; or a run of the
/// alphabet or the digits.
pub(super) fn is_monotonous(secret: &str) -> bool {
    let characters: Vec<char> = secret.chars().collect();
    let mut different = characters.clone();
    different.sort_unstable();
    different.dedup();
    let repeats =
        |length: usize| characters.iter().skip(length).zip(&characters).all(|(later, earlier)| later == earlier);
    let successions = characters.windows(2).filter(|pair| (pair[1] as u32).abs_diff(pair[0] as u32) <= 1).count();
    different.len() < 8 || (1..=characters.len() / 2).take(31).any(repeats) || 2 * successions > characters.len()
}

/// Returns whether somebody wrote it to be replaced.
fn is_placeholder(secret: &str) -> bool {
    const WORDS: [&str; 12] = [
        "changeme",
        "replaceme",
        "secret",
        "password",
        "example",
        "insecure",
        "placeholder",
        "countersign",
        "default",
        "qwerty",
        "letmein",
        "development",
    ];
    let letters: String = secret.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    WORDS.iter().any(|word| letters.contains(word))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        #[serde(default)]
        secrets: Vec<String>,
    }

    #[test]
    fn no_secret_of_the_link_vectors_passes() {
        let file: File = serde_json::from_str(include_str!("../../../docs/link-vectors.json")).expect("it is ours");
        let secrets: Vec<String> = file.vectors.into_iter().flat_map(|vector| vector.secrets).collect();
        assert!(secrets.len() > 50, "{}", secrets.len());
        for secret in secrets {
            assert!(is_published(&secret) || is_monotonous(&secret), "{secret}");
        }
    }
}
