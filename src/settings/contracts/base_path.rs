//! The path that a contract's endpoints stand below.

/// Adds missing slashes at both ends of a path, and refuses characters that have a special meaning in a router.
pub(super) fn parse_base_path(text: &str) -> Result<String, String> {
    let inner = text.trim_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    if text.is_empty() || !inner.chars().all(is_plain) || inner.split('/').any(|part| part == "." || part == "..") {
        return Err("allowed is a path of letters, digits and `-._~/`, as in \"/api/v1/accounts/\"; the root is \"/\""
            .to_owned());
    }
    if inner.contains("//") {
        return Err("allowed is a path without empty parts, as in \"/api/v1/accounts/\"".to_owned());
    }
    if ["healthz", "readyz"].contains(&inner) {
        return Err("the health checks are there; allowed is another path, as in \"/api/v1/accounts/\"".to_owned());
    }
    Ok(if inner.is_empty() { "/".to_owned() } else { format!("/{inner}/") })
}
