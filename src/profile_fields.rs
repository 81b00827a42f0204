//! Profile fields: what an operator declares in `[[profile_fields]]`, and the values that users have in them.
//!
//! `settings` reads declarations, the contracts read values from requests, `store` keeps the values of a user as one
//! JSON document. Whether a value fits its field is decided here alone ([`ProfileField::check`]), for every contract,
//! for the command line and for embedding programs. `docs/profile-fields.md` explains the fields to operators.

mod checked;
mod date;
mod declaration;
mod field;
mod judging;
mod list;
mod name;
mod pattern;
mod stored;
mod value;

#[cfg(test)]
mod tests;

pub use checked::CheckedValues;
pub use date::Date;
pub use declaration::{Declaration, DeclarationFault};
pub use field::{Editable, FieldType, ProfileField, Visibility};
pub use judging::{Bound, ValueFault};
pub use list::ProfileFields;
pub use name::RESERVED_NAMES;
pub use pattern::Pattern;
pub use stored::{StoredProfile, UnreadableProfile};
pub use value::ProfileValue;

/// The most fields that can be declared.
pub const MAXIMUM_FIELDS: usize = 64;

/// The largest document of a user's values that is stored, in bytes of JSON.
pub const MAXIMUM_DOCUMENT_BYTES: usize = 65_536;
