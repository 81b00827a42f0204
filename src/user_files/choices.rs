//! What an operator chooses on the command line of an import.

use super::mapping::Mapping;

/// The choices for one import.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    /// What to do when entries cannot be imported.
    pub(crate) faulty: Faulty,
    /// What to do with password hashes that cannot be verified here.
    pub(crate) unverifiable: Unverifiable,
    /// What an inactive user of a Django site is.
    pub(crate) inactive: Inactive,
    /// Which records of a Django dump are users, in lower case: `auth.user`.
    pub(crate) user_model: String,
    /// Which of their members is which field here.
    pub(crate) mapping: Mapping,
}

/// What to do when entries cannot be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faulty {
    /// Import nothing.
    Refuse,
    /// Import the others.
    Skip,
}

/// What to do with a password hash that this program cannot verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unverifiable {
    /// The entry is faulty.
    Refuse,
    /// The user has no password until it is reset.
    Drop,
}

/// What a user of a Django site is whose `is_active` is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inactive {
    /// Decided for each user: one who has ever logged in was disabled; one who registered a short time ago and never logged
    /// in has not followed the link yet, where there are links.
    Judged,
    /// Not verified yet.
    Unverified,
    /// Disabled by an administrator.
    Disabled,
}

impl Choices {
    /// Returns a text of everything that decides what is made of a file. What happens to faulty entries is not in it, so
    /// that an import may go on with another choice.
    pub(super) fn fingerprint(&self) -> String {
        let Self { faulty: _, unverifiable, inactive, user_model, mapping } = self;
        format!("{unverifiable:?} {inactive:?} {user_model} {mapping:?}")
    }
}
