//! Provider accounts that a person other than the owner of the user's address may have connected. A reset of the password,
//! which the owner of the address alone can make, disconnects them.
//!
//! That a user is verified and logged in proves nothing about who it is: the owner of the address may have followed the
//! link of a registration that a stranger made, who has the password. So a provider account is doubted unless its provider
//! had verified the user's address when it was connected, and once the address is replaced.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::store::connection::AnyConnection;
use crate::store::notices::notify;
use crate::store::outbox::NewMail;
use crate::store::schema::{provider_accounts, users};

/// Marks all provider accounts of a user whose address is replaced as doubted: the person who connected them may not own
/// the new address.
pub(in crate::store) fn doubt(connection: &mut AnyConnection, user_id: &UserId, now: Timestamp) -> QueryResult<()> {
    let trusted = provider_accounts::table
        .filter(provider_accounts::user_id.eq(user_id.as_str()))
        .filter(provider_accounts::doubted_at.is_null());
    diesel::update(trusted).set(provider_accounts::doubted_at.eq(now.unix_seconds())).execute(connection)?;
    Ok(())
}

/// Disconnects the provider accounts that are doubted, and those that were connected before the user first proved an
/// address, or in the same second. Stores one notice for each provider. Returns the providers.
///
/// A user who was verified in the second of the registration never proved an address by a link. Of such a user, only
/// doubted accounts are disconnected.
pub(in crate::store) fn disconnect_doubted(
    connection: &mut AnyConnection,
    user_id: &UserId,
    notice: &NewMail,
) -> QueryResult<Vec<String>> {
    let user = users::table.find(user_id.as_str()).select((users::created_at, users::verified_at));
    let (created_at, verified_at): (i64, Option<i64>) = user.first(connection)?;
    let proved_at = verified_at.filter(|verified_at| *verified_at > created_at).unwrap_or(i64::MIN);
    let is_doubted = provider_accounts::doubted_at.is_not_null().or(provider_accounts::created_at.le(proved_at));
    let doubted: Vec<(String, String)> = provider_accounts::table
        .filter(provider_accounts::user_id.eq(user_id.as_str()))
        .filter(is_doubted)
        .order(provider_accounts::id.asc())
        .select((provider_accounts::id, provider_accounts::provider))
        .load(connection)?;
    let mut providers = Vec::with_capacity(doubted.len());
    for (id, provider) in doubted {
        diesel::delete(provider_accounts::table.find(&id)).execute(connection)?;
        // One notice names a provider once.
        if !providers.contains(&provider) {
            notify(connection, user_id, &notice.another().about_provider(&provider))?;
        }
        providers.push(provider);
    }
    Ok(providers)
}
