//! What must be unique about imported users, and which of it the database has already.

use std::collections::HashSet;

use diesel::prelude::*;

use super::MovedUser;
use crate::store::connection::AnyConnection;
use crate::store::schema::{moved_emails, provider_accounts, sessions, users};
use crate::store::{Store, StoreError};

/// Values of one statement.
const VALUES_AT_ONCE: usize = 1_000;

/// What must be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum KeyKind {
    UserId,
    /// The username in its compared form.
    Username,
    /// The address in its compared form, among the users who own theirs.
    OwnedEmail,
    /// The digest of a session's token.
    SessionDigest,
    SessionId,
    ProviderAccountId,
    /// A provider, LF, and its id of an account.
    ProviderAccount,
    MovedEmailId,
}

/// A value that must be unique among those of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) kind: KeyKind,
    pub(crate) text: String,
}

impl MovedUser {
    /// Returns everything about the user that must be unique.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let key = |kind, text: &str| Key { kind, text: text.to_owned() };
        let mut keys = vec![key(KeyKind::UserId, self.user.id.as_str())];
        keys.extend(self.username_key().map(|text| Key { kind: KeyKind::Username, text }));
        let owned = self.email_key().filter(|_| self.owns_email);
        keys.extend(owned.map(|text| Key { kind: KeyKind::OwnedEmail, text }));
        for moved in &self.sessions {
            keys.push(key(KeyKind::SessionDigest, &moved.digest));
            keys.push(key(KeyKind::SessionId, &moved.session.id));
        }
        for account in &self.provider_accounts {
            keys.push(key(KeyKind::ProviderAccountId, &account.id));
            keys.push(key(KeyKind::ProviderAccount, &pair(&account.provider, &account.subject)));
        }
        keys.extend(self.emails.iter().map(|moved| key(KeyKind::MovedEmailId, &moved.id)));
        keys
    }
}

/// Returns one text for a provider and a subject. The name of a provider has no line feed.
fn pair(provider: &str, subject: &str) -> String {
    format!("{provider}\n{subject}")
}

impl Store {
    /// Returns those of the keys that a stored user has.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find_taken(&self, keys: Vec<Key>) -> Result<HashSet<Key>, StoreError> {
        self.lanes.read(move |connection| find_taken(connection, &keys)).await
    }
}

/// Adds the texts that a query finds, for some texts at a time.
macro_rules! look_up {
    ($connection:ident, $keys:ident, $taken:ident, $kind:ident, |$texts:ident| $query:expr) => {
        let all: Vec<&str> =
            $keys.iter().filter(|key| key.kind == KeyKind::$kind).map(|key| key.text.as_str()).collect();
        for $texts in all.chunks(VALUES_AT_ONCE) {
            let found: Vec<String> = $query.load($connection)?;
            $taken.extend(found.into_iter().map(|text| Key { kind: KeyKind::$kind, text }));
        }
    };
}

fn find_taken(connection: &mut AnyConnection, keys: &[Key]) -> QueryResult<HashSet<Key>> {
    let mut taken = HashSet::new();
    look_up!(connection, keys, taken, UserId, |texts| users::table
        .filter(users::id.eq_any(texts.to_vec()))
        .select(users::id));
    look_up!(connection, keys, taken, Username, |texts| users::table
        .filter(users::username_key.eq_any(texts.to_vec()))
        .select(users::username_key.assume_not_null()));
    look_up!(connection, keys, taken, OwnedEmail, |texts| users::table
        .filter(users::email_key.eq_any(texts.to_vec()))
        .filter(users::owned_email_key.is_not_null())
        .select(users::email_key.assume_not_null()));
    look_up!(connection, keys, taken, SessionDigest, |texts| sessions::table
        .filter(sessions::digest.eq_any(texts.to_vec()))
        .select(sessions::digest));
    look_up!(connection, keys, taken, SessionId, |texts| sessions::table
        .filter(sessions::id.eq_any(texts.to_vec()))
        .select(sessions::id));
    look_up!(connection, keys, taken, ProviderAccountId, |texts| provider_accounts::table
        .filter(provider_accounts::id.eq_any(texts.to_vec()))
        .select(provider_accounts::id));
    look_up!(connection, keys, taken, MovedEmailId, |texts| moved_emails::table
        .filter(moved_emails::id.eq_any(texts.to_vec()))
        .select(moved_emails::id));
    let pairs: HashSet<&str> =
        keys.iter().filter(|key| key.kind == KeyKind::ProviderAccount).map(|key| key.text.as_str()).collect();
    let subjects: Vec<&str> = pairs.iter().filter_map(|pair| Some(pair.split_once('\n')?.1)).collect();
    for subjects in subjects.chunks(VALUES_AT_ONCE) {
        let found: Vec<(String, String)> = provider_accounts::table
            .filter(provider_accounts::subject.eq_any(subjects.to_vec()))
            .select((provider_accounts::provider, provider_accounts::subject))
            .load(connection)?;
        let found = found.into_iter().map(|(provider, subject)| pair(&provider, &subject));
        let found = found.filter(|pair| pairs.contains(pair.as_str()));
        taken.extend(found.map(|text| Key { kind: KeyKind::ProviderAccount, text }));
    }
    Ok(taken)
}
