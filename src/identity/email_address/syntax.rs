//! The syntax of an e-mail address: what the contract's reference accepts, less what no mail server could take.
//!
//! Stricter than the reference, which accepts addresses that no mail server takes: no control characters and no blanks
//! within quotes, something between them, an international domain must have a form in punycode, and no part is longer
//! than SMTP allows.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

/// How many characters one label of a domain may have (RFC 1035, section 2.3.4).
const LABEL_MAXIMUM: usize = 63;

/// How many bytes a local part may have (RFC 5321, section 4.5.3.1.1).
const LOCAL_PART_MAXIMUM: usize = 64;

/// How many bytes the name of a domain may have (RFC 1035, section 2.3.4, without the dot at the end).
const DOMAIN_MAXIMUM: usize = 253;

/// How many bytes an address may have on its way: a path is 256 with its brackets (RFC 5321, section 4.5.3.1.3).
const MAXIMUM: usize = 254;

/// Returns whether SMTP can carry an address of this local part and this domain in its ASCII form.
pub(super) fn fits_into_smtp(local: &str, ascii_domain: &str) -> bool {
    local.len() <= LOCAL_PART_MAXIMUM
        && ascii_domain.len() <= DOMAIN_MAXIMUM
        && local.len() + "@".len() + ascii_domain.len() <= MAXIMUM
}

/// Returns whether `text` is written as an address: a local part, `@`, a domain.
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

/// Within the quotes: visible ASCII, and quotes and backslashes only behind a backslash.
fn is_quoted_string(text: &str) -> bool {
    let Some(inner) = quoted(text).filter(|inner| !inner.is_empty()) else {
        return false;
    };
    let mut bytes = inner.bytes();
    while let Some(byte) = bytes.next() {
        let fine = match byte {
            b'\\' => bytes.next().is_some_and(|escaped| escaped.is_ascii_graphic()),
            b'"' => false,
            other => other.is_ascii_graphic(),
        };
        if !fine {
            return false;
        }
    }
    true
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// Returns the spelling of a local part that has quotes and backslashes only where it needs them: `"a.b"` and `a.b` are
/// one mailbox (RFC 5321, section 4.1.2).
pub(super) fn plain_spelling(local: &str) -> Cow<'_, str> {
    let Some(inner) = quoted(local).filter(|_| is_quoted_string(local)) else { return Cow::Borrowed(local) };
    let mut content = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        content.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    if is_dot_atom(&content) {
        return Cow::Owned(content);
    }
    let escaped = content.replace('\\', "\\\\").replace('"', "\\\"");
    Cow::Owned(format!("\"{escaped}\""))
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

/// Returns whether the domain has a valid ASCII form: a letter may become a slash, a dot or a digit in it.
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
