//! The mapping file of an import: which member of a Django record is which field here.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Which member of a record is which field here. The defaults are those of Django's own user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mapping {
    pub(super) user: UserMapping,
    /// Declared profile fields, each with the record's member.
    pub(super) fields: BTreeMap<String, String>,
    /// Names of identity providers in the dump, each with the name in the settings.
    pub(super) providers: BTreeMap<String, String>,
}

/// The built-in fields. One that is absent is called as in Django's own user, if the record has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct UserMapping {
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) password: Option<String>,
    pub(super) last_login: Option<String>,
    pub(super) date_joined: Option<String>,
    pub(super) is_active: Option<String>,
    pub(super) is_staff: Option<String>,
    /// Whether or since when the address is proved. Django's own user has no such member.
    pub(super) verified: Option<String>,
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MappingError {
    /// The file cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
    /// It is no mapping.
    #[error("{} is no mapping: {}", path.display(), cause.message())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: Box<toml::de::Error>,
    },
}

impl Mapping {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Each [`MappingError`].
    pub(crate) fn read(path: &Path) -> Result<Self, MappingError> {
        let text = fs::read_to_string(path).map_err(|cause| MappingError::File { path: path.to_owned(), cause })?;
        toml::from_str(&text).map_err(|cause| MappingError::Malformed { path: path.to_owned(), cause: Box::new(cause) })
    }
}
