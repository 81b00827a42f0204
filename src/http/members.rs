//! The members of a body: what `body` takes apart, and what `fields` reads.
//!
//! Nothing of a value is decoded here, so that a member that no field asks for costs nothing.

use std::borrow::Cow;

/// A body's members in the order they were sent, duplicates included.
pub(super) type Members<'a> = Vec<(Name<'a>, Value<'a>)>;

/// A member's name, as bytes: in JSON it may hold half a surrogate pair, which is no text, and no field's name.
pub(super) type Name<'a> = Cow<'a, [u8]>;

/// One member as it was sent.
pub(super) enum Value<'a> {
    /// JSON `null`.
    Null,
    /// JSON `true` or `false`.
    Boolean(bool),
    /// A JSON number as it was written.
    Number(&'a str),
    /// A JSON string as it was written, quotes and escapes included.
    Quoted(&'a str),
    /// A JSON list or object: no field of ours takes one.
    Container,
    /// Text from a form.
    Text(Cow<'a, str>),
    /// An uploaded file: no field of ours takes one.
    File,
}
