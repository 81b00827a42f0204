//! Secrets that were copied together with what stood around them in another file, such as `.env`. Everything counts as a
//! part of the secret, so that it fits nothing.

use super::row::Findings;
use crate::secret::Secret;

/// Quotation marks of programs, and those into which word processors turn them.
const QUOTES: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')];

/// Judges each secret of a list. `harm` is what comes of it.
pub(super) fn copied_secrets(secrets: &[Secret], harm: &str, findings: &mut Findings) {
    for (index, secret) in secrets.iter().enumerate() {
        copied_secret(&format!("secret {}", index + 1), Some(secret), harm, findings);
    }
}

/// Judges a secret. `name` is what it is called in the message.
pub(super) fn copied_secret(name: &str, secret: Option<&Secret>, harm: &str, findings: &mut Findings) {
    let Some(surroundings) = secret.and_then(|secret| surroundings(secret.expose())) else { return };
    let message = format!(
        "{name} {surroundings}, as lines of a `.env` file or of a program do; all of this counts as part of it, and so \
         {harm}. Give the secret alone"
    );
    findings.risk_of_any_mode(true, &message);
}

fn surroundings(secret: &str) -> Option<&'static str> {
    let inner = secret.trim();
    if inner.len() < secret.len() {
        return Some("begins or ends with a blank");
    }
    let inner = inner.strip_suffix(',').unwrap_or(inner);
    if QUOTES.iter().any(|(open, close)| is_between(inner, *open, *close)) {
        return Some("stands in quotation marks");
    }
    // `NAME=value`. The padding of base64 has nothing behind it.
    let (name, value) = secret.split_once('=')?;
    let name = name.trim_end().strip_prefix("export ").unwrap_or(name).trim_end();
    let is_name = name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let is_assignment = is_name && name.len() > 2 && !value.trim_start_matches('=').is_empty();
    is_assignment.then_some("begins with a name and `=`")
}

fn is_between(text: &str, open: char, close: char) -> bool {
    text.strip_prefix(open).is_some_and(|rest| rest.ends_with(close))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_surrounds_a_secret_in_other_files_is_recognized() {
        for (text, found) in [
            ("\"django-insecure-4f%k2\"", Some("stands in quotation marks")),
            ("'django-insecure-4f%k2',", Some("stands in quotation marks")),
            ("“django-insecure-4f%k2”", Some("stands in quotation marks")),
            (" django-insecure-4f%k2", Some("begins or ends with a blank")),
            ("django-insecure-4f%k2\t", Some("begins or ends with a blank")),
            ("SECRET_KEY=django-insecure-4f%k2", Some("begins with a name and `=`")),
            ("SECRET_KEY = 'django-insecure-4f%k2'", Some("begins with a name and `=`")),
            ("export SECRET_KEY='django-insecure-4f%k2'", Some("begins with a name and `=`")),
            ("django-insecure-4f%k2=(x", None),
            ("GAZ5VCGRC3PJNGVFRN3OCNGQ2E======", None),
            ("\"begins with a quotation mark", None),
            ("two words", None),
            ("\"", None),
            ("'", None),
            ("", None),
        ] {
            assert_eq!(surroundings(text), found, "{text}");
        }
    }
}
