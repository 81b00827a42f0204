//! Refresh tokens that another system signed. Each can be exchanged for a session once.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::schema::{moved_tokens, moved_users, users as user_rows};
use super::sessions::{self, NewSession};
use super::users;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::identity::UserId;

/// A refresh token of another system.
#[derive(Clone, Debug)]
pub struct OldToken {
    /// SHA-256 of its id, in hex.
    pub digest: String,
    /// Its user.
    pub user_id: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// It is good only for a user who moved here at this moment or later.
    pub moved_since: Timestamp,
    /// Whether it is good only for a user who was verified at the move: the other system gave none to others.
    pub needs_verified: bool,
}

/// What a refresh token of another system is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStanding {
    /// It may be exchanged.
    Good,
    /// It was revoked, or exchanged before.
    Spent,
    /// Its user did not move here, or too long ago, or was not verified then, or something has voided the user's old
    /// tokens since.
    Void,
    /// Its user is disabled.
    UserDisabled,
    /// Its user has been deleted.
    NoSuchUser,
}

impl Store {
    /// Returns what a token is worth, and changes nothing.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn moved_token_standing(&self, token: OldToken) -> Result<TokenStanding, StoreError> {
        self.lanes.read(move |connection| standing(connection, &token)).await
    }

    /// Exchanges a token that is good for a session. It is no login of its own. Returns what the token was worth; of
    /// several concurrent exchanges, one finds it good.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn exchange_moved_token(
        &self,
        token: OldToken,
        session: NewSession,
    ) -> Result<TokenStanding, StoreError> {
        self.lanes
            .write(move |connection| {
                let standing = spend(connection, &token)?;
                if standing == TokenStanding::Good {
                    sessions::insert(connection, &session)?;
                }
                Ok(standing)
            })
            .await
    }

    /// Revokes a token that is good. Returns what it was worth.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn revoke_moved_token(&self, token: OldToken) -> Result<TokenStanding, StoreError> {
        self.lanes.write(move |connection| spend(connection, &token)).await
    }
}

fn spend(connection: &mut AnyConnection, token: &OldToken) -> QueryResult<TokenStanding> {
    // Every transaction that spends or voids a token locks the user's row first.
    users::lock(connection, &token.user_id)?;
    let standing = standing(connection, token)?;
    if standing == TokenStanding::Good {
        let spent =
            (moved_tokens::digest.eq(&token.digest), moved_tokens::expires_at.eq(token.expires_at.unix_seconds()));
        diesel::insert_into(moved_tokens::table).values(spent).execute(connection)?;
    }
    Ok(standing)
}

fn standing(connection: &mut AnyConnection, token: &OldToken) -> QueryResult<TokenStanding> {
    let columns = (user_rows::link_secret, user_rows::disabled_at, user_rows::verified_at);
    let user = user_rows::table.find(token.user_id.as_str()).select(columns);
    let Some((link_secret, disabled_at, verified_at)) =
        user.get_result::<(String, Option<i64>, Option<i64>)>(connection).optional()?
    else {
        return Ok(TokenStanding::NoSuchUser);
    };
    if disabled_at.is_some() {
        return Ok(TokenStanding::UserDisabled);
    }
    let moved = moved_users::table
        .find(token.user_id.as_str())
        .filter(moved_users::link_secret.eq(link_secret))
        .filter(moved_users::moved_at.ge(token.moved_since.unix_seconds()))
        .select(moved_users::moved_at);
    let Some(moved_at) = moved.get_result::<i64>(connection).optional()? else {
        return Ok(TokenStanding::Void);
    };
    if token.needs_verified && verified_at.is_none_or(|verified_at| verified_at > moved_at) {
        return Ok(TokenStanding::Void);
    }
    let spent = moved_tokens::table.find(&token.digest).count().get_result::<i64>(connection)?;
    Ok(if spent == 0 { TokenStanding::Good } else { TokenStanding::Spent })
}
