//! The public name a user chooses.

use unicode_normalization::UnicodeNormalization;

use super::EmailAddress;
use super::characters::{draws_nothing, fold_compatibly, fold_visibly, is_word_character, trim};
use super::scripts::is_in_one_writing;

/// A username: 1 to 150 letters and numbers of one script, and `_.@+-`, in Unicode's form NFKC.
///
/// It is shown as typed (but for NFKC), and unique by its [`key`](Username::key). So that no two look the same, letters
/// that draw nothing are refused, and so are letters of several scripts, but for Latin beside East Asian ones. Version
/// 0.1.0 accepted both: such a name stays as it is, and is found by its [`lookup_key`](Username::lookup_key).
///
/// # Example
///
/// ```
/// use countersign::identity::{Username, UsernameFault};
///
/// let ann = Username::parse(" Ann ").expect("a username");
/// assert_eq!(ann.as_str(), "Ann");
/// assert_eq!(ann.key(), Username::parse("aNN").expect("a username").key());
/// assert_eq!(Username::parse("ann lee"), Err(vec![UsernameFault::BadCharacters]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Why a text is no username.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameFault {
    /// It is empty or has only blanks.
    #[error("the username is blank")]
    Blank,
    /// It has characters that are neither visible letters nor numbers nor one of `_.@+-`.
    #[error("the username has characters other than visible letters, numbers and _.@+-")]
    BadCharacters,
    /// It has letters of scripts, or digits of kinds, that do not belong together.
    #[error("the username mixes scripts")]
    MixedScripts,
    /// It has more characters than fit.
    #[error("the username has more than {maximum} characters")]
    TooLong {
        /// As many characters are allowed.
        maximum: usize,
    },
    /// It has a NUL inside.
    #[error("the username has a NUL inside")]
    NullCharacter,
}

impl Username {
    /// How many characters a username may have, as typed and as folded.
    pub const MAXIMUM_CHARACTERS: usize = 150;

    /// Parses what a person typed: removes blanks at the ends, folds to NFKC, then checks what came of it.
    ///
    /// # Errors
    ///
    /// [`UsernameFault::Blank`] alone; or [`UsernameFault::BadCharacters`] or else [`UsernameFault::MixedScripts`],
    /// [`UsernameFault::TooLong`] over 150 characters and [`UsernameFault::NullCharacter`], as many as hold, in that
    /// order.
    pub fn parse(typed: &str) -> Result<Self, Vec<UsernameFault>> {
        let typed = trim(typed);
        if typed.is_empty() {
            return Err(vec![UsernameFault::Blank]);
        }
        // Folding before the check: two spellings that look the same must not become two users.
        let folded: String = typed.nfkc().collect();
        let mut faults = Vec::new();
        if !folded.chars().all(|character| is_allowed(character) && !draws_nothing(character)) {
            faults.push(UsernameFault::BadCharacters);
        } else if !is_in_one_writing(&folded) {
            faults.push(UsernameFault::MixedScripts);
        }
        if typed.chars().count().max(folded.chars().count()) > Username::MAXIMUM_CHARACTERS {
            faults.push(UsernameFault::TooLong { maximum: Username::MAXIMUM_CHARACTERS });
        }
        if folded.contains('\0') {
            faults.push(UsernameFault::NullCharacter);
        }
        if faults.is_empty() { Ok(Self(folded)) } else { Err(faults) }
    }

    /// Parses the username that a user of another system has, which today's rules refuse but a login still finds: with
    /// letters of several scripts, or that draw nothing. Returns `None` if no login would find it.
    pub(crate) fn of_older_rules(typed: &str) -> Option<Self> {
        Self::lookup_key(typed).map(|_| Self(trim(typed).nfkc().collect()))
    }

    /// Derives a username from what stands before the `@` of an address, with `suffix` at its end: in small letters,
    /// without the tag after a `+`, and without characters that no username has. Where no username comes of it, it
    /// begins with `user`.
    pub(crate) fn of_address(email: &EmailAddress, suffix: &str) -> Self {
        let local = email.local_part().to_lowercase();
        Self::derived_from(local.split('+').next().unwrap_or_default(), suffix)
    }

    /// Derives a username from a text, with `suffix` at its end, without characters that no username has. Where no
    /// username comes of it, it begins with `user`.
    pub(crate) fn derived_from(text: &str, suffix: &str) -> Self {
        let allowed = text.nfkc().filter(|&letter| letter != '@' && is_allowed(letter) && !draws_nothing(letter));
        let longest = Self::MAXIMUM_CHARACTERS.saturating_sub(suffix.chars().count());
        let name: String = allowed.take(longest).collect();
        let name = name.trim_matches(['.', '-', '_']);
        let derived = (!name.is_empty()).then(|| Self::parse(&format!("{name}{suffix}")).ok()).flatten();
        derived.unwrap_or_else(|| Self(format!("user{suffix}")))
    }

    /// Wraps a username that was parsed before it was stored.
    pub fn from_stored(username: impl Into<String>) -> Self {
        Self(username.into())
    }

    /// Returns the username as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the key that is unique among users: the username without letter case and invisible characters.
    pub fn key(&self) -> String {
        fold_visibly(&self.0)
    }

    /// Returns the key under which a typed username is stored, or `None` if no user can have it.
    ///
    /// For every username that [`parse`](Username::parse) accepts it is its [`key`](Username::key). Names that only
    /// version 0.1.0 accepted are stored under a key that has what draws nothing, and are found by that.
    pub fn lookup_key(typed: &str) -> Option<String> {
        let typed = trim(typed);
        let folded: String = typed.nfkc().collect();
        let fits = typed.chars().count().max(folded.chars().count()) <= Self::MAXIMUM_CHARACTERS;
        (!folded.is_empty() && fits && folded.chars().all(is_allowed)).then(|| fold_compatibly(&folded))
    }
}

fn is_allowed(character: char) -> bool {
    is_word_character(character) || matches!(character, '.' | '@' | '+' | '-')
}

#[cfg(test)]
mod tests;
