//! Imports and exports of users, for operators: whole users, as files bring them and take them away.
//!
//! They use neither hooks nor mails: an imported user did not register here. `user_files` reads and writes the files.

use std::collections::HashSet;

use super::events::Event;
use super::{Administration, ServiceError};
use crate::clock::Timestamp;

pub(crate) use super::fresh_secret::fresh_secret as fresh_link_secret;
pub(crate) use super::session_token::{digest_of as digest_of_token_id, is_lower_hex};
pub(crate) use crate::store::{
    Export, ImportOutcome, ImportRecord, ImportStep, Key, KeyKind, MovedEmail, MovedSession, MovedUser, Origin,
    RevokedToken, SessionKind, no_password,
};

impl Administration {
    /// Returns the present second.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns how far the import of a file got, if it began.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find_import(&self, digest: String) -> Result<Option<ImportRecord>, ServiceError> {
        Ok(self.store.find_import(digest).await?)
    }

    /// Records that the import of a file begins, unless it did before, and returns how far it got.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn begin_import(&self, digest: String, now: Timestamp) -> Result<ImportRecord, ServiceError> {
        Ok(self.store.begin_import(digest, now).await?)
    }

    /// Returns those of the keys that a stored user has.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn find_taken(&self, keys: Vec<Key>) -> Result<HashSet<Key>, ServiceError> {
        Ok(self.store.find_taken(keys).await?)
    }

    /// Stores some users, together with how far the import got.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn import(&self, step: ImportStep) -> Result<ImportOutcome, ServiceError> {
        Ok(self.store.import(step).await?)
    }

    /// Records and reports that a file is imported as a whole, of which this process has stored `users`.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) async fn finish_import(&self, digest: String, users: u64) -> Result<(), ServiceError> {
        self.store.finish_import(digest, self.clock.now()).await?;
        self.events.tell(Event::Imported { users });
        Ok(())
    }

    /// Begins an export of all users as they are now. Blocks the thread, as the export does.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(crate) fn export(&self) -> Result<Export, ServiceError> {
        Ok(self.store.export()?)
    }
}
