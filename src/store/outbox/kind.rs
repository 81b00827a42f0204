//! The kinds of mails and their properties. Rows of the outbox store the kind's name, so a released name never changes.

use std::fmt;

/// The kind of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Asks a new user to prove the address.
    VerifyRegistration,
    /// Informs the owner of an address that somebody tried to register with it.
    AlreadyRegistered,
    /// Informs a new user that the account is active.
    Welcome,
    /// Brings the link that sets a new password.
    ResetPassword,
    /// Brings the link that sets a new username.
    ResetUsername,
    /// Asks a user to prove a new address.
    VerifyEmail,
    /// Informs the owner of an address that another user tried to change to it.
    EmailInUse,
    /// Informs a user that the password was changed.
    PasswordChanged,
    /// Informs a user, at the old address, that the address was changed.
    EmailChanged,
    /// Informs a user that the username was changed.
    UsernameChanged,
    /// Informs a user that an account at an identity provider was connected.
    ProviderConnected,
    /// Informs a user that an account at an identity provider was disconnected.
    ProviderDisconnected,
}

/// The name of decoy rows. A decoy is stored for an unknown address, so that it costs the same as a known one. Decoys
/// are never sent.
const DECOY: &str = "decoy";

impl MailKind {
    /// Every kind, in the order in which a user may receive them.
    pub const ALL: [Self; 12] = [
        Self::VerifyRegistration,
        Self::AlreadyRegistered,
        Self::Welcome,
        Self::ResetPassword,
        Self::ResetUsername,
        Self::VerifyEmail,
        Self::EmailInUse,
        Self::PasswordChanged,
        Self::EmailChanged,
        Self::UsernameChanged,
        Self::ProviderConnected,
        Self::ProviderDisconnected,
    ];

    /// Returns the name in the database and of the directory of the kind's templates.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyRegistration => "verify-registration",
            Self::AlreadyRegistered => "already-registered",
            Self::Welcome => "welcome",
            Self::ResetPassword => "reset-password",
            Self::ResetUsername => "reset-username",
            Self::VerifyEmail => "verify-email",
            Self::EmailInUse => "email-in-use",
            Self::PasswordChanged => "password-changed",
            Self::EmailChanged => "email-changed",
            Self::UsernameChanged => "username-changed",
            Self::ProviderConnected => "provider-connected",
            Self::ProviderDisconnected => "provider-disconnected",
        }
    }

    /// Finds the kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Returns whether the mail has a link, so that its templates may use `verification_url` and `expires_in`.
    pub const fn has_link(self) -> bool {
        match self {
            Self::VerifyRegistration | Self::ResetPassword | Self::ResetUsername | Self::VerifyEmail => true,
            Self::AlreadyRegistered
            | Self::Welcome
            | Self::EmailInUse
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::UsernameChanged
            | Self::ProviderConnected
            | Self::ProviderDisconnected => false,
        }
    }

    /// Returns whether the mail may be about an account at an identity provider, so that its templates may use
    /// `provider_title`.
    pub const fn may_name_provider(self) -> bool {
        matches!(self, Self::AlreadyRegistered | Self::ProviderConnected | Self::ProviderDisconnected)
    }

    /// Returns whether the mail's link can take the account over. Such a mail is no longer sent once the password or
    /// the address has changed.
    pub const fn takes_account_over(self) -> bool {
        match self {
            Self::ResetPassword | Self::ResetUsername | Self::VerifyEmail => true,
            Self::VerifyRegistration
            | Self::AlreadyRegistered
            | Self::Welcome
            | Self::EmailInUse
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::UsernameChanged
            | Self::ProviderConnected
            | Self::ProviderDisconnected => false,
        }
    }

    /// Returns whether the mail proves a requested address, or informs the address's owner of the request. Such a mail
    /// is no longer sent once the user has requested another address.
    pub const fn is_about_asked_address(self) -> bool {
        match self {
            Self::VerifyRegistration | Self::VerifyEmail | Self::EmailInUse => true,
            Self::AlreadyRegistered
            | Self::Welcome
            | Self::ResetPassword
            | Self::ResetUsername
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::UsernameChanged
            | Self::ProviderConnected
            | Self::ProviderDisconnected => false,
        }
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns the name of a row: the name of its kind, or of a decoy.
pub(super) fn name_of(kind: Option<MailKind>) -> &'static str {
    kind.map_or(DECOY, MailKind::as_str)
}

/// Returns the names of the kinds for which `is_meant` returns true.
pub(super) fn names_of(is_meant: fn(MailKind) -> bool) -> Vec<&'static str> {
    MailKind::ALL.into_iter().filter(|kind| is_meant(*kind)).map(MailKind::as_str).collect()
}

/// Returns the names of all rows that this program can settle. A newer program may store others.
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
        let with_link = ["verify-registration", "reset-password", "reset-username", "verify-email"];
        assert_eq!(names_of(MailKind::has_link), with_link);
        assert_eq!(names_of(MailKind::takes_account_over), ["reset-password", "reset-username", "verify-email"]);
        assert!(MailKind::ALL.into_iter().all(|kind| kind.has_link() || !kind.takes_account_over()));
        let about_addresses = ["verify-registration", "verify-email", "email-in-use"];
        assert_eq!(names_of(MailKind::is_about_asked_address), about_addresses);
    }
}
