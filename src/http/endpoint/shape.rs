//! The shape of the body of an answer, for the description of the API.

use std::borrow::Cow;

use serde_json::Value;

/// The shape of a value in an answer.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Any text.
    Text,
    /// The id of a user: a text, or a number if the user was imported with one.
    UserId,
    /// A URL.
    Url,
    /// A moment: RFC 3339 in UTC.
    Moment,
    /// A day: `2024-02-29`.
    Day,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// The same, or `null`.
    Nullable(Box<Self>),
    /// Any number of values of one shape.
    List(Box<Self>),
    /// An object with these members, and no others.
    Object(Vec<Member>),
    /// A shape that several answers of a contract have, with its name in CamelCase.
    Named(&'static str, Box<Self>),
    /// An object of which another standard says what is in it.
    AnyObject,
}

impl Shape {
    /// Returns the shape of an object with these members.
    pub(crate) fn object(members: impl IntoIterator<Item = Member>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// Returns the shape of `{"detail": text}`.
    pub(crate) fn detail(text: &str) -> Self {
        Self::object([Member::new("detail", Self::Text).like(text)])
    }

    /// Gives the shape a name, under which the document has it once.
    pub(crate) fn named(self, name: &'static str) -> Self {
        Self::Named(name, Box::new(self))
    }

    /// Returns the shape of a list of such values.
    pub(crate) fn listed(self) -> Self {
        Self::List(Box::new(self))
    }

    /// Returns the shape of such a value or `null`.
    pub(crate) fn nullable(self) -> Self {
        Self::Nullable(Box::new(self))
    }
}

/// A member of an object in an answer.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) name: Cow<'static, str>,
    /// Its value's shape.
    pub(crate) shape: Shape,
    /// Whether some answers lack it.
    pub(crate) is_optional: bool,
    /// A value that it may have; `None`: the document chooses one by the name.
    pub(crate) example: Option<Value>,
}

impl Member {
    /// Returns a member that every answer has.
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, shape: Shape) -> Self {
        Self { name: name.into(), shape, is_optional: false, example: None }
    }

    /// Returns a text that every answer has.
    pub(crate) fn text(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, Shape::Text)
    }

    /// Says that some answers lack the member.
    #[must_use]
    pub(crate) fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    /// Sets the value of examples.
    #[must_use]
    pub(crate) fn like(self, example: impl Into<Value>) -> Self {
        Self { example: Some(example.into()), ..self }
    }
}
