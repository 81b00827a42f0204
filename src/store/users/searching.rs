//! Searches for users by a part of a name or address.

use diesel::prelude::*;

use super::{User, UserRow};
use crate::identity::{SearchText, UserId};
use crate::store::connection::AnyConnection;
use crate::store::schema::users;
use crate::store::{Store, StoreError};

/// How many rows one query reads. Between two queries the connection serves others.
const ROWS_AT_ONCE: usize = 2_000;

/// The place of a row in the order in which users registered.
type Place = (i64, String);

/// What is read of each user to find those who match: id, time, username, address, requested address and names.
type Names = (String, i64, Option<String>, Option<String>, Option<String>, String, String);

/// A part of the users, searched.
struct Part {
    found: Vec<User>,
    /// Where the next part begins; absent at the end of all users, or when enough are found.
    next: Option<Place>,
}

impl Store {
    /// Finds the users whose username, address, requested address or name contains each word of `text`: `limit` at most,
    /// in the order they registered, after the user `after`. Finds none if there is no such user.
    ///
    /// All users are read, in parts of 2000: letter case is ignored in all scripts, which neither engine does, and no
    /// index finds a part of a word.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn search_users(
        &self,
        text: SearchText,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<User>, StoreError> {
        let (mut found, mut place) = (Vec::new(), (i64::MIN, String::new()));
        if let Some(after) = after {
            let Some(user) = self.find_user(after).await? else { return Ok(Vec::new()) };
            place = (user.created_at.unix_seconds(), user.id.as_str().to_owned());
        }
        loop {
            let (text, left) = (text.clone(), limit - found.len());
            let part = self.lanes.read(move |connection| search(connection, &text, &place, left)).await?;
            found.extend(part.found);
            match part.next {
                Some(next) if found.len() < limit => place = next,
                _ => return Ok(found),
            }
        }
    }
}

fn search(connection: &mut AnyConnection, text: &SearchText, after: &Place, limit: usize) -> QueryResult<Part> {
    let (created_at, id) = after;
    let columns = (
        users::id,
        users::created_at,
        users::username,
        users::email,
        users::pending_email,
        users::first_name,
        users::last_name,
    );
    let rows: Vec<Names> = users::table
        .select(columns)
        // The first condition follows from the second; only the first can use the index.
        .filter(users::created_at.ge(*created_at))
        .filter(users::created_at.gt(*created_at).or(users::id.gt(id)))
        .order((users::created_at.asc(), users::id.asc()))
        .limit(i64::try_from(ROWS_AT_ONCE).unwrap_or(i64::MAX))
        .load(connection)?;
    let last = rows.last().map(|(id, created_at, ..)| (*created_at, id.clone()));
    let next = last.filter(|_| rows.len() == ROWS_AT_ONCE);
    let ids: Vec<String> = rows.into_iter().filter(|row| is_match(text, row)).map(|row| row.0).take(limit).collect();
    if ids.is_empty() {
        return Ok(Part { found: Vec::new(), next });
    }
    let found: Vec<UserRow> = users::table
        .filter(users::id.eq_any(ids))
        .order((users::created_at.asc(), users::id.asc()))
        .select(UserRow::as_select())
        .load(connection)?;
    Ok(Part { found: found.into_iter().map(User::from).collect(), next })
}

fn is_match(text: &SearchText, row: &Names) -> bool {
    let (_, _, username, email, pending_email, first_name, last_name) = row;
    let optional = [username, email, pending_email].into_iter().flatten();
    text.is_in(optional.chain([first_name, last_name]).map(String::as_str))
}
