//! Sessions: begins, finds, lists and ends them.

use super::events::Event;
use super::session_token::{SessionToken, TokenDigits};
use super::{Accounts, Failure, ForContract, Refusal, ServiceError};
use crate::clock::{Seconds, Timestamp};
use crate::identity::{Network, UserId};
use crate::secret::Secret;
use crate::store::{
    Actor, Ending, NewSession, Restitution, Session, SessionKind, SessionOwner, SessionPage, StoreError, User,
};

/// Minimum time between two stored uses of a session, or a quarter of the allowed idle time if that is shorter.
const TOUCHED_EVERY: Seconds = Seconds::new(60);
/// Maximum number of stored characters of a user agent.
const USER_AGENT_CHARACTERS: usize = 200;

/// The client of a request. Users recognise their devices by it.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The name that the client gives itself.
    pub user_agent: String,
    /// Its address.
    pub address: String,
    /// Its network, in which its address may change. Attempts are counted by network. `None` if it is not known.
    pub network: Option<Network>,
}

/// A session that has just begun.
#[derive(Debug)]
pub struct LoggedIn {
    /// The token that the client sends from now on.
    pub token: SessionToken,
    /// The user of the session.
    pub user_id: UserId,
    /// The public id of the session.
    pub session_id: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// How long the session lasts, however much it is used.
    pub expires_after: Seconds,
}

/// A user who is logged in.
#[derive(Clone, Debug)]
pub struct Authenticated {
    /// The user.
    pub user: User,
    /// The id of the session.
    pub session_id: String,
}

impl Authenticated {
    /// Returns the user and the session on whose behalf the store works.
    pub(super) fn actor(&self) -> Actor {
        Actor { user_id: self.user.id.clone(), session_id: self.session_id.clone() }
    }
}

/// Why sessions were not ended.
#[derive(Debug, thiserror::Error)]
pub enum EndSessionsError {
    /// The user's session has ended meanwhile.
    #[error("the session has ended")]
    LoggedOut,
}

impl Refusal for EndSessionsError {}

impl Accounts {
    /// Finds the user of a token, if its session has not ended, and stores that the session was used.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn authenticate(&self, token: &SessionToken) -> Result<Option<Authenticated>, ServiceError> {
        let now = self.parts.clock.now();
        let Some(found) = self.parts.store.find_session(token.digest()).await? else { return Ok(None) };
        if !self.is_live(&found, now) {
            return Ok(None);
        }
        Ok(Some(self.used(found, now).await?))
    }

    /// Returns whether a session that is stored has not ended.
    pub(super) fn is_live(&self, session: &SessionOwner, now: Timestamp) -> bool {
        let idle_for = now.since(session.last_used_at);
        let is_over = now >= session.expires_at || idle_for >= self.parts.sessions.idle_after;
        !is_over && session.user.disabled_at.is_none()
    }

    /// Stores that a live session is used now.
    pub(super) async fn used(&self, session: SessionOwner, now: Timestamp) -> Result<Authenticated, StoreError> {
        let SessionOwner { user, session_id, last_used_at, .. } = session;
        // A session in use must not end because its use was not stored.
        let touched_every = TOUCHED_EVERY.min(Seconds::new(self.parts.sessions.idle_after.get() / 4));
        if now.since(last_used_at) >= touched_every {
            self.parts.store.touch_session(session_id.clone(), now, now.minus(touched_every)).await?;
        }
        Ok(Authenticated { user, session_id })
    }

    /// Ends the present session, or all sessions of its user.
    ///
    /// # Errors
    ///
    /// Each [`EndSessionsError`].
    pub async fn log_out(&self, who: &Authenticated, extent: LogOut) -> Result<(), Failure<EndSessionsError>> {
        let ending = match extent {
            LogOut::ThisSession => Ending::One(who.session_id.clone()),
            LogOut::Everywhere => Ending::All,
        };
        self.end_sessions(who, ending).await.map(|_| ())
    }

    /// Lists a page of the sessions of a user that have not ended, newest first.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_sessions(&self, who: &Authenticated, page: SessionPage) -> Result<Vec<Session>, ServiceError> {
        let now = self.parts.clock.now();
        let unused_since = now.minus(self.parts.sessions.idle_after);
        Ok(self.parts.store.list_live_sessions(who.user.id.clone(), now, unused_since, page).await?)
    }

    /// Ends one session of the user. Returns whether there was one with that id.
    ///
    /// # Errors
    ///
    /// Each [`EndSessionsError`].
    pub async fn end_session(&self, who: &Authenticated, id: String) -> Result<bool, Failure<EndSessionsError>> {
        Ok(self.end_sessions(who, Ending::One(id)).await? == 1)
    }

    /// Ends all sessions of the user except the present one. Returns how many.
    ///
    /// # Errors
    ///
    /// Each [`EndSessionsError`].
    pub async fn end_other_sessions(&self, who: &Authenticated) -> Result<usize, Failure<EndSessionsError>> {
        self.end_sessions(who, Ending::Others).await
    }

    async fn end_sessions(&self, who: &Authenticated, ending: Ending) -> Result<usize, Failure<EndSessionsError>> {
        let (actor, user_id) = (who.actor(), who.user.id.clone());
        let ended = self.to_the_end(|accounts| async move {
            let ended = accounts.parts.store.end_sessions(actor, ending).await;
            if let Ok(Some(ended @ 1..)) = ended {
                accounts.tell(Event::SessionsEnded(&user_id, ended));
            }
            ended
        });
        Ok(ended.await?.ok_or(EndSessionsError::LoggedOut)?)
    }

    /// Begins a session. Returns `None` if the user was disabled or the password was changed meanwhile.
    pub(super) async fn begin_session(
        &self,
        user_id: UserId,
        password_hash: Option<Secret>,
        client: Client,
        restitution: Option<Restitution>,
    ) -> Result<Option<LoggedIn>, StoreError> {
        let (session, begun) = self.new_session(user_id.clone(), self.contract, client);
        let is_begun = self.to_the_end(|accounts| async move {
            let begun = accounts.store_after_hash().create_session(session, password_hash, restitution).await;
            if matches!(begun, Ok(true)) {
                accounts.tell(Event::LoggedIn(&user_id));
            }
            begun
        });
        Ok(is_begun.await?.then_some(begun))
    }

    /// Begins another session for a logged-in user, where a contract answers with a new token without a login.
    /// Returns `None` if the present session has ended. It is no login of its own, and reported as none.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn begin_another_session(
        &self,
        who: &Authenticated,
        client: Client,
    ) -> Result<Option<LoggedIn>, ServiceError> {
        let (session, begun) = self.new_session(who.user.id.clone(), self.contract, client);
        Ok(self.parts.store.create_session_as(who.actor(), session).await?.then_some(begun))
    }

    /// Begins another session for the user of a live one, to be kept in a cookie. Returns `None` if that one has ended.
    /// It is no login of its own, and reported as none.
    pub(super) async fn begin_session_beside(
        &self,
        login: Actor,
        client: Client,
    ) -> Result<Option<LoggedIn>, StoreError> {
        let cookie = ForContract { token_digits: TokenDigits::Forty, ..ForContract::default() };
        let (session, begun) = self.new_session(login.user_id.clone(), cookie, client);
        Ok(self.parts.store.create_session_as(login, session).await?.then_some(begun))
    }

    /// Returns a new session as it is stored, and as its client gets it.
    pub(super) fn new_session(&self, user_id: UserId, contract: ForContract, client: Client) -> (NewSession, LoggedIn) {
        let now = self.parts.clock.now();
        let token = SessionToken::generate(contract.token_digits);
        let (kind, of_kind) = match contract.token_digits {
            TokenDigits::ThirtyTwo => (SessionKind::Jwt, self.parts.jwt.refresh_expires_after),
            TokenDigits::Forty | TokenDigits::SixtyFour => (SessionKind::Token, self.parts.sessions.expires_after),
        };
        let expires_after = contract.longest_session.unwrap_or(of_kind).min(self.parts.sessions.expires_after);
        let session_id = UserId::generate(now).to_string();
        let session = NewSession {
            kind,
            digest: token.digest(),
            id: session_id.clone(),
            user_id: user_id.clone(),
            created_at: now,
            expires_at: now.plus(expires_after),
            user_agent: client.user_agent.chars().take(USER_AGENT_CHARACTERS).collect(),
            address: client.address,
            most: self.parts.sessions.max_per_user,
        };
        (session, LoggedIn { token, user_id, session_id, begun_at: now, expires_after })
    }
}

/// The sessions that a logout ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogOut {
    /// The session of the request.
    ThisSession,
    /// All sessions of the user.
    Everywhere,
}
