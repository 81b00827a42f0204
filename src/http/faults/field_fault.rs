//! What can be wrong with one field: its code, and the sentence of the contract.

use super::{Code, Message};
use crate::accounts::PasswordRefused;
use crate::identity::{EmailFault, PersonNameFault, UsernameFault};
use crate::passwords::{PasswordFault, PersonalAttribute, WeakPassword};

/// What is wrong with one field, or with the body as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// It is missing.
    Required,
    /// It is `null`.
    Null,
    /// It holds nothing, or only blanks.
    Blank,
    /// It is no text.
    NotText,
    /// It is no integer.
    NotAnInteger,
    /// It is no boolean.
    NotABoolean,
    /// It has more characters than an integer may.
    IntegerTooLong,
    /// It has more characters than fit.
    TooLong {
        /// As many characters are allowed.
        maximum: usize,
    },
    /// The number is smaller than allowed.
    NumberTooSmall {
        /// The smallest that is allowed.
        minimum: u32,
    },
    /// The number is larger than allowed.
    NumberTooLarge {
        /// The largest that is allowed.
        maximum: u32,
    },
    /// It has a NUL inside.
    NullCharacter,
    /// It holds this half of a surrogate pair.
    Surrogate(u16),
    /// It is not written as an address is.
    NotAnAddress,
    /// It has characters that no username has, or mixes scripts.
    NotAUsername,
    /// Another user has the username.
    UsernameTaken,
    /// A verified user has the address, and the site tells.
    EmailTaken,
    /// The new password is refused.
    Weak(WeakPassword),
    /// The repetition is not the password.
    PasswordsDiffer,
    /// The password of today is another.
    OldPasswordWrong,
    /// The password of the account is another.
    PasswordWrong,
    /// The body is `null`.
    NoData,
    /// The body is no object but of this type, in the words of the language the contract was written in.
    NotAnObject(&'static str),
}

impl FieldFault {
    /// The stable name for machines.
    pub fn code(&self) -> Code {
        match self {
            Self::Required => Code::Required,
            Self::Null | Self::NoData => Code::Null,
            Self::Blank => Code::Blank,
            Self::NotText
            | Self::NotAnInteger
            | Self::NotABoolean
            | Self::NotAnAddress
            | Self::NotAUsername
            | Self::NotAnObject(_) => Code::Invalid,
            Self::IntegerTooLong => Code::MaxStringLength,
            Self::TooLong { .. } => Code::MaxLength,
            Self::NumberTooSmall { .. } => Code::MinValue,
            Self::NumberTooLarge { .. } => Code::MaxValue,
            Self::NullCharacter => Code::NullCharactersNotAllowed,
            Self::Surrogate(_) => Code::SurrogateCharactersNotAllowed,
            Self::UsernameTaken | Self::EmailTaken => Code::Unique,
            Self::Weak(WeakPassword::TooSimilar(_)) => Code::PasswordTooSimilar,
            Self::Weak(WeakPassword::TooShort { .. }) => Code::PasswordTooShort,
            Self::Weak(WeakPassword::TooCommon) => Code::PasswordTooCommon,
            Self::Weak(WeakPassword::EntirelyNumeric) => Code::PasswordEntirelyNumeric,
            Self::PasswordsDiffer => Code::PasswordMismatch,
            Self::OldPasswordWrong | Self::PasswordWrong => Code::PasswordIncorrect,
        }
    }

    /// The sentence for people.
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
            Self::NotAUsername => {
                "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.".into()
            }
            Self::UsernameTaken => "A user with that username already exists.".into(),
            Self::EmailTaken => "user with this email address already exists.".into(),
            Self::Weak(weakness) => weakness_message(*weakness),
            Self::PasswordsDiffer => "Passwords don't match".into(),
            Self::OldPasswordWrong => "Old password is not correct".into(),
            Self::PasswordWrong => "Password is not correct".into(),
            Self::NoData => "No data provided".into(),
            Self::NotAnObject(kind) => format!("Invalid data. Expected a dictionary, but got {kind}.").into(),
        }
    }

    /// What a refused new password means for the fields `password` and `password_confirm`.
    pub fn of_password(refused: &PasswordRefused) -> impl Iterator<Item = (&'static str, Self)> {
        let weaknesses = refused.weaknesses.iter().map(|&weakness| ("password", Self::Weak(weakness)));
        weaknesses.chain(refused.repeated_differently.then_some(("password_confirm", Self::PasswordsDiffer)))
    }
}

fn weakness_message(weakness: WeakPassword) -> Message {
    match weakness {
        WeakPassword::TooSimilar(attribute) => {
            let attribute = match attribute {
                PersonalAttribute::Username => "username",
                PersonalAttribute::FirstName => "first name",
                PersonalAttribute::LastName => "last name",
                PersonalAttribute::EmailAddress => "email address",
            };
            format!("The password is too similar to the {attribute}.").into()
        }
        WeakPassword::TooShort { minimum } => {
            let characters = if minimum == 1 { "character" } else { "characters" };
            format!("This password is too short. It must contain at least {minimum} {characters}.").into()
        }
        WeakPassword::TooCommon => "This password is too common.".into(),
        WeakPassword::EntirelyNumeric => "This password is entirely numeric.".into(),
    }
}

impl From<UsernameFault> for FieldFault {
    fn from(fault: UsernameFault) -> Self {
        match fault {
            UsernameFault::Blank => Self::Blank,
            UsernameFault::BadCharacters | UsernameFault::MixedScripts => Self::NotAUsername,
            UsernameFault::TooLong { maximum } => Self::TooLong { maximum },
            UsernameFault::NullCharacter => Self::NullCharacter,
        }
    }
}

impl From<EmailFault> for FieldFault {
    fn from(fault: EmailFault) -> Self {
        match fault {
            EmailFault::Blank => Self::Blank,
            EmailFault::TooLong { maximum } => Self::TooLong { maximum },
            EmailFault::NullCharacter => Self::NullCharacter,
            EmailFault::Invalid => Self::NotAnAddress,
        }
    }
}

impl From<PersonNameFault> for FieldFault {
    fn from(fault: PersonNameFault) -> Self {
        match fault {
            PersonNameFault::TooLong { maximum } => Self::TooLong { maximum },
            PersonNameFault::NullCharacter => Self::NullCharacter,
        }
    }
}

impl From<PasswordFault> for FieldFault {
    fn from(fault: PasswordFault) -> Self {
        match fault {
            PasswordFault::Blank => Self::Blank,
            PasswordFault::TooLong { maximum } => Self::TooLong { maximum },
            PasswordFault::NullCharacter => Self::NullCharacter,
        }
    }
}
