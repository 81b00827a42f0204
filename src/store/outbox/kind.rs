//! Which mails there are, and all that is decided by a mail's kind alone. The rows of the outbox name it, so a name
//! never changes once it is released.

use std::fmt;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Asks whoever registered to prove that the address is theirs.
    VerifyRegistration,
    /// Tells the owner of an address that somebody tried to register with it.
    AlreadyRegistered,
    /// Brings the link that sets a new password.
    ResetPassword,
    /// Asks a user to prove that a new address is theirs.
    VerifyEmail,
    /// Tells the owner of an address that another user tried to change theirs to it.
    EmailInUse,
    /// Tells a user that the password was changed.
    PasswordChanged,
    /// Tells a user, at the old address, that the address was changed.
    EmailChanged,
}

/// The name of rows that are no mails: they make an unknown address cost what a known one does, and are never sent.
const DECOY: &str = "decoy";

impl MailKind {
    /// Every kind, in the order in which a person may meet them.
    pub const ALL: [Self; 7] = [
        Self::VerifyRegistration,
        Self::AlreadyRegistered,
        Self::ResetPassword,
        Self::VerifyEmail,
        Self::EmailInUse,
        Self::PasswordChanged,
        Self::EmailChanged,
    ];

    /// The name in the database, and of the directory that holds the kind's templates.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyRegistration => "verify-registration",
            Self::AlreadyRegistered => "already-registered",
            Self::ResetPassword => "reset-password",
            Self::VerifyEmail => "verify-email",
            Self::EmailInUse => "email-in-use",
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
        }
    }

    /// The kind of that name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether the mail brings a link, so that its templates may use `verification_url` and `expires_in`.
    pub const fn has_link(self) -> bool {
        match self {
            Self::VerifyRegistration | Self::ResetPassword | Self::VerifyEmail => true,
            Self::AlreadyRegistered | Self::EmailInUse | Self::PasswordChanged | Self::EmailChanged => false,
        }
    }

    /// Whether the mail's link can take the account over. Such a mail is not sent any more once password or address
    /// have changed.
    pub const fn takes_account_over(self) -> bool {
        match self {
            Self::ResetPassword | Self::VerifyEmail => true,
            Self::VerifyRegistration
            | Self::AlreadyRegistered
            | Self::EmailInUse
            | Self::PasswordChanged
            | Self::EmailChanged => false,
        }
    }

    /// Whether the mail proves an address that was asked for, or tells its owner that somebody asked. Such a mail is
    /// not sent any more once another address was asked for.
    pub const fn is_about_asked_address(self) -> bool {
        match self {
            Self::VerifyRegistration | Self::VerifyEmail | Self::EmailInUse => true,
            Self::AlreadyRegistered | Self::ResetPassword | Self::PasswordChanged | Self::EmailChanged => false,
        }
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name of a row: that of its kind, or of a decoy.
pub(super) fn name_of(kind: Option<MailKind>) -> &'static str {
    kind.map_or(DECOY, MailKind::as_str)
}

/// The names of the kinds of which `is_meant` holds.
pub(super) fn names_of(is_meant: fn(MailKind) -> bool) -> Vec<&'static str> {
    MailKind::ALL.into_iter().filter(|kind| is_meant(*kind)).map(MailKind::as_str).collect()
}

/// The names of all rows that this program can settle. A newer one may store others.
pub(super) fn known_names() -> Vec<&'static str> {
    MailKind::ALL.into_iter().map(Some).chain([None]).map(name_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_one_kind() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(MailKind::parse("Verify-Registration"), None);
        assert_eq!(MailKind::parse(DECOY), None);
    }

    #[test]
    fn only_what_brings_a_link_takes_an_account_over() {
        assert_eq!(names_of(MailKind::takes_account_over), ["reset-password", "verify-email"]);
        assert!(MailKind::ALL.into_iter().all(|kind| kind.has_link() || !kind.takes_account_over()));
        let about_addresses = ["verify-registration", "verify-email", "email-in-use"];
        assert_eq!(names_of(MailKind::is_about_asked_address), about_addresses);
    }
}
