//! A password somebody wants to have from now on: register, change and reset judge it alike.

use crate::passwords::{Password, PasswordRules, PersonalData, WeakPassword};

/// A new password as it was sent.
#[derive(Debug)]
pub struct NewPassword {
    /// The password itself.
    pub password: Password,
    /// Whether it may be set.
    pub run: Run,
}

/// Whether an operation is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It is, unless something speaks against it.
    Real,
    /// Everything is judged and counted, and nothing is changed: the operation is refused with all faults it finds, or
    /// with an empty list of weaknesses. For forms that found a fault of their own, such as a password that is repeated
    /// differently, and tell all faults at once.
    Dry,
}

impl NewPassword {
    /// A password to be set.
    pub fn new(password: Password) -> Self {
        Self { password, run: Run::Real }
    }

    /// Checks the password against the rules.
    ///
    /// # Errors
    ///
    /// Every rule that it breaks; none where it breaks none and the run is dry.
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
