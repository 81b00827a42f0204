//! Refresh tokens that another system signed: users who moved here stay logged in.
//!
//! A token becomes a session at its first refresh. The session's digest is that of the token's id, so that the token is
//! afterwards like one of ours: it works until the session ends, or until it is replaced where refresh tokens are used
//! once. Its digest is stored as spent in the same transaction, so that it begins no second session.

use super::events::Event;
use super::old_links::SIGNED_AFTER_MOVE;
use super::session_token::digest_of;
use super::sessions::{Client, LogOut};
use super::token_pairs::{Presented, TokenError};
use super::{Accounts, Failure, ForContract, TokenDigits};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::store::{JwtSession, NewSession, OldToken, TokenStanding};
use crate::tokens::{TokenFault, TokenType};

impl Accounts {
    /// Exchanges a refresh token of another system for a session, or finds the session that it has become.
    ///
    /// # Errors
    ///
    /// [`TokenError::Refused`], [`TokenError::Ended`], [`TokenError::UserDisabled`] and [`TokenError::NoSuchUser`].
    pub(super) async fn exchange_old_token(
        &self,
        token: &str,
        client: impl FnOnce() -> Client,
        now: Timestamp,
    ) -> Result<Presented, Failure<TokenError>> {
        let token = self.old_token(token, now)?;
        match self.session_of(&token).await? {
            Some(session) => Ok(exchanged(session, token)),
            None => self.exchange(token, client(), now).await,
        }
    }

    /// Verifies a refresh token of another system. Changes nothing.
    ///
    /// # Errors
    ///
    /// [`TokenError::Refused`], [`TokenError::Ended`] and [`TokenError::Replaced`].
    pub(super) async fn verify_old_token(&self, token: &str, now: Timestamp) -> Result<(), Failure<TokenError>> {
        let token = self.old_token(token, now).map_err(|fault| match fault {
            // An access token, which is accepted nowhere.
            TokenFault::WrongType => TokenFault::Invalid,
            fault => fault,
        })?;
        let ended = TokenError::Ended(TokenType::Refresh);
        match self.session_of(&token).await? {
            Some(session) if !self.is_live(&session.owner, now) => Err(ended.into()),
            Some(session) if session.digest != token.digest => Err(TokenError::Replaced.into()),
            Some(_) => Ok(()),
            None => match self.parts.store.moved_token_standing(token).await? {
                TokenStanding::Good => Ok(()),
                _ => Err(ended.into()),
            },
        }
    }

    /// Revokes a refresh token of another system. Returns the session that must end in its place: the session
    /// that the token has become, or a new one if all sessions of its user shall end.
    ///
    /// # Errors
    ///
    /// As [`Accounts::exchange_old_token`].
    pub(super) async fn end_old_token(
        &self,
        token: &str,
        extent: LogOut,
        now: Timestamp,
    ) -> Result<Option<Presented>, Failure<TokenError>> {
        let token = self.old_token(token, now)?;
        if let Some(session) = self.session_of(&token).await? {
            return Ok(Some(exchanged(session, token)));
        }
        if extent == LogOut::Everywhere {
            return self.exchange(token, Client::default(), now).await.map(Some);
        }
        let revoked = self.to_the_end(|accounts| async move {
            let user_id = token.user_id.clone();
            let standing = accounts.parts.store.revoke_moved_token(token).await;
            if matches!(standing, Ok(TokenStanding::Good)) {
                accounts.tell(Event::OldTokenRevoked(&user_id));
            }
            standing
        });
        match refused(revoked.await?) {
            None => Ok(None),
            Some(fact) => Err(fact.into()),
        }
    }

    fn old_token(&self, token: &str, now: Timestamp) -> Result<OldToken, TokenFault> {
        let token = self.parts.old_tokens.as_ref().ok_or(TokenFault::Invalid)?.verify(token, now)?;
        // A login that began here at the move would have ended later than this.
        let longest_ago = now.minus(self.parts.sessions.expires_after);
        let signed_at = token.issued_at().unwrap_or(longest_ago);
        Ok(OldToken {
            digest: digest_of(token.id()),
            user_id: UserId::from_stored(token.user_id()),
            expires_at: token.expires_at(),
            moved_since: signed_at.minus(SIGNED_AFTER_MOVE).max(longest_ago),
            needs_verified: self.parts.login.require_verified,
        })
    }

    /// Returns the session that a token has become.
    async fn session_of(&self, token: &OldToken) -> Result<Option<JwtSession>, Failure<TokenError>> {
        let found = self.parts.store.find_jwt_session_begun_by(token.digest.clone()).await?;
        match found {
            Some(session) if session.owner.user.id != token.user_id => Err(TokenFault::Invalid.into()),
            found => Ok(found),
        }
    }

    async fn exchange(
        &self,
        token: OldToken,
        client: Client,
        now: Timestamp,
    ) -> Result<Presented, Failure<TokenError>> {
        let contract = ForContract { token_digits: TokenDigits::ThirtyTwo, ..self.contract };
        let (session, _) = self.new_session(token.user_id.clone(), contract, client);
        let last = now.plus(self.parts.sessions.expires_after);
        let session = NewSession { digest: token.digest.clone(), expires_at: token.expires_at.min(last), ..session };
        let begun = Presented {
            user_id: token.user_id.as_str().to_owned(),
            session_id: session.id.clone(),
            digest: token.digest.clone(),
        };
        let wanted = token.clone();
        let exchanging = self.to_the_end(|accounts| async move {
            let user_id = wanted.user_id.clone();
            let standing = accounts.parts.store.exchange_moved_token(wanted, session).await;
            if matches!(standing, Ok(TokenStanding::Good)) {
                accounts.tell(Event::OldTokenExchanged(&user_id));
            }
            standing
        });
        let Some(fact) = refused(exchanging.await?) else { return Ok(begun) };
        // Another request may have exchanged it in this moment.
        match self.session_of(&token).await? {
            Some(session) if fact == TokenError::Ended(TokenType::Refresh) => Ok(exchanged(session, token)),
            _ => Err(fact.into()),
        }
    }
}

fn exchanged(session: JwtSession, token: OldToken) -> Presented {
    let user_id = session.owner.user.id.as_str().to_owned();
    Presented { user_id, session_id: session.owner.session_id, digest: token.digest }
}

/// Returns why a token of this standing is refused.
fn refused(standing: TokenStanding) -> Option<TokenError> {
    match standing {
        TokenStanding::Good => None,
        TokenStanding::Spent | TokenStanding::Void => Some(TokenError::Ended(TokenType::Refresh)),
        TokenStanding::UserDisabled => Some(TokenError::UserDisabled),
        TokenStanding::NoSuchUser => Some(TokenError::NoSuchUser),
    }
}
