//! A mailbox as it stands in `From` and `Reply-To`: an address, perhaps with a name.

use std::fmt;

/// An address and the name before it. Both are one line, so that no header can be smuggled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name people see, without quotation marks.
    pub name: Option<String>,
    /// The address: one `@`, a domain of letters, digits, hyphens and dots; at most 254 bytes.
    pub address: String,
}

impl Mailbox {
    /// Parses `name@example.org`, `Name <name@example.org>` or `"Name, Inc." <name@example.org>`.
    ///
    /// This is stricter than RFC 5322: no comments, groups, routes or quoted local parts.
    ///
    /// # Errors
    ///
    /// What is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed = || "allowed are an address or a name and an address, as in \"Example <no-reply@example.org>\"";
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address),
            None => ("", text),
        };
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
        if !is_name(name) || !is_address(address) {
            return Err(allowed().to_owned());
        }
        let name = if name.is_empty() { None } else { Some(name.to_owned()) };
        Ok(Self { name, address: address.to_owned() })
    }

    /// Returns what stands before the `@`.
    pub(crate) fn local_part(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Returns what stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Mailbox {
    /// As [`Mailbox::parse`] reads it, the name always in quotation marks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "\"{name}\" <{}>", self.address),
            None => f.write_str(&self.address),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || "<>\"\\".contains(c))
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_local_char = |c: char| !c.is_control() && !c.is_whitespace() && !"()<>[]:;@\\,\"".contains(c);
    let is_atom = |atom: &str| !atom.is_empty() && atom.chars().all(is_local_char);
    let is_label = |label: &str| {
        let is_inner = |c: char| c.is_alphanumeric() || c == '-';
        !label.is_empty() && label.chars().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 254 && local.len() <= 64 && local.split('.').all(is_atom) && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        let plain = Mailbox::parse("no-reply@localhost").unwrap();
        assert_eq!((plain.name.as_deref(), plain.address.as_str()), (None, "no-reply@localhost"));
        let named = Mailbox::parse("Über Uns <no-reply@bücher.example>").unwrap();
        assert_eq!((named.name.as_deref(), named.domain()), (Some("Über Uns"), "bücher.example"));
        let quoted = Mailbox::parse("\"Example, Inc.\" <a.b+c@example.org>").unwrap();
        assert_eq!(quoted.name.as_deref(), Some("Example, Inc."));
        assert_eq!(Mailbox::parse(&quoted.to_string()).unwrap(), quoted);
    }

    #[test]
    fn what_is_no_mailbox_or_would_smuggle_a_header_is_refused() {
        for text in [
            "",
            "nobody",
            "@example.org",
            "a@",
            "a@b@c",
            "a b@example.org",
            "a@exa mple.org",
            "a@-example.org",
            "a@example..org",
            ".a@example.org",
            "Name a@example.org",
            "Name <a@example.org> x",
            "Name\r\nBcc: b@example.org <a@example.org>",
            "Name <a@example.org\r\nBcc: b@example.org>",
            "a@example.org,b@example.org",
            "<a@example.org> <b@example.org>",
        ] {
            assert!(Mailbox::parse(text).is_err(), "{text:?}");
        }
    }
}
