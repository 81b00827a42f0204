//! The rules that a new password must meet. Login does not check them, so that a stricter rule locks no user out.

use super::common::is_common;
use super::password::Password;
use super::similarity::is_similar;

/// The rules that are on. The default is the reference's usual four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// How many Unicode characters a password needs; 0 means no minimum.
    pub minimum_length: usize,
    /// Whether a password that resembles the user's name or address is weak.
    pub refuses_similar: bool,
    /// Whether one of the 19,640 most common passwords is weak.
    pub refuses_common: bool,
    /// Whether a password of digits only is weak.
    pub refuses_numeric: bool,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { minimum_length: 8, refuses_similar: true, refuses_common: true, refuses_numeric: true }
    }
}

/// The data of the person who sets a password. Unknown values are empty.
#[derive(Clone, Copy, Default)]
pub struct PersonalData<'a> {
    /// The username.
    pub username: &'a str,
    /// The first name.
    pub first_name: &'a str,
    /// The last name.
    pub last_name: &'a str,
    /// The whole e-mail address.
    pub email: &'a str,
}

/// A value that a password may be too similar to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalAttribute {
    /// The username.
    Username,
    /// The first name.
    FirstName,
    /// The last name.
    LastName,
    /// The e-mail address.
    EmailAddress,
}

/// Why a password is weak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    /// It resembles a value of the user.
    TooSimilar(PersonalAttribute),
    /// It has too few characters.
    TooShort {
        /// The minimum number of characters.
        minimum: usize,
    },
    /// It is a common password.
    TooCommon,
    /// It has digits only.
    EntirelyNumeric,
}

impl PasswordRules {
    /// Lists the rules that are on, each as the weakness of a password that breaks it.
    pub fn weaknesses(&self) -> Vec<WeakPassword> {
        let too_short = WeakPassword::TooShort { minimum: self.minimum_length };
        let rules = [
            (self.refuses_similar, WeakPassword::TooSimilar(PersonalAttribute::Username)),
            (self.minimum_length > 1, too_short),
            (self.refuses_common, WeakPassword::TooCommon),
            (self.refuses_numeric, WeakPassword::EntirelyNumeric),
        ];
        rules.into_iter().filter_map(|(is_on, weakness)| is_on.then_some(weakness)).collect()
    }

    /// Lists why `password` is weak for this person. The list is empty if it is not weak.
    ///
    /// The order is that of [`WeakPassword`]'s variants. Of several similar attributes only the first is listed, in the
    /// order of [`PersonalAttribute`]'s variants.
    pub fn check(&self, password: &Password, person: &PersonalData<'_>) -> Vec<WeakPassword> {
        let text = password.expose();
        let mut weaknesses = Vec::new();
        if self.refuses_similar {
            weaknesses.extend(similar_attribute(text, person).map(WeakPassword::TooSimilar));
        }
        if text.chars().count() < self.minimum_length {
            weaknesses.push(WeakPassword::TooShort { minimum: self.minimum_length });
        }
        if self.refuses_common && is_common(text) {
            weaknesses.push(WeakPassword::TooCommon);
        }
        if self.refuses_numeric && is_entirely_numeric(text) {
            weaknesses.push(WeakPassword::EntirelyNumeric);
        }
        weaknesses
    }
}

fn similar_attribute(password: &str, person: &PersonalData<'_>) -> Option<PersonalAttribute> {
    [
        (person.username, PersonalAttribute::Username),
        (person.first_name, PersonalAttribute::FirstName),
        (person.last_name, PersonalAttribute::LastName),
        (person.email, PersonalAttribute::EmailAddress),
    ]
    .into_iter()
    .find_map(|(value, attribute)| is_similar(password, value).then_some(attribute))
}

/// Accepts numbers of any script. The reference does not count fractions and Roman numerals; eight of those are no
/// better.
fn is_entirely_numeric(password: &str) -> bool {
    password.chars().all(char::is_numeric)
}

#[cfg(test)]
mod tests;
