//! Which mails there are. The outbox keeps the kind's name, so a name never changes once it is released.

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
        matches!(self, Self::VerifyRegistration | Self::ResetPassword | Self::VerifyEmail)
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(MailKind::parse("Verify-Registration"), None);
    }
}
