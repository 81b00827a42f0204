//! Lists of the members of an object.

use crate::settings::reader::Reader;
use crate::settings::registration::UserField;

/// Refuses a list that names a member twice. `name` returns how the contract writes it.
pub(super) fn each_once(reader: &mut Reader, key: &str, fields: &[UserField], name: fn(&UserField) -> &'static str) {
    let is_repeated = |at: &usize| fields[..*at].contains(&fields[*at]);
    if let Some(at) = (0..fields.len()).find(is_repeated) {
        reader.refuse(key, format!("\"{}\" is named twice; name it once", name(&fields[at])));
    }
}
