//! Users on their way into the database and out of it: the rows of an import and of an export.
//!
//! `tests/columns.rs` has the table of what becomes of each column.

mod exporting;
mod importing;
mod rows;
mod taken;

use super::old_links::MovedEmail;
use super::{ProviderAccount, Session, SessionKind, User};
use crate::clock::Timestamp;
use crate::secret::Secret;

pub(crate) use exporting::Export;
pub(crate) use importing::{ImportOutcome, ImportRecord, ImportStep};
pub(crate) use taken::{Key, KeyKind};

/// A user with everything that belongs to the user and moves along.
#[derive(Clone, Debug)]
pub(crate) struct MovedUser {
    pub(crate) user: User,
    /// Whether no other verified user may have the address.
    pub(crate) owns_email: bool,
    pub(crate) sessions: Vec<MovedSession>,
    pub(crate) provider_accounts: Vec<ProviderAccount>,
    /// The import that brought the user; absent for users who registered here.
    pub(crate) origin: Option<Origin>,
    pub(crate) emails: Vec<MovedEmail>,
}

/// A session as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct MovedSession {
    pub(crate) session: Session,
    pub(crate) kind: SessionKind,
    /// SHA-256, in hex, of the token or of the first refresh token's id.
    pub(crate) digest: String,
    /// SHA-256, in hex, of the current refresh token's id.
    pub(crate) refresh_digest: Option<String>,
    /// When the refresh token was replaced last.
    pub(crate) rotated_at: Option<Timestamp>,
}

/// Links and tokens of the old system work while the user's link secret is still this one.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) link_secret: Secret,
    pub(crate) moved_at: Timestamp,
}

/// A refresh token of the old system that must not be accepted.
#[derive(Clone, Debug)]
pub(crate) struct RevokedToken {
    /// SHA-256 of its id, in hex.
    pub(crate) digest: String,
    pub(crate) expires_at: Timestamp,
}
