//! Login: checks a name and a password, and begins a session.

mod claim;
mod error;
mod refused;

use super::budgets::{Operation, Subject};
use super::events::Event;
use super::{Accounts, Client, Failure, LoggedIn, Registered, ServiceError, TypedName};
use crate::identity::UserId;
use crate::passwords::{Password, Verdict};
use crate::secret::Secret;
use crate::store::{LoginName, NamedUsers, Restitution, User};

use claim::Claim;
pub use error::LoginError;
use refused::RefusedLogin;
pub(super) use refused::judge_login;

/// Returns the users whose password it may be, each with the subject for which the guess is counted.
///
/// There is one candidate, unless the typed address is also a user's username. Then the owner of the address and that
/// user are both tried. If only one were tried, a stranger who chooses an address as username could learn whether the
/// address has an owner, or lock the owner out.
fn candidates(found: NamedUsers, name: &LoginName, typed: &str) -> Vec<(Option<User>, Subject)> {
    let NamedUsers { by_address, by_username, claimant: _ } = found;
    match (by_username, &name.username_key, &name.email_key) {
        (Some(named), Some(username_key), Some(_)) => {
            let subject = Subject::of_found(by_address.as_ref(), name, typed);
            let is_one_user = by_address.as_ref().is_some_and(|user| user.id == named.id);
            // One user costs the same as two.
            let second = match is_one_user {
                true => (None, Subject::Username(username_key.clone())),
                false => (Some(named.clone()), Subject::User(named.id)),
            };
            vec![(by_address, subject), second]
        }
        (by_username, ..) => {
            let user = by_address.or(by_username);
            let subject = Subject::of_found(user.as_ref(), name, typed);
            vec![(user, subject)]
        }
    }
}

impl Accounts {
    /// Logs a user in: finds the user, verifies the password and begins a session. An unknown user costs the same work
    /// as a known one.
    ///
    /// Where users must prove their address, an address is checked for two users: its owner, and the user who claimed it
    /// first. The second one learns with the right password that the address is not proved.
    ///
    /// # Errors
    ///
    /// Each [`LoginError`].
    pub async fn log_in(
        &self,
        typed: TypedName<'_>,
        password: Password,
        client: Client,
    ) -> Result<LoggedIn, Failure<LoginError>> {
        let name = self.login_name(typed);
        let mut found = self.parts.store.find_by_login_name(name.clone(), self.email_sharing()).await?;
        let claim = Claim::of(&mut found, &name);
        let (mut refused, mut throttled) = (Vec::new(), None);
        for (user, subject) in candidates(found, &name, typed.text()) {
            match self.log_in_as(user, subject, password.clone(), client.clone()).await {
                Ok(session) => return Ok(session),
                Err(Failure::Refused(refusal)) if refusal.fact == LoginError::Unverified => {
                    // The password is right, so the client means this candidate.
                    return Err(self.tell_refused(&refusal).into());
                }
                // The client may mean the other candidate.
                Err(Failure::Refused(refusal)) => refused.push(refusal),
                Err(Failure::Service(error @ ServiceError::Throttled { .. })) => throttled = Some(error),
                Err(Failure::Service(error)) => return Err(error.into()),
            }
        }
        if let Some(claim) = claim
            && let Some(refusal) = self.judge_claim(claim, password, client.network).await?
        {
            if refusal.fact == LoginError::Unverified {
                return Err(self.tell_refused(&refusal).into());
            }
            if refused.iter().all(|other| other.user.is_none()) && refusal.user.is_some() && throttled.is_none() {
                refused = vec![refusal];
            }
        }
        for refusal in &refused {
            self.tell_refused(refusal);
        }
        Err(match (refused.pop(), throttled) {
            (Some(last), _) => last.fact.into(),
            (None, Some(error)) => error.into(),
            (None, None) => LoginError::NoSuchUser.into(),
        })
    }

    /// Returns whether new users may log in at once: where no address must be proved first.
    pub fn may_log_in_at_once(&self) -> bool {
        !self.is_verification_on() || !self.parts.login.require_verified
    }

    /// Begins a session for a user who has just registered. Returns `None` where an address must be proved first, and
    /// if the user was disabled or the password was changed meanwhile.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn log_in_registered(
        &self,
        registered: &Registered,
        client: Client,
    ) -> Result<Option<LoggedIn>, ServiceError> {
        if !self.may_log_in_at_once() {
            return Ok(None);
        }
        let password_hash = Some(registered.password_hash.clone());
        Ok(self.begin_session(registered.id.clone(), password_hash, client, None).await?)
    }

    async fn log_in_as(
        &self,
        user: Option<User>,
        subject: Subject,
        password: Password,
        client: Client,
    ) -> Result<LoggedIn, Failure<RefusedLogin>> {
        let payment = self.pay_for_guess(Operation::LogIn, &subject, client.network).await?;
        match self.check_and_begin(user, password, client, payment.restitution()).await {
            Ok(session) => {
                payment.keep();
                Ok(session)
            }
            Err(Failure::Refused(refusal)) if refusal.fact.is_wrong_guess() => {
                payment.charge().await?;
                Err(refusal.into())
            }
            Err(error) => {
                payment.give_back().await;
                Err(error)
            }
        }
    }

    async fn check_and_begin(
        &self,
        user: Option<User>,
        password: Password,
        client: Client,
        restitution: Option<Restitution>,
    ) -> Result<LoggedIn, Failure<RefusedLogin>> {
        let verdict = self.verify_password(user.as_ref(), password.clone()).await?;
        let user = judge_login(user, verdict)?;
        if self.parts.login.require_verified && user.verified_at.is_none() {
            return Err(RefusedLogin::of(Some(user), LoginError::Unverified).into());
        }
        let mut hash = user.password_hash.clone();
        if verdict == Verdict::MatchButOutdated {
            match self.rehash(&user.id, hash, password).await? {
                Some(stored) => hash = stored,
                None => return Err(RefusedLogin::of(Some(user), LoginError::Overtaken).into()),
            }
        }
        let begun = self.begin_session(user.id.clone(), Some(hash), client, restitution).await?;
        Ok(begun.ok_or_else(|| RefusedLogin::of(Some(user), LoginError::Overtaken))?)
    }

    /// Reports a failed login to the log and the hooks, and returns why it failed.
    pub(super) fn tell_refused(&self, refusal: &RefusedLogin) -> LoginError {
        self.tell(Event::LoginFailed(refusal.user.as_deref(), refusal.fact));
        refusal.fact
    }

    /// Replaces an outdated hash of the password. Returns the hash that is stored afterwards: the new one, or that of a
    /// login that was faster; `None` if the password was changed meanwhile.
    async fn rehash(
        &self,
        user_id: &UserId,
        outdated: Secret,
        password: Password,
    ) -> Result<Option<Secret>, ServiceError> {
        let fresh = self.parts.hasher.hash(password.clone()).await?;
        let fresh = Secret::new(fresh.as_str());
        if self.parts.store.rehash_password(user_id.clone(), outdated, fresh.clone()).await? {
            return Ok(Some(fresh));
        }
        // The password may also have been changed meanwhile, so the stored hash is checked again.
        let Some(user) = self.user_of_claim(user_id.as_str()).await? else { return Ok(None) };
        let verdict = self.verify_password(Some(&user), password).await?;
        Ok((verdict != Verdict::Mismatch).then_some(user.password_hash))
    }
}
