//! Finds the user whom a typed name means, at login and for a reset link.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::registration::owner;
use super::schema::users;
use super::users::{User, UserRow, owns};
use super::verification::EmailSharing;
use super::{Store, StoreError};
use crate::identity::EmailAddress;

/// A typed name in its compared forms. A form is absent where the site does not log in by it, or the text cannot be one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginName {
    /// As a username.
    pub username_key: Option<String>,
    /// As an e-mail address.
    pub email_key: Option<String>,
    /// As an e-mail address that a user has not proved, where the site lets such users in.
    pub claimed_email_key: Option<String>,
}

impl Store {
    /// Finds the user whom a login names: the user who has proved the address, else the user with the username, else the
    /// first enabled user who registered with the address and has not proved it. The last applies only where the site
    /// lets such users in: elsewhere a login would tell a stranger whether the address has an owner. An address that
    /// several verified users share names no user.
    ///
    /// A later registration does not take an earlier user's place. A proved address does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_by_login_name(&self, name: LoginName, sharing: EmailSharing) -> Result<Option<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let found = proved_or_named(connection, &name, sharing)?;
                // Runs also where it is not needed, so that known and unknown users cost the same.
                let claimant = first_claimant(connection, name.claimed_email_key.as_deref())?;
                Ok(match found {
                    Found::User(user) => Some(*user),
                    Found::NoUser => claimant,
                    Found::Several => None,
                })
            })
            .await
    }

    /// Finds the user who may correct an address that was never proved: the one with the username, else, of those who
    /// claim the address and are not disabled, the one who claimed it first. Whether somebody else has proved the
    /// address makes no difference, and so is not told.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_correctable(&self, name: LoginName) -> Result<Option<User>, StoreError> {
        self.lanes
            .read(move |connection| {
                let named = users::table
                    .filter(users::username_key.eq(name.username_key.as_deref()))
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                let claimant = first_claimant(connection, name.email_key.as_deref())?;
                Ok(named.map(User::from).or(claimant))
            })
            .await
    }

    /// Finds the user who may get a reset link: the user who has proved the address, else the user with the username, else
    /// the newest user with the address. Returns `None` if another user has proved the address of the one found.
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
                    .order((users::created_at.desc(), users::id.desc()))
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                let user = match known {
                    Found::User(user) => Some(*user),
                    Found::NoUser | Found::Several => newest.map(User::from),
                };
                // The mail would go to the owner of the address, who has nothing to do with this user.
                let email = user.as_ref().and_then(|user| user.email.as_deref()).map(EmailAddress::from_stored);
                let owner = owner(connection, &email.map_or_else(String::new, |email| email.key()))?;
                Ok(user.filter(|user| owner.is_none_or(|owner| owner == user.id.as_str())))
            })
            .await
    }
}

/// The user who was the first of those who claim the address without proof, and are not disabled.
fn first_claimant(connection: &mut AnyConnection, email_key: Option<&str>) -> QueryResult<Option<User>> {
    let claimant = users::table
        .filter(users::email_key.eq(email_key))
        .filter(users::verified_at.is_null())
        .filter(users::disabled_at.is_null())
        .order((users::created_at.asc(), users::id.asc()))
        .select(UserRow::as_select())
        .first(connection)
        .optional()?;
    Ok(claimant.map(User::from))
}

/// The user found by a proved address or a username.
enum Found {
    User(Box<User>),
    NoUser,
    /// Several verified users share the address.
    Several,
}

fn proved_or_named(connection: &mut AnyConnection, name: &LoginName, sharing: EmailSharing) -> QueryResult<Found> {
    // NULL equals nothing, so an absent key finds no user.
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
        None => Found::NoUser,
    })
}
