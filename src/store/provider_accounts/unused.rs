//! Users whom a provider account created and who were never used.

use diesel::prelude::*;

use super::NO_PASSWORD;
use crate::identity::UserId;
use crate::store::connection::AnyConnection;
use crate::store::schema::{moved_users, provider_accounts, users};

/// Deletes a user and the user's provider accounts if a provider account created the user and the user was never used: no
/// password, no proved address, no login, no declared fields; no staff; not disabled; not imported from another system.
/// Returns whether the user was deleted.
pub(super) fn delete_unused(connection: &mut AnyConnection, id: &UserId) -> QueryResult<bool> {
    let own = provider_accounts::table.filter(provider_accounts::user_id.eq(id.as_str()));
    let moved = moved_users::table.filter(moved_users::user_id.eq(id.as_str()));
    let unused = users::table
        .find(id.as_str())
        .filter(users::created_at.eq_any(own.select(provider_accounts::created_at)))
        .filter(users::id.ne_all(moved.select(moved_users::user_id)))
        .filter(users::profile.is_null())
        .filter(users::verified_at.is_null())
        .filter(users::disabled_at.is_null())
        .filter(users::staff_at.is_null())
        .filter(users::last_login_at.is_null())
        .filter(users::password_hash.like(format!("{NO_PASSWORD}%")));
    Ok(diesel::delete(unused).execute(connection)? == 1)
}
