//! Finds the user that a typed name refers to, at login and for a reset link.

use diesel::prelude::*;

use super::connection::{AnyConnection, on_engine};
use super::registration::owner;
use super::schema::users;
use super::users::{EmailSharing, User, UserRow, owns};
use super::{Store, StoreError};
use crate::identity::EmailAddress;

/// A typed name in its compared forms. A form is absent if the site does not use it for logins or the text is not valid
/// in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoginName {
    /// As a username.
    pub username_key: Option<String>,
    /// As an e-mail address.
    pub email_key: Option<String>,
    /// What a user may do who has not proved the address.
    pub claimants: Claimants,
}

/// What a user may do at login who has not proved the typed address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claimants {
    /// Log in, as long as no user has proved the address.
    LogIn,
    /// Learn that the address is not proved.
    #[default]
    AreTold,
}

/// The users that a typed name may refer to.
///
/// There are two if one user's username is spelt like another user's address. Which user is meant is unknown. The
/// choice must not depend on whether the address has an owner, because the user with the username would learn that.
#[derive(Clone, Debug, Default)]
pub struct NamedUsers {
    /// By the address.
    pub by_address: Option<User>,
    /// By the username.
    pub by_username: Option<User>,
    /// The user who claimed the address first and has not proved it, where such users are told so, and no user has the
    /// text as username. Does not depend on whether the address has an owner.
    pub claimant: Option<User>,
}

impl Store {
    /// Finds the users for a login: the user who has proved the address, and the user with the username. An address that
    /// several verified users share finds no user.
    ///
    /// Also finds the first enabled user who registered with the address and has not proved it. Where such users may log
    /// in, that is the user of an address without an owner, also if another user's username is spelt like it. Elsewhere
    /// it is a separate user, with or without an owner: otherwise a user who registers with another person's address
    /// would learn from a login whether it has an owner.
    ///
    /// A later registration does not take an earlier user's place.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_by_login_name(&self, name: LoginName, sharing: EmailSharing) -> Result<NamedUsers, StoreError> {
        self.lanes
            .read(move |connection| {
                let owners = owners(connection, &name, sharing)?;
                let by_username = named(connection, &name)?;
                // Runs even if it is not needed, so that known and unknown users cost the same.
                let claimant = first_claimant(connection, name.email_key.as_deref())?;
                let (by_address, claimant) = match (owners, name.claimants) {
                    (Owners::None, Claimants::LogIn) => (claimant, None),
                    (owners, Claimants::LogIn) => (owners.only(), None),
                    (owners, Claimants::AreTold) => (owners.only(), claimant.filter(|_| by_username.is_none())),
                };
                Ok(NamedUsers { by_address, by_username, claimant })
            })
            .await
    }

    /// Finds the user who may correct an unproved address: the user with the username, otherwise the first enabled user
    /// who claimed the address. The result does not depend on whether another user has proved the address, so it does
    /// not reveal that.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_correctable(&self, name: LoginName) -> Result<NamedUsers, StoreError> {
        self.lanes
            .read(move |connection| {
                let by_username = named(connection, &name)?;
                let claimant = first_claimant(connection, name.email_key.as_deref())?;
                let by_address = claimant.filter(|_| by_username.is_none());
                Ok(NamedUsers { by_address, by_username, claimant: None })
            })
            .await
    }

    /// Finds the users who may get a reset link: the user who has proved the address, otherwise a user who claims it, and
    /// the user with the username. Omits users whose address another user has proved.
    ///
    /// Of several users it is one who has proved the address, where users may share addresses; otherwise the one who logs
    /// in by it, where unverified users may, and elsewhere the newest. A disabled user comes after all others.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_by_reset_name(&self, name: LoginName, sharing: EmailSharing) -> Result<NamedUsers, StoreError> {
        self.lanes
            .read(move |connection| {
                let owners = owners(connection, &name, sharing)?;
                let by_username = named(connection, &name)?;
                // Runs even if it is not needed, so that known and unknown users cost the same.
                let claimants = users::table
                    .filter(users::email_key.eq(name.email_key.as_deref()))
                    .order((users::disabled_at.is_not_null().asc(), users::verified_at.is_null().asc()))
                    .select(UserRow::as_select());
                let claimant = match name.claimants {
                    Claimants::LogIn => {
                        claimants.then_order_by((users::created_at.asc(), users::id.asc())).first(connection)
                    }
                    Claimants::AreTold => {
                        claimants.then_order_by((users::created_at.desc(), users::id.desc())).first(connection)
                    }
                };
                let claimant = claimant.optional()?;
                let by_address = match owners {
                    Owners::One(owner) => Some(*owner),
                    Owners::None | Owners::Several => claimant.map(User::from),
                };
                Ok(NamedUsers {
                    by_address: unless_owned_by_another(connection, by_address)?,
                    by_username: unless_owned_by_another(connection, by_username)?,
                    claimant: None,
                })
            })
            .await
    }
}

/// Finds the first enabled user who claimed the address without proof.
fn first_claimant(connection: &mut AnyConnection, email_key: Option<&str>) -> QueryResult<Option<User>> {
    let claimant = users::table
        .filter(users::email_key.eq(email_key))
        .filter(users::verified_at.is_null())
        .filter(users::disabled_at.is_null())
        .order((users::created_at.asc(), users::id.asc()));
    let claimant = on_engine!(connection, engine => claimant.select(UserRow::as_select()).first(engine)).optional()?;
    Ok(claimant.map(User::from))
}

/// The users who have proved the address.
enum Owners {
    None,
    One(Box<User>),
    /// Several, if users may share an address.
    Several,
}

impl Owners {
    /// Returns the owner, if there is one alone.
    fn only(self) -> Option<User> {
        match self {
            Self::One(owner) => Some(*owner),
            Self::None | Self::Several => None,
        }
    }
}

fn owners(connection: &mut AnyConnection, name: &LoginName, sharing: EmailSharing) -> QueryResult<Owners> {
    // NULL equals nothing, so an absent key finds no user.
    let email_key = name.email_key.as_deref();
    let mut proved: Vec<UserRow> = match sharing {
        EmailSharing::Unique => {
            let owner = users::table.filter(owns(email_key));
            on_engine!(connection, engine => owner.select(UserRow::as_select()).load(engine))?
        }
        EmailSharing::Shared => users::table
            .filter(users::email_key.eq(email_key))
            .filter(users::verified_at.is_not_null())
            .limit(2)
            .select(UserRow::as_select())
            .load(connection)?,
    };
    Ok(match (proved.pop(), proved.is_empty()) {
        (None, _) => Owners::None,
        (Some(owner), true) => Owners::One(Box::new(owner.into())),
        (Some(_), false) => Owners::Several,
    })
}

fn named(connection: &mut AnyConnection, name: &LoginName) -> QueryResult<Option<User>> {
    let named = users::table.filter(users::username_key.eq(name.username_key.as_deref()));
    let named = on_engine!(connection, engine => named.select(UserRow::as_select()).first(engine)).optional()?;
    Ok(named.map(User::from))
}

/// Returns the user, unless another user has proved the same address: that other user would receive the mail.
fn unless_owned_by_another(connection: &mut AnyConnection, user: Option<User>) -> QueryResult<Option<User>> {
    let email = user.as_ref().and_then(|user| user.email.as_deref()).map(EmailAddress::from_stored);
    let owner = owner(connection, &email.map_or_else(String::new, |email| email.key()))?;
    Ok(user.filter(|user| owner.is_none_or(|owner| owner == user.id.as_str())))
}
