//! Logging in: a name and a password become a session.

mod error;

use super::budgets::{Operation, Subject};
use super::events::Event;
use super::{Accounts, Client, Failure, LoggedIn, ServiceError, TypedName};
use crate::identity::UserId;
use crate::passwords::{Password, Verdict};
use crate::secret::Secret;
use crate::store::{LoginName, NamedUsers, Restitution, User};

pub use error::LoginError;

/// Whose password it may be, and for whom each guess is counted.
///
/// One, but for an address that somebody has as username: it may be the owner of the address or that user, and is tried
/// for both. With the one or the other alone, a stranger who takes an address as username would learn whether it has an
/// owner, or keep its owner out.
fn candidates(found: NamedUsers, name: &LoginName, typed: &str) -> Vec<(Option<User>, Subject)> {
    let NamedUsers { by_address, by_username } = found;
    match (by_username, &name.username_key, &name.email_key) {
        (Some(named), Some(username_key), Some(_)) => {
            let subject = Subject::of_found(by_address.as_ref(), name, typed);
            let is_one_user = by_address.as_ref().is_some_and(|user| user.id == named.id);
            // Costs what two users do.
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
    /// Logs a user in: find, verify the password, begin a session. Unknown users cost what known ones do.
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
        let found = self.parts.store.find_by_login_name(name.clone(), self.email_sharing()).await?;
        let mut refused = None;
        for (user, subject) in candidates(found, &name, typed.text()) {
            match self.log_in_as(user, subject, password.clone(), client.clone()).await {
                // The other candidate may be meant.
                Err(Failure::Refused(fact)) if fact != LoginError::Unverified => refused = Some(fact.into()),
                Err(Failure::Service(throttled @ ServiceError::Throttled { .. })) => {
                    refused = refused.or(Some(throttled.into()));
                }
                done => return done,
            }
        }
        Err(refused.unwrap_or(LoginError::NoSuchUser.into()))
    }

    async fn log_in_as(
        &self,
        user: Option<User>,
        subject: Subject,
        password: Password,
        client: Client,
    ) -> Result<LoggedIn, Failure<LoginError>> {
        let payment = self.pay_for_guess(Operation::LogIn, &subject, client.network).await?;
        match self.check_and_begin(user, password, client, payment.restitution()).await {
            Ok(session) => {
                payment.keep();
                Ok(session)
            }
            Err(Failure::Refused(fact)) if fact.is_wrong_guess() => {
                payment.charge().await?;
                Err(fact.into())
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
    ) -> Result<LoggedIn, Failure<LoginError>> {
        let verdict = self.verify_password(user.as_ref(), password.clone()).await?;
        let user = self.judge_login(user, verdict)?;
        if self.parts.login.require_verified && user.verified_at.is_none() {
            self.tell(Event::LoginFailed(Some(&user), LoginError::Unverified));
            return Err(LoginError::Unverified.into());
        }
        let mut hash = user.password_hash;
        if verdict == Verdict::MatchButOutdated {
            hash = self.rehash(&user.id, hash, password).await?;
        }
        let begun = self.begin_session(user.id, Some(hash), client, restitution).await?;
        Ok(begun.ok_or(LoginError::Overtaken)?)
    }

    /// Returns the user whose password this is, unless disabled. Otherwise the log and the hooks hear of a failed login.
    pub(super) fn judge_login(&self, user: Option<User>, verdict: Verdict) -> Result<User, LoginError> {
        let (user, fact) = match (user, verdict) {
            (None, _) => (None, LoginError::NoSuchUser),
            (Some(user), Verdict::Mismatch) => (Some(user), LoginError::WrongPassword),
            (Some(user), _) if user.disabled_at.is_some() => (Some(user), LoginError::Disabled),
            (Some(user), _) => return Ok(user),
        };
        self.tell(Event::LoginFailed(user.as_ref(), fact));
        Err(fact)
    }

    /// Replaces an outdated hash of the password, and gives the one that is stored from now on: ours, or that of a
    /// login which was quicker.
    async fn rehash(
        &self,
        user_id: &UserId,
        outdated: Secret,
        password: Password,
    ) -> Result<Secret, Failure<LoginError>> {
        let fresh = self.parts.hasher.hash(password.clone()).await?;
        let fresh = Secret::new(fresh.as_str());
        if self.parts.store.rehash_password(user_id.clone(), outdated, fresh.clone()).await? {
            return Ok(fresh);
        }
        // It may also be that the password has been changed since: only what is stored now can tell.
        let user = self.user_of_claim(user_id.as_str()).await?.ok_or(LoginError::Overtaken)?;
        match self.verify_password(Some(&user), password).await? {
            Verdict::Match | Verdict::MatchButOutdated => Ok(user.password_hash),
            Verdict::Mismatch => Err(LoginError::Overtaken.into()),
        }
    }
}
