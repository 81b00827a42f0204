//! A password that a client sent.

use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

use crate::identity::trim;
use crate::secret::Secret;

/// A password as it was sent, but in Unicode's form NFC, so that keyboards that compose letters differently produce the
/// same password. Blanks at its ends belong to it.
///
/// `Debug` shows nothing of it, and its memory is wiped when it is dropped.
#[derive(Clone, Debug)]
pub struct Password {
    composed: Secret,
    /// Present if it is not the same.
    as_others_hash_it: Option<Secret>,
}

/// Why a text is not accepted as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// It is empty or has only blanks.
    #[error("the password is blank")]
    Blank,
    /// It has more characters than allowed.
    #[error("the password has more than {maximum} characters")]
    TooLong {
        /// The maximum number of characters.
        maximum: usize,
    },
    /// It contains a NUL.
    #[error("the password has a NUL inside")]
    NullCharacter,
}

impl Password {
    /// Parses a password. `maximum` counts Unicode characters after NFC.
    ///
    /// # Errors
    ///
    /// [`PasswordFault::Blank`] alone; or [`PasswordFault::TooLong`], [`PasswordFault::NullCharacter`], or both in
    /// that order.
    pub fn parse(sent: &str, maximum: usize) -> Result<Self, Vec<PasswordFault>> {
        if trim(sent).is_empty() {
            return Err(vec![PasswordFault::Blank]);
        }
        let password = compose(sent);
        let mut faults = Vec::new();
        if password.expose().chars().count() > maximum {
            faults.push(PasswordFault::TooLong { maximum });
        }
        if password.expose().contains('\0') {
            faults.push(PasswordFault::NullCharacter);
        }
        let others = trim(sent);
        let as_others_hash_it = (others != password.expose()).then(|| Secret::new(others));
        if faults.is_empty() { Ok(Self { composed: password, as_others_hash_it }) } else { Err(faults) }
    }

    /// Returns whether `other` is the same password, in a time that depends on their lengths only.
    pub fn equals(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }

    /// Returns the password itself, for its rules and for hashing.
    pub(super) fn expose(&self) -> &str {
        self.composed.expose()
    }

    /// Returns what Django and others would have hashed, if it is another text: without the blanks at the ends, which
    /// forms and serializers there remove, and in the form in which it was sent.
    pub(super) fn as_others_hash_it(&self) -> Option<&str> {
        self.as_others_hash_it.as_ref().map(Secret::expose)
    }
}

fn compose(sent: &str) -> Secret {
    // NFC makes UTF-8 at most three times as long (UAX #15). A string that grew would leave unwiped copies behind.
    let mut composed = String::with_capacity(sent.len() * 3);
    composed.extend(sent.nfc());
    Secret::new(composed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(sent: &str) -> Password {
        Password::parse(sent, 128).expect("a password")
    }

    #[test]
    fn blanks_at_the_ends_belong_to_the_password() {
        assert_eq!(parse(" Kettle-Harbor-42\t").expose(), " Kettle-Harbor-42\t");
    }

    #[test]
    fn different_compositions_of_a_letter_are_one_password() {
        assert_eq!(parse("cafe\u{301}").expose(), "café");
        assert_ne!(parse("ﬁn").expose(), parse("fin").expose());
    }

    #[test]
    fn a_password_of_nothing_but_blanks_is_blank() {
        for sent in ["", " ", "\t\n\u{1f}\u{3000}        "] {
            assert_eq!(Password::parse(sent, 4).expect_err("blank"), vec![PasswordFault::Blank], "{sent:?}");
        }
    }

    #[test]
    fn the_length_counts_characters_in_their_composed_form() {
        assert!(Password::parse(&"e\u{301}".repeat(128), 128).is_ok());
        let faults = Password::parse(&"é".repeat(129), 128).expect_err("too long");
        assert_eq!(faults, vec![PasswordFault::TooLong { maximum: 128 }]);
        // U+FB2C becomes three characters.
        assert_eq!(
            Password::parse(&"\u{fb2c}".repeat(43), 128).expect_err("too long"),
            vec![PasswordFault::TooLong { maximum: 128 }]
        );
    }

    #[test]
    fn every_fault_is_reported() {
        assert_eq!(Password::parse("Kettle\0", 7).expect_err("NUL"), vec![PasswordFault::NullCharacter]);
        assert_eq!(
            Password::parse("Kettle\0", 6).expect_err("NUL"),
            vec![PasswordFault::TooLong { maximum: 6 }, PasswordFault::NullCharacter]
        );
    }

    #[test]
    fn the_form_that_others_hash_is_kept_where_it_differs() {
        for (sent, others) in [
            ("Kettle-Harbor-42", None),
            ("café", None),
            ("cafe\u{301}", Some("cafe\u{301}")),
            (" Kettle-Harbor-42\t", Some("Kettle-Harbor-42")),
            ("\u{a0}cafe\u{301}\u{1f}", Some("cafe\u{301}")),
        ] {
            assert_eq!(parse(sent).as_others_hash_it(), others, "{sent:?}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_a_password() {
        assert!(!format!("{:?}", parse(" Kettle-Harbor-42")).contains("Kettle"));
    }
}
