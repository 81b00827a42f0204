//! Makes the owners of addresses agree with `users.email_unique`.
//!
//! Where addresses are unique, `owned_email_key` tells which user has proved an address. Where users may share one, it is
//! empty. Each write follows the setting, so a server looks at the whole table only when the setting has changed.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::AnyConnection;
use super::schema::users;
use super::users::EmailSharing;
use super::{Store, StoreError};

/// The users at each end of the table that are looked at to see whether the setting has changed.
const LOOKED_AT: i64 = 100;
/// The users that one transaction changes at most.
const BATCH: i64 = 1_000;

/// What came of a change of the setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// How many users were given their address, or had it taken from them.
    pub changed: usize,
    /// How many verified users did not get their address, as another verified user has it too.
    pub left_out: usize,
}

/// Of one user, whether the address is proved and whether it is owned.
type Standing = (Option<i64>, Option<String>, Option<String>);

impl Store {
    /// Gives each verified user the address where addresses are unique, unless several verified users have it; takes all
    /// of them away where users may share addresses. Changes nothing if the setting has not changed, which the oldest and
    /// the newest users show. If it is interrupted, the next call goes on.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was changed stays changed.
    pub async fn settle_ownership(&self, sharing: EmailSharing) -> Result<Ownership, StoreError> {
        if self.lanes.read(move |connection| is_settled(connection, sharing)).await? {
            return Ok(Ownership::default());
        }
        let (mut ownership, mut after) = (Ownership::default(), String::new());
        loop {
            let page = self.lanes.write(move |connection| settle_page(connection, sharing, &after)).await?;
            ownership.changed += page.changed;
            ownership.left_out += page.found - page.changed;
            match page.last {
                Some(last) => after = last,
                None => return Ok(ownership),
            }
        }
    }
}

fn is_settled(connection: &mut AnyConnection, sharing: EmailSharing) -> QueryResult<bool> {
    let ends = users::table.limit(LOOKED_AT).select((users::verified_at, users::email_key, users::owned_email_key));
    let oldest: Vec<Standing> = ends.order(users::created_at.asc()).load(connection)?;
    let newest: Vec<Standing> = ends.order(users::created_at.desc()).load(connection)?;
    Ok(oldest.into_iter().chain(newest).all(|(verified_at, email_key, owned)| match sharing {
        EmailSharing::Unique => verified_at.is_none() || email_key == owned,
        EmailSharing::Shared => owned.is_none(),
    }))
}

/// What was found among the next users.
struct Page {
    found: usize,
    changed: usize,
    /// The last user; `None` if there are no more.
    last: Option<String>,
}

fn settle_page(connection: &mut AnyConnection, sharing: EmailSharing, after: &str) -> QueryResult<Page> {
    let next = users::table.filter(users::id.gt(after)).order(users::id.asc()).limit(BATCH).select(users::id);
    let ids: Vec<String> = match sharing {
        EmailSharing::Unique => next
            .filter(users::verified_at.is_not_null())
            .filter(users::owned_email_key.is_null())
            .filter(users::email_key.is_not_null())
            .load(connection)?,
        EmailSharing::Shared => next.filter(users::owned_email_key.is_not_null()).load(connection)?,
    };
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
        return Ok(Page { found: 0, changed: 0, last: None });
    };
    // diesel has no subquery on the updated table under another name. `$1` is a placeholder in both engines.
    let update = diesel::sql_query(match sharing {
        EmailSharing::Unique => {
            "UPDATE users SET owned_email_key = email_key
             WHERE id BETWEEN $1 AND $2 AND verified_at IS NOT NULL AND owned_email_key IS NULL
                 AND email_key IS NOT NULL AND NOT EXISTS (
                     SELECT 1 FROM users AS other
                     WHERE other.email_key = users.email_key AND other.id <> users.id
                         AND other.verified_at IS NOT NULL)"
        }
        EmailSharing::Shared => {
            "UPDATE users SET owned_email_key = NULL WHERE id BETWEEN $1 AND $2 AND owned_email_key IS NOT NULL"
        }
    });
    let changed = update.bind::<Text, _>(first).bind::<Text, _>(last).execute(connection)?;
    Ok(Page { found: ids.len(), changed, last: Some(last.clone()) })
}
