//! Placeholders: names in braces for the parts of a link in the URL of a page.

use std::fmt;

use super::spelling::Spelling;

/// The placeholders for a link's parts; the purpose decides which.
pub(super) type Parts = &'static [Placeholder];

/// The parts where the purpose signs no address.
pub(super) const WITHOUT_ADDRESS: Parts = &[Placeholder::UserId, Placeholder::Timestamp, Placeholder::Signature];

/// The parts where the purpose signs an address.
pub(super) const WITH_ADDRESS: Parts =
    &[Placeholder::UserId, Placeholder::Email, Placeholder::Timestamp, Placeholder::Signature];

/// A name in braces that a template of a page's URL may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The user's id.
    UserId,
    /// The address mailed, where the purpose signs one.
    Email,
    /// When the link was signed.
    Timestamp,
    /// The whole MAC in hex.
    Signature,
    /// User id and, where the purpose signs one, address, in base64url.
    Uid,
    /// The time and the first half of the MAC.
    Token,
    /// All parts in one text.
    Key,
}

impl Placeholder {
    pub(super) const ALL: [Self; 7] =
        [Self::UserId, Self::Email, Self::Timestamp, Self::Signature, Self::Uid, Self::Token, Self::Key];

    /// Returns the name, which is also that of the query parameter if there is one.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::UserId => "user_id",
            Self::Email => "email",
            Self::Timestamp => "timestamp",
            Self::Signature => "signature",
            Self::Uid => "uid",
            Self::Token => "token",
            Self::Key => "key",
        }
    }

    /// Returns the spelling that the placeholder belongs to.
    pub(super) const fn spelling(self) -> Spelling {
        match self {
            Self::UserId | Self::Email | Self::Timestamp | Self::Signature => Spelling::Parts,
            Self::Uid | Self::Token => Spelling::UidToken,
            Self::Key => Spelling::Key,
        }
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.name())
    }
}
