//! Whom a name means that was typed to log in, or to have a link sent.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::registration::owner;
use super::schema::users;
use super::users::{User, UserRow, owns};
use super::verification::EmailSharing;
use super::{Store, StoreError};
use crate::identity::EmailAddress;

/// What somebody typed to say who they are, in its compared forms. Absent where the site does not log in by it, or the
/// text cannot be one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginName {
    /// As a username.
    pub username_key: Option<String>,
    /// As an e-mail address.
    pub email_key: Option<String>,
    /// As an e-mail address once more, where the site lets users in who only claim it.
    pub claimed_email_key: Option<String>,
}

impl Store {
    /// Finds the one user whom a login names: the user who has proved the address, else the one with the username, else,
    /// of those who only claim the address and are not disabled, the one who claimed it first (where the site lets them
    /// in; elsewhere a login would tell a claimant whether the address has an owner). An address that several
    /// verified users share names nobody.
    ///
    /// A later claim cannot displace an earlier one; proving the address does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_by_login_name(&self, name: LoginName, sharing: EmailSharing) -> Result<Option<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let found = proved_or_named(connection, &name, sharing)?;
                // Asked for also where it is not needed, so that known and unknown users cost the same.
                let claimant = users::table
                    .filter(users::email_key.eq(name.claimed_email_key.as_deref()))
                    .filter(users::verified_at.is_null())
                    .filter(users::disabled_at.is_null())
                    .order((users::created_at.asc(), users::id.asc()))
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                Ok(match found {
                    Found::User(user) => Some(*user),
                    Found::Nobody => claimant.map(User::from),
                    Found::Several => None,
                })
            })
            .await
    }

    /// Finds the user to whom a link for resetting the password may go: the one who has proved the address, else the one
    /// with the username, else the newest one with the address. None if another user has proved that one's address.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_by_reset_name(&self, name: LoginName, sharing: EmailSharing) -> Result<Option<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let known = proved_or_named(connection, &name, sharing)?;
                // Asked for also where it is not needed, so that known and unknown users cost the same.
                let newest = users::table
                    .filter(users::email_key.eq(name.email_key.as_deref()))
                    .order(users::id.desc())
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                let user = match known {
                    Found::User(user) => Some(*user),
                    Found::Nobody | Found::Several => newest.map(User::from),
                };
                // A claim on an address that another has proved is none of the owner's business.
                let email = user.as_ref().and_then(|user| user.email.as_deref()).map(EmailAddress::from_stored);
                let owner = owner(connection, &email.map_or_else(String::new, |email| email.key()))?;
                Ok(user.filter(|user| owner.is_none_or(|owner| owner == user.id.as_str())))
            })
            .await
    }
}

/// What is found under a name without looking at those who only claim an address.
enum Found {
    User(Box<User>),
    Nobody,
    /// Several verified users share the address.
    Several,
}

fn proved_or_named(connection: &mut AnyConnection, name: &LoginName, sharing: EmailSharing) -> QueryResult<Found> {
    // NULL equals nothing, so an absent key finds nobody.
    let email_key = name.email_key.as_deref();
    let mut proved: Vec<UserRow> = match sharing {
        EmailSharing::Unique => users::table.filter(owns(email_key)).select(UserRow::as_select()).load(connection)?,
        EmailSharing::Shared => users::table
            .filter(users::email_key.eq(email_key))
            .filter(users::verified_at.is_not_null())
            .limit(2)
            .select(UserRow::as_select())
            .load(connection)?,
    };
    let named = users::table
        .filter(users::username_key.eq(name.username_key.as_deref()))
        .select(UserRow::as_select())
        .first(connection)
        .optional()?;
    let is_shared = proved.len() > 1;
    let proved = if is_shared { None } else { proved.pop() };
    Ok(match proved.or(named).map(User::from) {
        Some(user) => Found::User(Box::new(user)),
        None if is_shared => Found::Several,
        None => Found::Nobody,
    })
}
