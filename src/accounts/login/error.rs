//! Why a login failed, for the log, the hooks and the contracts.

use crate::accounts::Refusal;

/// Why a login failed. A client that can distinguish the first three can find out who has an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// No user has that name. The work was the same as for a known user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The password is not the user's.
    #[error("the password is wrong")]
    WrongPassword,
    /// The password is right, but an operator has disabled the user.
    #[error("the user is disabled")]
    Disabled,
    /// The password is right, but the user was disabled or the password was changed meanwhile.
    #[error("the account was changed meanwhile")]
    Overtaken,
    /// The password is right, but the address is not proved, although the settings require it.
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
