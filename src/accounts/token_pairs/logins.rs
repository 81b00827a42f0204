//! Logins that are answered with a pair of JSON Web Tokens.

use super::{Login, TokenPair, TokenPairs};
use crate::accounts::sessions::{Client, LoggedIn};
use crate::accounts::{
    Authenticated, AuthorizationError, Failure, FirstUse, LoginError, OpenAuthorization, ProviderLoginError,
    Registered, ServiceError, TypedName,
};
use crate::passwords::Password;
use crate::providers::{Proof, Provider};
use crate::store::Actor;

impl TokenPairs {
    /// Logs a user in as [`Accounts::log_in`] does.
    ///
    /// [`Accounts::log_in`]: crate::accounts::Accounts::log_in
    ///
    /// # Errors
    ///
    /// Each [`LoginError`].
    pub async fn log_in(
        &self,
        typed: TypedName<'_>,
        password: Password,
        client: Client,
    ) -> Result<TokenPair, Failure<LoginError>> {
        Ok(self.pair_of(&self.accounts.log_in(typed, password, client).await?))
    }

    /// Logs in by a provider account as [`Accounts::log_in_by_provider`] does.
    ///
    /// [`Accounts::log_in_by_provider`]: crate::accounts::Accounts::log_in_by_provider
    ///
    /// # Errors
    ///
    /// Each [`ProviderLoginError`], and the service errors of that operation.
    pub async fn log_in_by_provider(
        &self,
        provider: &Provider,
        proof: Proof,
        client: Client,
    ) -> Result<TokenPair, Failure<ProviderLoginError>> {
        Ok(self.pair_of(&self.accounts.log_in_by_provider(provider, proof, client).await?))
    }

    /// Logs in by an authorization, as [`Accounts::finish_login`] does.
    ///
    /// [`Accounts::finish_login`]: crate::accounts::Accounts::finish_login
    ///
    /// # Errors
    ///
    /// Each [`AuthorizationError`], and the service errors of that operation.
    pub async fn finish_login(
        &self,
        open: OpenAuthorization,
        client: Client,
    ) -> Result<TokenPair, Failure<AuthorizationError>> {
        Ok(self.pair_of(&self.accounts.finish_login(open, client).await?))
    }

    /// Logs in a user whom a registration link has just verified, as [`Accounts::log_in_verified`] does.
    ///
    /// [`Accounts::log_in_verified`]: crate::accounts::Accounts::log_in_verified
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn log_in_verified(&self, user: FirstUse, client: Client) -> Result<Option<TokenPair>, ServiceError> {
        Ok(self.accounts.log_in_verified(user, client).await?.map(|session| self.pair_of(&session)))
    }

    /// Logs in a user who has just registered, as [`Accounts::log_in_registered`] does.
    ///
    /// [`Accounts::log_in_registered`]: crate::accounts::Accounts::log_in_registered
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn log_in_registered(
        &self,
        registered: &Registered,
        client: Client,
    ) -> Result<Option<TokenPair>, ServiceError> {
        Ok(self.accounts.log_in_registered(registered, client).await?.map(|session| self.pair_of(&session)))
    }

    /// Begins another session for a logged-in user, as [`Accounts::begin_another_session`] does.
    ///
    /// [`Accounts::begin_another_session`]: crate::accounts::Accounts::begin_another_session
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn begin_another_session(
        &self,
        who: &Authenticated,
        client: Client,
    ) -> Result<Option<TokenPair>, ServiceError> {
        Ok(self.accounts.begin_another_session(who, client).await?.map(|session| self.pair_of(&session)))
    }

    fn pair_of(&self, session: &LoggedIn) -> TokenPair {
        let LoggedIn { token, user_id, session_id, begun_at, expires_after } = session;
        let ends_at = begun_at.plus(*expires_after);
        let login = Login { user_id, session_id, ends_at };
        let (access, access_expires_at) = self.access(login, *begun_at);
        TokenPair {
            access,
            access_expires_at,
            refresh: self.refresh_token(login, token, *begun_at),
            refresh_expires_at: ends_at,
            begun_at: *begun_at,
            user_id: user_id.clone(),
            session_id: session_id.clone(),
        }
    }

    /// Begins a second session of the login, whose token a cookie keeps. Returns `None` if the login has ended
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn begin_cookie_session(
        &self,
        pair: &TokenPair,
        client: Client,
    ) -> Result<Option<LoggedIn>, ServiceError> {
        let login = Actor { user_id: pair.user_id.clone(), session_id: pair.session_id.clone() };
        Ok(self.accounts.begin_session_beside(login, client).await?)
    }
}
