//! First and last names, which people may leave empty.

use super::characters::trim;

/// A first or a last name, without blanks at its ends; empty where a person gave none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName(String);

/// Why a text is no first or last name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonNameFault {
    /// It has more characters than fit.
    #[error("the name has more than {maximum} characters")]
    TooLong {
        /// As many characters are allowed.
        maximum: usize,
    },
    /// It has a NUL inside.
    #[error("the name has a NUL inside")]
    NullCharacter,
}

impl PersonName {
    /// How many characters a first or last name may have.
    pub const MAXIMUM_CHARACTERS: usize = 150;

    /// Parses what a person typed. Blanks at the ends are removed before anything is counted.
    ///
    /// # Errors
    ///
    /// [`PersonNameFault::TooLong`] over 150 characters, [`PersonNameFault::NullCharacter`], or both in that order.
    pub fn parse(typed: &str) -> Result<Self, Vec<PersonNameFault>> {
        let name = trim(typed);
        let mut faults = Vec::new();
        if name.chars().count() > PersonName::MAXIMUM_CHARACTERS {
            faults.push(PersonNameFault::TooLong { maximum: PersonName::MAXIMUM_CHARACTERS });
        }
        if name.contains('\0') {
            faults.push(PersonNameFault::NullCharacter);
        }
        if faults.is_empty() { Ok(Self(name.to_owned())) } else { Err(faults) }
    }

    /// Wraps a name that was parsed before it was stored.
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns the name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_at_the_ends_are_removed_and_an_empty_name_is_one() {
        assert_eq!(PersonName::parse(" Ann Mary\n").expect("a name").as_str(), "Ann Mary");
        assert_eq!(PersonName::parse(" \t ").expect("a name"), PersonName::default());
    }

    #[test]
    fn a_name_has_at_most_150_characters() {
        let longest = "ż".repeat(150);
        assert_eq!(PersonName::parse(&format!(" {longest} ")).expect("a name").as_str(), longest);
        assert_eq!(PersonName::parse(&format!("{longest}x")), Err(vec![PersonNameFault::TooLong { maximum: 150 }]));
    }

    #[test]
    fn every_fault_is_reported() {
        assert_eq!(PersonName::parse("x\0y"), Err(vec![PersonNameFault::NullCharacter]));
        assert_eq!(
            PersonName::parse(&"\0".repeat(151)),
            Err(vec![PersonNameFault::TooLong { maximum: 150 }, PersonNameFault::NullCharacter])
        );
    }
}
