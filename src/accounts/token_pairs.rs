//! Logins with JSON Web Tokens: an access token for a few minutes, and a refresh token for new ones. The single tokens of
//! other logins are verified here as well.
//!
//! Such a login is a session like any other, whose digest is that of its current refresh token's id. All its tokens name
//! the session, which is read once for each request: they end with it.

mod answers;
mod error;
mod logins;
mod presented;

use std::sync::Arc;

use super::events::Event;
use super::session_token::{SessionToken, TokenDigits};
use super::sessions::{Authenticated, Client, EndSessionsError, LogOut};
use super::{Accounts, Failure, ForContract};
use crate::clock::{Seconds, Timestamp};
use crate::identity::UserId;
use crate::secret::Secret;
use crate::store::{JwtSession, Rotation, SessionOwner, StoreError};
use crate::tokens::{NewToken, TokenFault, TokenSigner, TokenType};

pub use answers::{Renewed, TokenPair};
pub use error::TokenError;
pub(super) use presented::Presented;
use presented::digest_of_id;

/// How long after its replacement a refresh token is only refused. Two tabs of a browser, or a client that repeats a
/// request, present it as well; later only a thief or the victim of one does (RFC 9700, 4.14.2).
const REPLAY_GRACE: Seconds = Seconds::new(10);

/// The operations on JSON Web Tokens. Clones share one state.
#[derive(Clone, Debug)]
pub struct TokenPairs {
    accounts: Accounts,
    signer: Arc<TokenSigner>,
}

impl Accounts {
    /// Returns the operations on JSON Web Tokens; `None` where no contract serves them.
    pub fn token_pairs(&self) -> Option<TokenPairs> {
        let signer = Arc::clone(self.parts.tokens.as_ref()?);
        let contract = ForContract { token_digits: TokenDigits::ThirtyTwo, longest_session: None, ..self.contract };
        Some(TokenPairs { accounts: self.for_contract(contract), signer })
    }
}

impl TokenPairs {
    /// Returns the public keys that verify the tokens, as a JSON Web Key Set. `None` where secrets sign them.
    pub fn public_key_set(&self) -> Option<String> {
        self.signer.public_key_set()
    }

    fn renewed(&self, login: Login<'_>, refresh: Option<Secret>, now: Timestamp) -> Renewed {
        let (access, access_expires_at) = self.access(login, now);
        Renewed { access, access_expires_at, refresh, refresh_expires_at: login.ends_at, signed_at: now }
    }

    /// Exchanges a refresh token for a new access token, and where the settings say so for a new refresh token.
    ///
    /// # Errors
    ///
    /// Each [`TokenError`]. A refresh token that was replaced before is [`TokenError::Replaced`]; if that was more than 10
    /// seconds ago, its session ends, and it is [`TokenError::Ended`].
    pub async fn refresh(&self, token: &str) -> Result<Renewed, Failure<TokenError>> {
        self.refresh_for(token, Client::default).await
    }

    /// Does the same as [`TokenPairs::refresh`]. `client` describes the client of the request: a refresh token of the
    /// system that users moved here from becomes a session of that client.
    ///
    /// # Errors
    ///
    /// As [`TokenPairs::refresh`].
    pub async fn refresh_for(
        &self,
        token: &str,
        client: impl FnOnce() -> Client,
    ) -> Result<Renewed, Failure<TokenError>> {
        let now = self.accounts.parts.clock.now();
        let presented = match self.presented(token, now) {
            Err(TokenFault::Invalid) => self.accounts.exchange_old_token(token, client, now).await?,
            presented => presented?,
        };
        if self.accounts.parts.jwt.rotate_refresh_tokens {
            return self.rotate(presented, now).await;
        }
        let Presented { user_id, session_id, digest } = presented;
        let session = self.live_session(TokenType::Refresh, &user_id, &session_id, now).await?;
        if session.digest != digest {
            return Err(self.replayed(session, digest, now).await);
        }
        let ends_at = session.owner.expires_at;
        let Authenticated { user, session_id } = self.accounts.used(session.owner, now).await?;
        let login = Login { user_id: &user.id, session_id: &session_id, ends_at };
        Ok(self.renewed(login, None, now))
    }

    /// Replaces a refresh token in one statement, which checks that its session lives. Only if it replaces nothing, the
    /// session is read to tell why.
    async fn rotate(&self, presented: Presented, now: Timestamp) -> Result<Renewed, Failure<TokenError>> {
        let Presented { user_id, session_id, digest } = presented;
        let parts = &self.accounts.parts;
        let id = SessionToken::generate(TokenDigits::ThirtyTwo);
        let rotation = Rotation {
            session_id: session_id.clone(),
            user_id: user_id.clone(),
            presented: digest.clone(),
            replacement: id.digest(),
            now,
            idle_since: now.minus(parts.sessions.idle_after),
            life: parts.sessions.expires_after,
            expires_at: now.plus(parts.jwt.refresh_expires_after),
        };
        let Some(ends_at) = parts.store.rotate_session(rotation).await? else {
            let session = self.live_session(TokenType::Refresh, &user_id, &session_id, now).await?;
            return Err(self.replayed(session, digest, now).await);
        };
        let user_id = UserId::from_stored(user_id);
        let login = Login { user_id: &user_id, session_id: &session_id, ends_at };
        Ok(self.renewed(login, Some(self.refresh_token(login, &id, now)), now))
    }

    /// Verifies a token of any type, for another service: its signature, its time, and that its session lives.
    /// Changes nothing.
    ///
    /// # Errors
    ///
    /// [`TokenError::Refused`], [`TokenError::Ended`], [`TokenError::Replaced`].
    pub async fn verify(&self, token: &str) -> Result<(), Failure<TokenError>> {
        let now = self.accounts.parts.clock.now();
        let claims = match self.signer.verify_any(token, now) {
            Err(TokenFault::Invalid) => return self.accounts.verify_old_token(token, now).await,
            claims => claims?,
        };
        let ended = TokenError::Ended(claims.kind());
        let session = self.accounts.parts.store.find_jwt_session(claims.session_id().to_owned()).await?.ok_or(ended)?;
        if session.owner.user.id.as_str() != claims.user_id() {
            return Err(TokenFault::Invalid.into());
        }
        if !self.accounts.is_live(&session.owner, now) {
            return Err(ended.into());
        }
        match claims.kind() {
            TokenType::Refresh if digest_of_id(&claims)? != session.digest => Err(TokenError::Replaced.into()),
            TokenType::Access | TokenType::Refresh | TokenType::Single => Ok(()),
        }
    }

    /// Ends the session of a refresh token, or all sessions of its user. So does a token that was replaced a moment ago:
    /// a client that refreshes and logs out at once must not stay logged in.
    ///
    /// # Errors
    ///
    /// As [`TokenPairs::refresh`], but not [`TokenError::Replaced`].
    pub async fn log_out(&self, token: &str, extent: LogOut) -> Result<(), Failure<TokenError>> {
        let now = self.accounts.parts.clock.now();
        let presented = match self.presented(token, now) {
            Err(TokenFault::Invalid) => match self.accounts.end_old_token(token, extent, now).await? {
                Some(begun) => begun,
                None => return Ok(()),
            },
            presented => presented?,
        };
        let Presented { user_id, session_id, digest } = presented;
        let session = self.live_session(TokenType::Refresh, &user_id, &session_id, now).await?;
        if session.digest != digest {
            let was_replaced = session.rotated_at.is_some();
            match self.end_if_replayed(session.owner.clone(), digest, now).await? {
                TokenError::Replaced if was_replaced => {}
                refused => return Err(refused.into()),
            }
        }
        let SessionOwner { user, session_id, .. } = session.owner;
        match self.accounts.log_out(&Authenticated { user, session_id }, extent).await {
            Ok(()) => Ok(()),
            Err(Failure::Refused(EndSessionsError::LoggedOut)) => Err(TokenError::Ended(TokenType::Refresh).into()),
            Err(Failure::Service(error)) => Err(error.into()),
        }
    }

    /// Finds the user of an access token or a single token, if its session has not ended, and stores that the session was used.
    ///
    /// # Errors
    ///
    /// Each [`TokenError`].
    pub async fn authenticate(&self, token: &str) -> Result<Authenticated, Failure<TokenError>> {
        let now = self.accounts.parts.clock.now();
        let claims = self.signer.verify_any(token, now)?;
        if claims.kind() == TokenType::Refresh {
            return Err(TokenFault::WrongType.into());
        }
        let session = self.live_session(claims.kind(), claims.user_id(), claims.session_id(), now).await?;
        Ok(self.accounts.used(session.owner, now).await?)
    }

    /// Verifies a refresh token, without the database.
    fn presented(&self, token: &str, now: Timestamp) -> Result<Presented, TokenFault> {
        let claims = self.signer.verify(token, TokenType::Refresh, now)?;
        let digest = digest_of_id(&claims)?;
        Ok(Presented { user_id: claims.user_id().to_owned(), session_id: claims.session_id().to_owned(), digest })
    }

    /// Reads the session of a token. Only if it has ended, the user is read to tell why.
    async fn live_session(
        &self,
        kind: TokenType,
        user_id: &str,
        session_id: &str,
        now: Timestamp,
    ) -> Result<JwtSession, Failure<TokenError>> {
        let store = &self.accounts.parts.store;
        let user = match store.find_jwt_session(session_id.to_owned()).await? {
            Some(session) if session.owner.user.id.as_str() != user_id => {
                return Err(TokenFault::Invalid.into());
            }
            Some(session) if self.accounts.is_live(&session.owner, now) => return Ok(session),
            Some(session) => Some(session.owner.user),
            None => store.find_user(UserId::from_stored(user_id)).await?,
        };
        let fact = match user {
            None => TokenError::NoSuchUser,
            Some(user) if user.disabled_at.is_some() => TokenError::UserDisabled,
            Some(_) => TokenError::Ended(kind),
        };
        Err(fact.into())
    }

    /// Ends the session of a refresh token that was replaced, unless that was just now. Returns the refusal.
    async fn replayed(&self, session: JwtSession, digest: String, now: Timestamp) -> Failure<TokenError> {
        self.end_if_replayed(session.owner, digest, now).await.map_or_else(Into::into, Into::into)
    }

    async fn end_if_replayed(
        &self,
        session: SessionOwner,
        digest: String,
        now: Timestamp,
    ) -> Result<TokenError, StoreError> {
        let SessionOwner { user, session_id, .. } = session;
        let (store, replaced_before, id) = (&self.accounts.parts.store, now.minus(REPLAY_GRACE), session_id.clone());
        let ended = self.accounts.to_the_end(|accounts| async move {
            let ended = accounts.parts.store.end_replayed_session(user.id.clone(), id, digest, replaced_before).await;
            if matches!(ended, Ok(true)) {
                accounts.tell(Event::RefreshTokenReplayed(&user.id));
            }
            ended
        });
        if ended.await? {
            return Ok(TokenError::Ended(TokenType::Refresh));
        }
        // Another request may have ended it in this moment.
        let lives = store.find_jwt_session(session_id).await?.is_some();
        Ok(if lives { TokenError::Replaced } else { TokenError::Ended(TokenType::Refresh) })
    }

    /// Returns a new access token, and when it expires.
    fn access(&self, login: Login<'_>, now: Timestamp) -> (Secret, Timestamp) {
        let id = SessionToken::generate(TokenDigits::ThirtyTwo);
        let expires_at = now.plus(self.accounts.parts.jwt.access_expires_after).min(login.ends_at);
        (self.sign(TokenType::Access, login, &id, now, expires_at), expires_at)
    }

    fn refresh_token(&self, login: Login<'_>, id: &SessionToken, now: Timestamp) -> Secret {
        self.sign(TokenType::Refresh, login, id, now, login.ends_at)
    }

    fn sign(
        &self,
        kind: TokenType,
        login: Login<'_>,
        id: &SessionToken,
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> Secret {
        let Login { user_id, session_id, .. } = login;
        let user_id = user_id.as_str();
        let token = NewToken { kind, issued_at, expires_at, id: id.expose(), user_id, session_id };
        Secret::new(self.signer.sign(token))
    }
}

/// The session that tokens are signed for.
#[derive(Clone, Copy)]
struct Login<'a> {
    user_id: &'a UserId,
    session_id: &'a str,
    ends_at: Timestamp,
}
