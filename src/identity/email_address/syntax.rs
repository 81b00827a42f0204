//! The syntax of an e-mail address: what the contract's reference accepts, less what no mail server could take.
//!
//! Stricter than the reference in two points: no control characters within quotes, and an international domain must
//! have a form in punycode, without which no mail can reach it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// How many characters one label of a domain may have (RFC 1035, section 2.3.4).
const LABEL_MAXIMUM: usize = 63;

/// Tells whether `text` is written as an address: a local part, `@`, a domain.
pub(super) fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain))
}

fn is_local_part(text: &str) -> bool {
    is_dot_atom(text) || is_quoted_string(text)
}

fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atom_byte))
}

fn is_atom_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

/// Within the quotes: visible ASCII, and blanks, quotes and backslashes only behind a backslash.
fn is_quoted_string(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return false;
    };
    let mut bytes = inner.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'\\' => bytes.next().is_some_and(|escaped| matches!(escaped, b' '..=b'~')),
            b'"' => false,
            other => other.is_ascii_graphic(),
        };
        if !fine {
            return false;
        }
    }
    true
}

fn is_domain(text: &str) -> bool {
    // The one domain without a dot, in this spelling only.
    text == "localhost" || is_address_literal(text) || is_domain_name(text)
}

fn is_address_literal(text: &str) -> bool {
    text.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|address| address.parse::<Ipv4Addr>().is_ok() || address.parse::<Ipv6Addr>().is_ok())
}

fn is_domain_name(text: &str) -> bool {
    let mut labels = text.split('.').rev();
    let is_well_formed = labels.next().is_some_and(is_top_label)
        && text.contains('.')
        && labels.all(|label| {
            is_label(label)
                && label.chars().all(|character| is_letter(character) || character.is_ascii_digit() || character == '-')
        });
    is_well_formed && (text.is_ascii() || has_ascii_form(text))
}

/// No digits in the last label, so that no address of a machine passes for a name; but punycode has them.
fn is_top_label(text: &str) -> bool {
    let is_word = text.chars().count() >= 2 && text.chars().all(|character| is_letter(character) || character == '-');
    is_label(text) && (is_word || is_punycode(text))
}

fn is_punycode(text: &str) -> bool {
    let (prefix, rest) = text.split_at_checked(4).unwrap_or(("", ""));
    prefix.eq_ignore_ascii_case("xn--") && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_label(text: &str) -> bool {
    (1..=LABEL_MAXIMUM).contains(&text.chars().count()) && !text.starts_with('-') && !text.ends_with('-')
}

fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || matches!(character, '\u{a1}'..='\u{ffff}')
}

/// The ASCII form is checked as well, because a letter may turn into a slash, a dot or a digit there.
fn has_ascii_form(text: &str) -> bool {
    let Ok(ascii) = idna::domain_to_ascii(text) else {
        return false;
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    ascii
        .split('.')
        .all(|label| is_label(label) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        && !ascii.rsplit('.').next().is_some_and(is_number)
}
