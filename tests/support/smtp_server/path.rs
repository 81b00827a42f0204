//! The addresses in MAIL FROM and RCPT TO.

/// The address between the angle brackets, and what follows them. A quoted local part may hold brackets.
pub(super) fn path(line: &str) -> (String, String) {
    let inside = line.split_once('<').map_or("", |(_, rest)| rest);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, letter) in inside.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '>' if !is_quoted => return (inside[..at].to_owned(), inside[at + 1..].trim().to_owned()),
            _ => {}
        }
    }
    (inside.to_owned(), String::new())
}
