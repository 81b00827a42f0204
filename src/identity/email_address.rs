//! E-mail addresses: what is one, how it is kept, and which two are the same.

mod syntax;

use std::fmt;

use super::characters::{fold_canonically, trim};

/// An e-mail address, its domain in lower case.
///
/// `Debug` shows only the first character of the local part. There is no `Display`: whole addresses do not go to logs.
///
/// # Example
///
/// ```
/// use countersign::identity::EmailAddress;
///
/// let address = EmailAddress::parse("Ann+tag@Mail.Example").expect("an address");
/// assert_eq!(address.as_str(), "Ann+tag@mail.example");
/// assert_eq!(address.key(), "ann+tag@mail.example");
/// assert_eq!(format!("{address:?}"), "EmailAddress(A…@mail.example)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// Why a text is no e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailFault {
    /// It is empty or has only blanks.
    #[error("the address is blank")]
    Blank,
    /// It has more characters than fit.
    #[error("the address has more than {maximum} characters")]
    TooLong {
        /// As many characters are allowed.
        maximum: usize,
    },
    /// It has a NUL inside.
    #[error("the address has a NUL inside")]
    NullCharacter,
    /// It is not written as an address is, or no mail server could take it.
    #[error("the address is not written as one")]
    Invalid,
}

impl EmailAddress {
    /// How many characters an address may have (RFC 3696, erratum 1690).
    pub const MAXIMUM_CHARACTERS: usize = 254;

    /// Parses what a person typed: removes blanks at the ends, checks the syntax, puts the domain in lower case.
    ///
    /// Whatever is accepted can be mailed to. See [`Self::is_public`] for the domains that mean this machine only.
    ///
    /// # Errors
    ///
    /// [`EmailFault::Blank`] alone; or [`EmailFault::TooLong`] over 254 characters, [`EmailFault::NullCharacter`] and
    /// [`EmailFault::Invalid`], as many as hold, in that order.
    pub fn parse(typed: &str) -> Result<Self, Vec<EmailFault>> {
        let typed = trim(typed);
        if typed.is_empty() {
            return Err(vec![EmailFault::Blank]);
        }
        let address = match typed.rsplit_once('@') {
            Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
            None => typed.to_owned(),
        };
        let address = Self(address);
        let longest = typed.chars().count().max(address.as_str().chars().count());
        let mut faults = Vec::new();
        if longest > Self::MAXIMUM_CHARACTERS {
            faults.push(EmailFault::TooLong { maximum: Self::MAXIMUM_CHARACTERS });
        }
        let is_too_long = !faults.is_empty();
        if typed.contains('\0') {
            faults.push(EmailFault::NullCharacter);
        }
        let fits = || syntax::fits_into_smtp(address.local_part(), &address.ascii_domain());
        if !syntax::is_address(typed) || !is_too_long && !fits() {
            faults.push(EmailFault::Invalid);
        }
        if faults.is_empty() { Ok(address) } else { Err(faults) }
    }

    /// Wraps an address that was parsed before it was stored.
    pub fn from_stored(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    /// Returns the address as it is shown and mailed to.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what stands before the last `@`, as typed.
    pub fn local_part(&self) -> &str {
        self.parts().0
    }

    /// Returns what stands behind the last `@`, in lower case.
    pub fn domain(&self) -> &str {
        self.parts().1
    }

    /// Returns the domain as the DNS and the mail header want it: international labels in punycode.
    ///
    /// A stored domain that has no such form is returned in lower case.
    pub fn ascii_domain(&self) -> String {
        idna::domain_to_ascii(self.domain()).unwrap_or_else(|_| self.domain().to_lowercase())
    }

    /// Returns whether the address is one of the internet, and not of this machine (`localhost`) or of a machine
    /// without a name (`[192.0.2.1]`). Those are for development.
    pub fn is_public(&self) -> bool {
        self.domain() != "localhost" && !self.domain().starts_with('[')
    }

    /// Returns what is unique among verified users, and looked up at login: the address without letter case and without
    /// differences of spelling that mail servers, Unicode and the DNS do not see.
    pub fn key(&self) -> String {
        format!("{}@{}", fold_canonically(&syntax::plain_spelling(self.local_part())), self.ascii_domain())
    }

    /// Returns the key by which rate limits count mails: the address of the same mailbox without a tag (`ann+shop@…`),
    /// and without what a large provider ignores: Gmail dots, Proton dots, hyphens and underscores, and both which of
    /// their domains it is. Two addresses of one mailbox may still belong to two users.
    pub fn mailbox(&self) -> String {
        let local = fold_canonically(&syntax::plain_spelling(self.local_part()));
        let local = local.trim_matches('"');
        // A local part that begins with `+` has no tag.
        let name = local.split_once('+').map(|(name, _)| name).filter(|name| !name.is_empty()).unwrap_or(local);
        let domain = self.ascii_domain();
        match domain.trim_end_matches('.') {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", name.replace('.', "")),
            "proton.me" | "protonmail.com" | "protonmail.ch" | "pm.me" => {
                format!("{}@proton.me", name.replace(['.', '-', '_'], ""))
            }
            domain => format!("{name}@{domain}"),
        }
    }

    fn parts(&self) -> (&str, &str) {
        // Only an imported row can lack the `@`; it has no domain then.
        self.0.rsplit_once('@').unwrap_or((&self.0, ""))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.local_part().chars().next().map(String::from).unwrap_or_default();
        write!(f, "EmailAddress({first}…@{})", self.domain())
    }
}

#[cfg(test)]
mod tests;
