//! The members of a body: `body` parses them, and `fields` reads them.
//!
//! Values are not decoded here, so that a member that no field reads costs nothing.

use std::borrow::Cow;

/// A body's members in the order they were sent, duplicates included.
pub(super) type Members<'a> = Vec<(Name<'a>, Value<'a>)>;

/// A member's name, as bytes: in JSON it may contain half a surrogate pair, which is not valid text and never a field's
/// name.
pub(super) type Name<'a> = Cow<'a, [u8]>;

/// One member as it was sent.
pub(super) enum Value<'a> {
    /// JSON `null`.
    Null,
    /// JSON `true` or `false`.
    Boolean(bool),
    /// A JSON number in its spelling.
    Number(&'a str),
    /// A JSON string in its spelling, quotes and escapes included.
    Quoted(&'a str),
    /// A JSON list or object, which no field accepts.
    Container,
    /// Text from a form.
    Text(Cow<'a, str>),
    /// An uploaded file, which no field accepts.
    File,
}
