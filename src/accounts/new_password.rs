//! A password somebody wants to have from now on: register, change and reset judge it alike.

use crate::passwords::{Password, PasswordRules, PersonalData, WeakPassword};

/// A new password as it was sent.
#[derive(Debug)]
pub struct NewPassword {
    /// The password itself.
    pub password: Password,
    /// The password again, where it must be repeated.
    pub repeated: Option<Password>,
}

/// Why a new password is not taken: every reason at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasswordRefused {
    /// The rules it breaks.
    pub weaknesses: Vec<WeakPassword>,
    /// The repetition differs.
    pub repeated_differently: bool,
}

impl NewPassword {
    /// Checks the password against the rules and its repetition.
    ///
    /// # Errors
    ///
    /// Every reason at once.
    pub fn judge(&self, rules: &PasswordRules, person: &PersonalData<'_>) -> Result<Password, PasswordRefused> {
        let refused = PasswordRefused {
            weaknesses: rules.check(&self.password, person),
            repeated_differently: self.repeated.as_ref().is_some_and(|repeated| !repeated.equals(&self.password)),
        };
        if refused == PasswordRefused::default() { Ok(self.password.clone()) } else { Err(refused) }
    }
}
