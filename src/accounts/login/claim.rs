//! Login by an address that its user has not proved, where users must prove addresses: the right password is told so.

use super::error::LoginError;
use super::refused::{RefusedLogin, judge_login};
use crate::accounts::budgets::{Operation, Subject};
use crate::accounts::{Accounts, ServiceError};
use crate::identity::Network;
use crate::passwords::Password;
use crate::store::{Claimants, LoginName, NamedUsers, User};

/// A typed address, with the user who claimed it first and has not proved it, if there is one.
///
/// The claim is judged beside the owner of the address, whether or not there is one. If an owner took its place, a
/// stranger who registers with another person's address would learn from a login whether the address has an owner.
#[derive(Debug)]
pub(super) struct Claim {
    claimant: Option<User>,
    subject: Subject,
}

impl Claim {
    /// Returns the claim of a typed name; `None` if the name is no address, is a user's username, or may log in to the
    /// claimant.
    pub(super) fn of(found: &mut NamedUsers, name: &LoginName) -> Option<Self> {
        let email_key = name.email_key.as_ref()?;
        let is_separate = name.claimants == Claimants::AreTold && found.by_username.is_none();
        is_separate.then(|| Self { claimant: found.claimant.take(), subject: Subject::Address(email_key.clone()) })
    }
}

impl Accounts {
    /// Checks the password of a claimant. The work and the number of guesses are the same without a claimant. Returns
    /// `None` after too many wrong guesses lately.
    pub(super) async fn judge_claim(
        &self,
        claim: Claim,
        password: Password,
        network: Option<Network>,
    ) -> Result<Option<RefusedLogin>, ServiceError> {
        let Claim { claimant, subject } = claim;
        let payment = match self.pay_for_guess(Operation::LogInToClaim, &subject, network).await {
            Ok(payment) => payment,
            Err(ServiceError::Throttled { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let verdict = match self.verify_password(claimant.as_ref(), password).await {
            Ok(verdict) => verdict,
            Err(error) => {
                payment.give_back().await;
                return Err(error);
            }
        };
        let refused = match judge_login(claimant, verdict) {
            Ok(user) => RefusedLogin::of(Some(user), LoginError::Unverified),
            Err(refused) => refused,
        };
        match refused.fact.is_wrong_guess() {
            true => payment.charge().await?,
            false => payment.give_back().await,
        }
        Ok(Some(refused))
    }
}
