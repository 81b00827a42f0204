//! Logins by accounts at identity providers.
//!
//! `providers` tells whose account a proof belongs to; the operations here decide which user that is. A provider account
//! that no user has makes a new user, and it joins a user who is there already only where the operator has allowed it
//! for that provider. It is never taken from a verified user; an unverified one loses it to a verified one who has it
//! too.

mod authorization;
mod connections;
mod error;
mod first_login;
mod identified;

pub use authorization::{AuthorizationError, Begun, OpenAuthorization, Returned};
pub use connections::{ConnectError, DisconnectError};
pub use error::{NoEmail, ProviderLoginError};

use super::events::Event;
use super::{Accounts, Client, Failure, LoggedIn, ServiceError};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::providers::{Proof, Provider, Providers};
use crate::store::{NewProviderAccount, User, VerifyOutcome};
use error::refused_by;
use identified::{Identified, Known};

impl Accounts {
    /// Returns the identity providers by which users may log in.
    pub fn providers(&self) -> &Providers {
        &self.parts.providers
    }

    /// Logs in the user of the provider account that `proof` belongs to. The first login by it creates the user.
    ///
    /// # Errors
    ///
    /// Each [`ProviderLoginError`]. [`ServiceError::ProviderUnavailable`] while the provider does not answer.
    pub async fn log_in_by_provider(
        &self,
        provider: &Provider,
        proof: Proof,
        client: Client,
    ) -> Result<LoggedIn, Failure<ProviderLoginError>> {
        let identified = self.identify(provider, proof).await;
        let someone = identified.map_err(|failure| self.report_failed_login(provider, None, failure))?;
        // The code is used up, and a client that goes away cannot repeat the request.
        self.to_the_end(|accounts| async move { accounts.log_in_identified(&someone, client).await }).await
    }

    async fn log_in_identified(
        &self,
        someone: &Identified,
        client: Client,
    ) -> Result<LoggedIn, Failure<ProviderLoginError>> {
        let report = |id: Option<&UserId>, failure| self.report_failed_login(&someone.provider, id, failure);
        let known = match self.find_known(someone).await? {
            Some(known) if !self.is_made_anew(someone, &known.user) => known,
            found => {
                let mistaken = found.map(|known| known.user.id);
                self.first_login(someone, mistaken).await.map_err(|failure| report(None, failure))?
            }
        };
        let id = known.user.id.clone();
        let admitted = self.admit(someone, known).await.map_err(|failure| report(Some(&id), failure))?;
        let begun = self.begin_provider_session(someone, admitted, client).await;
        begun.map_err(|failure| report(Some(&id), failure))
    }

    /// Reports a failed login if it was refused, and returns it. `id` is the user whose provider account it is.
    pub(super) fn report_failed_login(
        &self,
        provider: &Provider,
        id: Option<&UserId>,
        failure: Failure<ProviderLoginError>,
    ) -> Failure<ProviderLoginError> {
        if let Failure::Refused(fact) = &failure {
            self.tell(Event::ProviderLoginFailed { id, provider: provider.name(), fact });
        }
        failure
    }

    /// Asks the provider whose account a proof belongs to.
    async fn identify(&self, provider: &Provider, proof: Proof) -> Result<Identified, Failure<ProviderLoginError>> {
        let identity = provider.identify(proof).await.map_err(|error| refused_by(provider, error))?;
        Ok(Identified { provider: provider.clone(), identity })
    }

    async fn find_known(&self, someone: &Identified) -> Result<Option<Known>, ServiceError> {
        let (provider, subject) = (someone.provider.name().to_owned(), someone.identity.subject.clone());
        let found = self.parts.store.find_by_provider_account(provider, subject).await?;
        Ok(found.map(|(account_id, user)| Known { account_id, user }))
    }

    /// Returns the user who may log in. An address that the provider has verified needs no link. If it verifies the
    /// address of another user's account, the login is that user's where the operator allows it.
    async fn admit(&self, someone: &Identified, known: Known) -> Result<Known, Failure<ProviderLoginError>> {
        if known.user.disabled_at.is_some() {
            return Err(ProviderLoginError::Disabled.into());
        }
        if known.user.verified_at.is_some() {
            return Ok(known);
        }
        match self.verify_by_provider(someone, &known.user).await? {
            Some(VerifyOutcome::Verified | VerifyOutcome::AlreadyVerified) => Ok(known),
            Some(VerifyOutcome::EmailTaken) if self.is_joined(someone).await? => {
                let owner = self.found_again(someone).await?;
                if owner.user.disabled_at.is_some() { Err(ProviderLoginError::Disabled.into()) } else { Ok(owner) }
            }
            _ if self.may_log_in_at_once() => Ok(known),
            // The provider vouches for its user, who may know it, as at a first login.
            Some(VerifyOutcome::EmailTaken) => Err(ProviderLoginError::EmailTaken.into()),
            _ => Err(ProviderLoginError::Unverified.into()),
        }
    }

    /// Verifies a user whose own address the provider has verified. Returns what came of it; `None` where the provider
    /// vouches for no address.
    async fn verify_by_provider(
        &self,
        someone: &Identified,
        user: &User,
    ) -> Result<Option<VerifyOutcome>, ServiceError> {
        let Some(email) = someone.proved_email() else { return Ok(None) };
        let (now, welcome) = (self.parts.clock.now(), self.welcome(&user.id));
        let (id, email) = (user.id.clone(), email.clone());
        let outcome = self.parts.store.verify_email_of(id, email, now, self.email_sharing(), welcome).await?;
        if outcome == VerifyOutcome::Verified {
            self.parts.new_mail.notify_one();
            self.tell_of_activation(&user.id).await;
        }
        Ok(Some(outcome))
    }

    async fn begin_provider_session(
        &self,
        someone: &Identified,
        known: Known,
        client: Client,
    ) -> Result<LoggedIn, Failure<ProviderLoginError>> {
        let user_id = known.user.id;
        let (session, begun) = self.new_session(user_id.clone(), self.contract, client);
        if !self.parts.store.create_session_by_provider(session, known.account_id).await? {
            return Err(ProviderLoginError::Overtaken.into());
        }
        self.tell(Event::LoggedInByProvider { id: &user_id, provider: someone.provider.name() });
        Ok(begun)
    }

    fn new_provider_account(&self, someone: &Identified) -> NewProviderAccount {
        new_provider_account(someone, self.parts.clock.now())
    }
}

fn new_provider_account(someone: &Identified, created_at: Timestamp) -> NewProviderAccount {
    NewProviderAccount {
        id: UserId::generate(created_at).to_string(),
        provider: someone.provider.name().to_owned(),
        subject: someone.identity.subject.clone(),
        created_at,
        proved_email: someone.proved_email().cloned(),
    }
}
