//! The faults of a single field: code and sentence of each. Those of Django REST framework are here, since all
//! contracts use them. A contract's own faults are in the contract.

use super::{Code, Message};

/// A fault of one field, or of the body as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// It is missing.
    Required,
    /// It is `null`.
    Null,
    /// It is empty, or has only blanks.
    Blank,
    /// It is not a text.
    NotText,
    /// It is not an integer.
    NotAnInteger,
    /// It is not a boolean.
    NotABoolean,
    /// It has more characters than an integer may have.
    IntegerTooLong,
    /// It has more characters than allowed.
    TooLong {
        /// The maximum number of characters.
        maximum: usize,
    },
    /// The number is smaller than allowed.
    NumberTooSmall {
        /// The minimum.
        minimum: u32,
    },
    /// The number is larger than allowed.
    NumberTooLarge {
        /// The maximum.
        maximum: u32,
    },
    /// It contains a NUL.
    NullCharacter,
    /// It contains this half of a surrogate pair.
    Surrogate(u16),
    /// It is not a valid address.
    NotAnAddress,
    /// The body is `null`.
    NoData,
    /// The body is not an object but of this type, named as in Python, the language of the contract's reference.
    NotAnObject(&'static str),
    /// Any other fault, with a sentence of the contract.
    Told {
        /// The stable name for machines.
        code: Code,
        /// The sentence for people.
        message: Message,
    },
}

impl FieldFault {
    /// Creates a fault with a sentence of the contract.
    pub const fn told(code: Code, message: &'static str) -> Self {
        Self::Told { code, message: Message::Borrowed(message) }
    }

    /// Returns the stable name for machines.
    pub fn code(&self) -> Code {
        match self {
            Self::Required => Code::Required,
            Self::Null | Self::NoData => Code::Null,
            Self::Blank => Code::Blank,
            Self::NotText | Self::NotAnInteger | Self::NotABoolean | Self::NotAnAddress | Self::NotAnObject(_) => {
                Code::Invalid
            }
            Self::IntegerTooLong => Code::MaxStringLength,
            Self::TooLong { .. } => Code::MaxLength,
            Self::NumberTooSmall { .. } => Code::MinValue,
            Self::NumberTooLarge { .. } => Code::MaxValue,
            Self::NullCharacter => Code::NullCharactersNotAllowed,
            Self::Surrogate(_) => Code::SurrogateCharactersNotAllowed,
            Self::Told { code, .. } => *code,
        }
    }

    /// Returns the sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Required => "This field is required.".into(),
            Self::Null => "This field may not be null.".into(),
            Self::Blank => "This field may not be blank.".into(),
            Self::NotText => "Not a valid string.".into(),
            Self::NotAnInteger => "A valid integer is required.".into(),
            Self::NotABoolean => "Must be a valid boolean.".into(),
            Self::IntegerTooLong => "String value too large.".into(),
            Self::TooLong { maximum } => format!("Ensure this field has no more than {maximum} characters.").into(),
            Self::NumberTooSmall { minimum } => {
                format!("Ensure this value is greater than or equal to {minimum}.").into()
            }
            Self::NumberTooLarge { maximum } => format!("Ensure this value is less than or equal to {maximum}.").into(),
            Self::NullCharacter => "Null characters are not allowed.".into(),
            Self::Surrogate(half) => format!("Surrogate characters are not allowed: U+{half:X}.").into(),
            Self::NotAnAddress => "Enter a valid email address.".into(),
            Self::Told { message, .. } => message.clone(),
            Self::NoData => "No data provided".into(),
            Self::NotAnObject(kind) => format!("Invalid data. Expected a dictionary, but got {kind}.").into(),
        }
    }
}
