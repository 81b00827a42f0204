//! A refused login of one candidate.

use super::error::LoginError;
use crate::accounts::Refusal;
use crate::passwords::Verdict;
use crate::store::User;

/// A refused login of one candidate, and why it was refused. It is reported once no other candidate can be meant.
#[derive(Debug, thiserror::Error)]
#[error("{fact}")]
pub(in crate::accounts) struct RefusedLogin {
    /// The user whose password was expected, if there is one.
    pub(super) user: Option<Box<User>>,
    pub(in crate::accounts) fact: LoginError,
}

impl Refusal for RefusedLogin {}

impl RefusedLogin {
    pub(super) fn of(user: Option<User>, fact: LoginError) -> Self {
        Self { user: user.map(Box::new), fact }
    }
}

/// Returns the user if the password is right and the user is not disabled.
pub(in crate::accounts) fn judge_login(user: Option<User>, verdict: Verdict) -> Result<User, RefusedLogin> {
    match (user, verdict) {
        (None, _) => Err(RefusedLogin::of(None, LoginError::NoSuchUser)),
        (user, Verdict::Mismatch) => Err(RefusedLogin::of(user, LoginError::WrongPassword)),
        (Some(user), _) if user.disabled_at.is_some() => Err(RefusedLogin::of(Some(user), LoginError::Disabled)),
        (Some(user), _) => Ok(user),
    }
}
