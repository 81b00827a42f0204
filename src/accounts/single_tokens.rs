//! Logins with one JSON Web Token, as drf-jwt gave them: it says who the user is, and nothing renews it.
//!
//! Such a login is a session like any other, which the token names and which ends with it. [`TokenPairs`] verifies these
//! tokens as it does access tokens.
//!
//! [`TokenPairs`]: super::TokenPairs

use std::sync::Arc;

use super::provider_logins::ProviderLoginError;
use super::session_token::TokenDigits;
use super::sessions::{Client, LoggedIn};
use super::{Accounts, Authenticated, Failure, ForContract, LoginError, Registered, ServiceError, TypedName, User};
use crate::clock::{Seconds, Timestamp};
use crate::passwords::Password;
use crate::providers::{Proof as ProviderProof, Provider};
use crate::secret::Secret;
use crate::store::Actor;
use crate::tokens::{NewSingleToken, TokenSigner};

/// The operations on single JSON Web Tokens. Clones share one state.
#[derive(Clone, Debug)]
pub struct SingleTokens {
    accounts: Accounts,
    signer: Arc<TokenSigner>,
}

/// What a login answers with.
#[derive(Debug)]
pub struct SingleToken {
    /// Proves the login.
    pub token: Secret,
    /// When the login began.
    pub begun_at: Timestamp,
    /// When the token expires, and the login with it.
    pub expires_at: Timestamp,
    /// The user who logged in.
    pub user: User,
    /// The public id of the session.
    pub session_id: String,
}

impl Accounts {
    /// Returns the operations on single JSON Web Tokens, whose logins last for `life` at most; `None` where no contract
    /// serves JSON Web Tokens.
    pub fn single_tokens(&self, life: Seconds) -> Option<SingleTokens> {
        let signer = Arc::clone(self.parts.tokens.as_ref()?);
        // The id is given to no client: the session is found by the public id that the token names.
        let token_digits = TokenDigits::ThirtyTwo;
        let contract = ForContract { token_digits, longest_session: Some(life), ..self.contract };
        Some(SingleTokens { accounts: self.for_contract(contract), signer })
    }
}

impl SingleTokens {
    /// Logs a user in as [`Accounts::log_in`] does.
    ///
    /// # Errors
    ///
    /// Each [`LoginError`].
    pub async fn log_in(
        &self,
        typed: TypedName<'_>,
        password: Password,
        client: Client,
    ) -> Result<SingleToken, Failure<LoginError>> {
        let session = self.accounts.log_in(typed, password, client).await?;
        // The user may have been deleted meanwhile.
        Ok(self.token_of(&session).await?.ok_or(LoginError::NoSuchUser)?)
    }

    /// Logs in by a provider account as [`Accounts::log_in_by_provider`] does.
    ///
    /// # Errors
    ///
    /// Each [`ProviderLoginError`], and the service errors of that operation.
    pub async fn log_in_by_provider(
        &self,
        provider: &Provider,
        proof: ProviderProof,
        client: Client,
    ) -> Result<SingleToken, Failure<ProviderLoginError>> {
        let session = self.accounts.log_in_by_provider(provider, proof, client).await?;
        // The user may have been deleted meanwhile.
        Ok(self.token_of(&session).await?.ok_or(ProviderLoginError::Overtaken)?)
    }

    /// Begins another session for a logged-in user, as [`Accounts::begin_another_session`] does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn begin_another_session(
        &self,
        who: &Authenticated,
        client: Client,
    ) -> Result<Option<SingleToken>, ServiceError> {
        match self.accounts.begin_another_session(who, client).await? {
            Some(session) => self.token_of(&session).await,
            None => Ok(None),
        }
    }

    /// Logs in a user who has just registered, as [`Accounts::log_in_registered`] does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn log_in_registered(
        &self,
        registered: &Registered,
        client: Client,
    ) -> Result<Option<SingleToken>, ServiceError> {
        match self.accounts.log_in_registered(registered, client).await? {
            Some(session) => self.token_of(&session).await,
            None => Ok(None),
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
        token: &SingleToken,
        client: Client,
    ) -> Result<Option<LoggedIn>, ServiceError> {
        let login = Actor { user_id: token.user.id.clone(), session_id: token.session_id.clone() };
        Ok(self.accounts.begin_session_beside(login, client).await?)
    }

    /// Signs the token of a session. Returns `None` if its user has been deleted.
    async fn token_of(&self, session: &LoggedIn) -> Result<Option<SingleToken>, ServiceError> {
        let LoggedIn { user_id, session_id, begun_at, expires_after, .. } = session;
        let Some(user) = self.accounts.parts.store.find_user(user_id.clone()).await? else { return Ok(None) };
        let expires_at = begun_at.plus(*expires_after);
        let email = user.email.as_deref().unwrap_or_default();
        let token = self.signer.sign_single(NewSingleToken {
            expires_at,
            user_id: user.id.as_str(),
            // In Django, the username is whatever users log in by.
            username: user.username.as_deref().unwrap_or(email),
            email,
            session_id,
        });
        let token = Secret::new(token);
        Ok(Some(SingleToken { token, begun_at: *begun_at, expires_at, user, session_id: session_id.clone() }))
    }
}
