//! The values of declared fields of all users: counted for `countersign check`, deleted for operators. Both walk over
//! the users page by page, in the order of their ids, so that no statement is long and no lock is held for long.

use std::collections::HashSet;

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::profile::stored_profile;
use super::schema::users;
use super::{Store, StoreError, inspection};
use crate::identity::UserId;
use crate::profile_fields::StoredProfile;
use crate::settings::DatabaseSettings;

/// Rows that one statement reads: with profiles as large as they may be, 32 MiB.
const PAGE: usize = 500;
/// Rows that one transaction changes at most.
const BATCH: usize = 200;

/// Which users' profiles are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProfileSample {
    /// Those of this many users who registered first, and of as many who registered last.
    Ends(u32),
    /// Those of all users.
    All,
}

/// The values that were deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurgedField {
    /// Users whose value was deleted, or would be.
    pub users: u64,
    /// Users whose stored profile is not a JSON object; it was left as it is.
    pub unreadable: u64,
}

/// The rows of one page: ids and profiles.
type Page = Vec<(String, Option<String>)>;

impl Store {
    /// Reads profiles without changing anything, also on the disk, and calls `visit` with each. Returns of how many
    /// users.
    ///
    /// # Errors
    ///
    /// When there is no database, or it does not answer.
    pub(crate) async fn inspect_profiles<V>(
        settings: DatabaseSettings,
        sample: ProfileSample,
        start: impl Fn() -> V + Send + 'static,
        visit: impl Fn(&mut V, &StoredProfile) + Send + 'static,
    ) -> Result<(u64, V), StoreError>
    where
        V: Send + 'static,
    {
        let read = move |connection: &mut AnyConnection| {
            let mut visited = start();
            let users = read_sample(connection, sample, |profile| visit(&mut visited, profile))?;
            Ok((users, visited))
        };
        inspection::inspect_aside(settings, read).await
    }

    /// Counts the users who have a stored value of the field `name`.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn count_profile_values(&self, name: &str) -> Result<PurgedField, StoreError> {
        let mut found = PurgedField::default();
        let mut last = String::new();
        while let Some(page) = self.page_of_profiles(&mut last).await? {
            for (_, profile) in page {
                match StoredProfile::from_stored(profile).without(name) {
                    Ok(changed) => found.users += u64::from(changed.is_some()),
                    Err(_) => found.unreadable += 1,
                }
            }
        }
        Ok(found)
    }

    /// Deletes the stored values of the field `name`, in small transactions.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_profile_field(&self, name: &str) -> Result<PurgedField, StoreError> {
        let mut purged = PurgedField::default();
        let mut last = String::new();
        while let Some(page) = self.page_of_profiles(&mut last).await? {
            let mut ids = Vec::new();
            for (id, profile) in page {
                match StoredProfile::from_stored(profile).without(name) {
                    Ok(Some(_)) => ids.push(UserId::from_stored(id)),
                    Ok(None) => {}
                    Err(_) => purged.unreadable += 1,
                }
            }
            for batch in ids.chunks(BATCH) {
                let (batch, name) = (batch.to_vec(), name.to_owned());
                purged.users += self.lanes.write(move |connection| delete(connection, &batch, &name)).await?;
            }
        }
        Ok(purged)
    }

    /// Reads the rows after the id `last`, which becomes that of the last row read; `None` at the end.
    async fn page_of_profiles(&self, last: &mut String) -> Result<Option<Page>, StoreError> {
        let after = last.clone();
        let page = self.lanes.read(move |connection| page_after(connection, &after)).await?;
        Ok(next(page, last))
    }
}

/// Returns a page without the rows in which nothing is stored, and notes its end; `None` if it has no rows.
fn next(page: Page, last: &mut String) -> Option<Page> {
    *last = page.last()?.0.clone();
    Some(page.into_iter().filter(|(_, profile)| profile.is_some()).collect())
}

fn page_after(connection: &mut AnyConnection, after: &str) -> QueryResult<Page> {
    // Without a condition on the profile: one statement would walk over all users where few have one.
    let page = users::table.filter(users::id.gt(after)).order(users::id.asc()).limit(PAGE as i64);
    page.select((users::id, users::profile)).load(connection)
}

fn read_sample(
    connection: &mut AnyConnection,
    sample: ProfileSample,
    mut visit: impl FnMut(&StoredProfile),
) -> Result<u64, StoreError> {
    let mut users_read = 0;
    let mut visit_all = |page: Page| {
        users_read += page.len() as u64;
        let stored = page.into_iter().filter(|(_, profile)| profile.is_some());
        stored.for_each(|(_, profile)| visit(&StoredProfile::from_stored(profile)));
    };
    match sample {
        ProfileSample::All => {
            let mut after = String::new();
            loop {
                let page = page_after(connection, &after)?;
                let Some((last, _)) = page.last() else { break };
                after.clone_from(last);
                visit_all(page);
            }
        }
        ProfileSample::Ends(users) => {
            let mut known = HashSet::new();
            for end in [End::First, End::Last] {
                for offset in (0..users).step_by(PAGE) {
                    let mut page = page_from(connection, end, offset, PAGE.min((users - offset) as usize))?;
                    page.retain(|(id, _)| known.insert(id.clone()));
                    visit_all(page);
                }
            }
        }
    }
    Ok(users_read)
}

/// An end of the list of users in the order they registered.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

/// Reads the rows that stand `offset` rows from an end, `limit` at most.
fn page_from(connection: &mut AnyConnection, end: End, offset: u32, limit: usize) -> QueryResult<Page> {
    let page = users::table.select((users::id, users::profile)).offset(i64::from(offset)).limit(limit as i64);
    match end {
        End::First => page.order((users::created_at.asc(), users::id.asc())).load(connection),
        End::Last => page.order((users::created_at.desc(), users::id.desc())).load(connection),
    }
}

/// Deletes the value of a field from these users' profiles as they are now.
fn delete(connection: &mut AnyConnection, ids: &[UserId], name: &str) -> QueryResult<u64> {
    let mut deleted = 0;
    for id in ids {
        if let Ok(Some(changed)) = stored_profile(connection, id)?.without(name) {
            let user = users::table.find(id.as_str());
            diesel::update(user).set(users::profile.eq(changed.as_stored())).execute(connection)?;
            deleted += 1;
        }
    }
    Ok(deleted)
}
