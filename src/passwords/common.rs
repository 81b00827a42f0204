//! The check against the list of common passwords.

use std::cmp::Ordering;

use zeroize::Zeroizing;

use crate::identity::trim;

/// A line with the origin, then one password in lower case per line, sorted by bytes.
const LIST: &str = include_str!("common.txt");

/// Returns whether `password` is on the list of common passwords, ignoring letter case and blanks at its ends.
pub(super) fn is_common(password: &str) -> bool {
    let lower = Zeroizing::new(password.to_lowercase());
    contains(entries(), trim(&lower))
}

fn entries() -> &'static str {
    LIST.split_once('\n').expect("the list has a first line").1
}

/// Searches the text itself by bisection: an index of its lines would cost more memory than the lines.
fn contains(lines: &str, wanted: &str) -> bool {
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start =
            lines.as_bytes()[low..middle].iter().rposition(|&byte| byte == b'\n').map_or(low, |at| low + at + 1);
        let end =
            lines.as_bytes()[middle..].iter().position(|&byte| byte == b'\n').map_or(lines.len(), |at| middle + at);
        match lines[start..end].cmp(wanted) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_without_doubles_trimmed_and_in_lower_case() {
        let lines: Vec<&str> = entries().lines().collect();
        assert_eq!(lines.len(), 19_640);
        assert!(lines.is_sorted_by(|one, next| one < next));
        assert!(lines.iter().all(|line| !line.is_empty() && trim(line) == *line));
        assert!(lines.iter().all(|line| line.to_lowercase() == *line));
    }

    #[test]
    fn every_password_of_the_list_is_found() {
        assert!(entries().lines().all(is_common));
    }

    #[test]
    fn letter_case_and_blanks_at_the_ends_do_not_help() {
        for password in ["password", "PassWord", " qwerty\t", "ПАРОЛЬ", "123456789", "!", "friend of emily"] {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn what_is_not_on_the_list_is_not_found() {
        for password in
            ["", "Kettle-Harbor-42", "passwor", "password\nqwerty", "\u{1}", "\u{10ffff}", "# The common passwords"]
        {
            assert!(!is_common(password), "{password}");
        }
    }
}
