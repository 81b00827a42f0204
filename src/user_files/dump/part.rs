//! A record that belongs to a user, and how its faults are named.

use super::fields::Fields;
use crate::user_files::models::TOKEN;

/// A record that belongs to a user.
pub(super) struct Part {
    pub(super) model: &'static str,
    /// The line it begins in, counted from 1.
    pub(super) line: u32,
    /// The record's own key.
    pub(super) key: String,
    pub(super) fields: Fields,
}

impl Part {
    /// Reads something of the record. A fault names the record, but for the key of a token, which is a secret.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Self) -> Result<T, String>) -> Result<T, String> {
        read(self).map_err(|fault| match self.model {
            TOKEN => named(TOKEN, self.line, &fault),
            model => named(&format!("{model} {}", self.key), self.line, &fault),
        })
    }
}

/// Returns a fault of a record other than the user's own.
pub(super) fn named(record: &str, line: u32, fault: &str) -> String {
    format!("{record} in line {line}: {fault}")
}
