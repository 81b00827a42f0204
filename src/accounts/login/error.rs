//! Why a login failed: what the log, the hooks and the contracts are told.

use crate::accounts::Refusal;

/// Why a login failed. A client that is told the first three apart can find out who has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// No user goes by that name. The same work was done as for one who does.
    #[error("there is no such user")]
    NoSuchUser,
    /// The password is another.
    #[error("the password is wrong")]
    WrongPassword,
    /// The password is right, and an administrator has shut the account.
    #[error("the user is disabled")]
    Disabled,
    /// The password is right, and the user was disabled or the password changed while this was on its way.
    #[error("the account was changed meanwhile")]
    Overtaken,
    /// The password is right, and the address is not proved, as the settings ask.
    #[error("the e-mail address is not verified")]
    Unverified,
}

impl LoginError {
    /// Returns whether name and password are not those of a user. Such a guess counts against the limit of guesses.
    pub(in crate::accounts) fn is_wrong_guess(self) -> bool {
        matches!(self, Self::NoSuchUser | Self::WrongPassword)
    }
}

impl Refusal for LoginError {}
