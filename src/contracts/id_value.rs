//! A user's id in answers.

use serde::ser::{Serialize, Serializer};

use crate::http::endpoint::{Member, Shape};
use crate::identity::UserId;

/// The largest number that JavaScript holds exactly: 2^53 - 1.
const LARGEST: u64 = (1 << 53) - 1;

/// A user's id as answers show it: a number if the user was imported with a number, as frontends of Django have it. All
/// other ids are texts.
pub(super) struct IdValue<'a>(pub(super) &'a UserId);

/// Describes an id as [`IdValue`] writes it.
pub(super) fn describe_id(name: &'static str) -> Member {
    Member::new(name, Shape::UserId)
}

impl Serialize for IdValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match number(self.0.as_str()) {
            Some(number) => serializer.serialize_u64(number),
            None => serializer.serialize_str(self.0.as_str()),
        }
    }
}

/// Returns the number that is written so, if no other text stands for it.
fn number(id: &str) -> Option<u64> {
    let is_decimal = id.bytes().all(|byte| byte.is_ascii_digit()) && (id == "0" || !id.starts_with('0'));
    if is_decimal { id.parse().ok().filter(|number| *number <= LARGEST) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_decimal_digits_is_a_number_and_all_others_are_texts() {
        for (id, written) in [
            ("1", "1"),
            ("0", "0"),
            ("9007199254740991", "9007199254740991"),
            ("9007199254740992", "\"9007199254740992\""),
            ("99999999999999999999", "\"99999999999999999999\""),
            ("007", "\"007\""),
            ("+7", "\"+7\""),
            ("-7", "\"-7\""),
            ("1e3", "\"1e3\""),
            ("\u{661}", "\"\u{661}\""),
            ("01a200c4-4340-7e7e-b5b2-0cb59e35992d", "\"01a200c4-4340-7e7e-b5b2-0cb59e35992d\""),
        ] {
            let json = serde_json::to_string(&IdValue(&UserId::from_stored(id))).expect("it can be written");
            assert_eq!(json, written);
        }
    }
}
