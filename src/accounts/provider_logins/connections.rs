//! Connects provider accounts to a logged-in user, lists and disconnects them.

use super::authorization::{OpenAuthorization, settle};
use super::{AuthorizationError, ProviderLoginError};
use crate::accounts::events::Event;
use crate::accounts::{Accounts, Administration, Authenticated, Failure, Refusal, ServiceError};
use crate::identity::UserId;
use crate::providers::{Proof, Provider};
use crate::store::{ConnectOutcome, DisconnectOutcome, MailKind, ProviderAccount};

/// Why a provider account was not connected.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The browser is not believed, or the provider refuses.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// Another user has the provider account, and keeps it: one who is verified or disabled; or any, if this user is
    /// unverified.
    #[error("another user has the provider account")]
    OfAnother,
    /// The user has 100 provider accounts.
    #[error("the user has too many provider accounts")]
    TooMany,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for ConnectError {}

/// Why a provider account was not disconnected.
#[derive(Debug, thiserror::Error)]
pub enum DisconnectError {
    /// The user has none with that id.
    #[error("the user has no such provider account")]
    NoSuchAccount,
    /// The user has no password and no other account of a provider that is set. A password is set by a reset link.
    #[error("the user could not log in any more")]
    LastWayIn,
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for DisconnectError {}

impl Accounts {
    /// Connects the provider account that `proof` belongs to, and sends a notice. A verified user takes it from a user
    /// who is unverified; it is never taken from a verified one.
    ///
    /// # Errors
    ///
    /// Each [`ConnectError`]; [`ServiceError::ProviderUnavailable`] while the provider does not answer.
    pub async fn connect_provider(
        &self,
        who: &Authenticated,
        provider: &Provider,
        proof: Proof,
    ) -> Result<(), Failure<ConnectError>> {
        let told = |fact: ProviderLoginError| ConnectError::Authorization(AuthorizationError::Login(fact));
        let identified = self.identify(provider, proof).await;
        let someone = identified.map_err(|failure| match failure {
            Failure::Refused(fact) => self.refused_connection(who, provider, told(fact)),
            Failure::Service(error) => error.into(),
        })?;
        let account = self.new_provider_account(&someone);
        let notice = self.notice(MailKind::ProviderConnected, &who.user);
        let (actor, id) = (who.actor(), who.user.id.clone());
        let connected = self.to_the_end(|accounts| async move {
            let connected = accounts.parts.store.connect_provider_account(actor, account, notice).await;
            if let Ok(ConnectOutcome::Connected(before)) = &connected {
                accounts.parts.new_mail.notify_one();
                accounts.tell_of_connection(&id, before.as_ref(), someone.provider.name());
            }
            connected
        });
        match connected.await? {
            ConnectOutcome::Connected(_) | ConnectOutcome::AlreadyOwn => Ok(()),
            ConnectOutcome::OfAnother => Err(self.refused_connection(who, provider, ConnectError::OfAnother)),
            ConnectOutcome::TooMany => Err(self.refused_connection(who, provider, ConnectError::TooMany)),
            ConnectOutcome::LoggedOut => Err(ConnectError::LoggedOut.into()),
        }
    }

    /// Reports that a provider account was connected, and that the unverified user `before` has it no longer.
    pub(super) fn tell_of_connection(&self, id: &UserId, before: Option<&UserId>, provider: &str) {
        if let Some(before) = before {
            self.tell(Event::ProviderDisconnected { id: before, provider });
        }
        self.tell(Event::ProviderConnected { id, provider });
    }

    fn refused_connection(
        &self,
        who: &Authenticated,
        provider: &Provider,
        fact: ConnectError,
    ) -> Failure<ConnectError> {
        self.tell(Event::ProviderNotConnected { id: &who.user.id, provider: provider.name(), reason: &fact });
        fact.into()
    }

    /// Connects by an authorization, which this user has begun. Each is used once.
    ///
    /// # Errors
    ///
    /// Each [`ConnectError`]; [`ServiceError::ProviderUnavailable`] while the provider does not answer.
    pub async fn finish_connection(
        &self,
        who: &Authenticated,
        open: OpenAuthorization,
    ) -> Result<(), Failure<ConnectError>> {
        if !open.connects_for(who) {
            let refused = self.refused_state(&open.provider, AuthorizationError::StateForged);
            return Err(ConnectError::Authorization(refused).into());
        }
        let provider = open.provider.clone();
        let used = self.use_up(open).await;
        let (proof, used) = used.map_err(|failure| failure.map(ConnectError::Authorization))?;
        let outcome = self.connect_provider(who, &provider, proof).await;
        settle(used, &outcome).await;
        outcome
    }

    /// Lists the provider accounts of a user, in the order in which they were connected.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_provider_accounts(&self, who: &Authenticated) -> Result<Vec<ProviderAccount>, ServiceError> {
        Ok(self.parts.store.list_provider_accounts(who.user.id.clone()).await?)
    }

    /// Disconnects a provider account of the user, and sends a notice.
    ///
    /// # Errors
    ///
    /// Each [`DisconnectError`]; nothing is changed then.
    pub async fn disconnect_provider(&self, who: &Authenticated, id: String) -> Result<(), Failure<DisconnectError>> {
        let notice = self.notice(MailKind::ProviderDisconnected, &who.user);
        let (actor, user_id) = (who.actor(), who.user.id.clone());
        let providers = self.providers().iter().map(|provider| provider.name().to_owned()).collect();
        let disconnected = self.to_the_end(|accounts| async move {
            let disconnected = accounts.parts.store.disconnect_provider_account(actor, id, providers, notice).await;
            if let Ok(DisconnectOutcome::Disconnected(provider)) = &disconnected {
                accounts.parts.new_mail.notify_one();
                accounts.tell(Event::ProviderDisconnected { id: &user_id, provider });
            }
            disconnected
        });
        match disconnected.await? {
            DisconnectOutcome::Disconnected(_) => Ok(()),
            DisconnectOutcome::NoSuchAccount => Err(DisconnectError::NoSuchAccount.into()),
            DisconnectOutcome::LastWayIn => Err(DisconnectError::LastWayIn.into()),
            DisconnectOutcome::LoggedOut => Err(DisconnectError::LoggedOut.into()),
        }
    }
}

impl Administration {
    /// Lists the provider accounts of a user, in the order in which they were connected.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_provider_accounts(&self, id: &UserId) -> Result<Vec<ProviderAccount>, ServiceError> {
        Ok(self.store.list_provider_accounts(id.clone()).await?)
    }

    /// Disconnects a provider account of a user, even if the user cannot log in any more. The sessions go on. Returns
    /// whether the user has one with that id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn disconnect_provider(&self, id: &UserId, account_id: String) -> Result<bool, ServiceError> {
        let id = id.clone();
        let disconnected = self.to_the_end(|administration| async move {
            let provider = administration.store.disconnect_provider_account_of(id.clone(), account_id).await;
            if let Ok(Some(provider)) = &provider {
                administration.events.tell(Event::ProviderDisconnected { id: &id, provider });
            }
            provider
        });
        Ok(disconnected.await?.is_some())
    }
}
