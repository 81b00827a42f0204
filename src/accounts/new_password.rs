//! A new password. Registration, change and reset check it in the same way.

use crate::passwords::{Password, PasswordRules, PersonalData, WeakPassword};

/// A new password as it was sent.
#[derive(Clone, Debug)]
pub struct NewPassword {
    /// The password itself.
    pub password: Password,
    /// Whether the password is set or only checked.
    pub run: Run,
}

/// Whether an operation is carried out or only checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// The operation is carried out, unless it is refused.
    Real,
    /// Everything is checked and counted, but nothing is changed. The operation is refused with all faults it finds, or
    /// with an empty list of weaknesses. For forms that have found a fault of their own, such as a repeated password
    /// that differs, and report all faults at once.
    Dry,
}

impl NewPassword {
    /// Returns a password that is to be set.
    pub fn new(password: Password) -> Self {
        Self { password, run: Run::Real }
    }

    /// Checks the password against the rules.
    ///
    /// # Errors
    ///
    /// Every rule that the password breaks. The list is empty if it breaks none and the run is dry.
    pub(super) fn judge(
        &self,
        rules: &PasswordRules,
        person: &PersonalData<'_>,
    ) -> Result<Password, Vec<WeakPassword>> {
        let weaknesses = rules.check(&self.password, person);
        match self.run {
            Run::Real if weaknesses.is_empty() => Ok(self.password.clone()),
            Run::Real | Run::Dry => Err(weaknesses),
        }
    }
}
