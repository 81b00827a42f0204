//! The known name nearest to a misspelt one.

/// Finds the key somebody probably meant by `unknown`: a slip of the pen, or the right name in the wrong section.
pub(super) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let unknown = unknown.to_lowercase();
    let slip = known
        .clone()
        .map(|key| (distance(&unknown, key), key))
        .min()
        .filter(|(distance, _)| *distance <= (unknown.chars().count() / 4).max(2));
    if let Some((_, key)) = slip {
        return Some(key);
    }
    known.map(|key| (distance(last_part(&unknown), last_part(key)), key)).min().filter(|(d, _)| *d <= 1).map(|(_, k)| k)
}

fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The number of insertions, deletions and replacements of characters that make `left` into `right` (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut costs: Vec<usize> = (0..=right.len()).collect();
    for (row, left_char) in left.chars().enumerate() {
        let mut diagonal = costs[0];
        costs[0] = row + 1;
        for (column, right_char) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(left_char != *right_char);
            diagonal = costs[column + 1];
            costs[column + 1] = replaced.min(diagonal + 1).min(costs[column] + 1);
        }
    }
    costs[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 4] = ["server.bind", "cors.allowed_origins", "mail.smtp.host", "mode"];

    #[test]
    fn the_distance_counts_single_letters() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "mode"), 4);
        assert_eq!(distance("größe", "größe"), 0);
    }

    #[test]
    fn a_slip_of_the_pen_finds_the_key_meant() {
        assert_eq!(nearest("server.bnid", KNOWN.into_iter()), Some("server.bind"));
        assert_eq!(nearest("Server.Bind", KNOWN.into_iter()), Some("server.bind"));
    }

    #[test]
    fn the_right_name_in_the_wrong_section_finds_its_section() {
        assert_eq!(nearest("server.allowed_origin", KNOWN.into_iter()), Some("cors.allowed_origins"));
    }

    #[test]
    fn a_name_like_none_suggests_nothing() {
        assert_eq!(nearest("social.providers", KNOWN.into_iter()), None);
    }
}
