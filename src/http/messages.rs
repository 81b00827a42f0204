//! What the contract says of values that a domain parser refused.

use super::faults::Message;
use crate::accounts::PasswordRefused;
use crate::identity::{EmailFault, PersonNameFault, UsernameFault};
use crate::passwords::{PasswordFault, PersonalAttribute, WeakPassword};

const BLANK: &str = "This field may not be blank.";
const NULL_CHARACTER: &str = "Null characters are not allowed.";

/// Somebody has the username.
pub const USERNAME_TAKEN: &str = "A user with that username already exists.";
/// A verified user has the address, and the site tells.
pub const EMAIL_TAKEN: &str = "user with this email address already exists.";
/// The repetition is not the password.
pub const PASSWORDS_DIFFER: &str = "Passwords don't match";

fn too_long(maximum: usize) -> Message {
    format!("Ensure this field has no more than {maximum} characters.").into()
}

/// Puts what is wrong with a username.
pub fn username_messages(faults: Vec<UsernameFault>) -> Vec<Message> {
    let message = |fault| match fault {
        UsernameFault::Blank => BLANK.into(),
        UsernameFault::BadCharacters => {
            "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.".into()
        }
        UsernameFault::TooLong { maximum } => too_long(maximum),
        UsernameFault::NullCharacter => NULL_CHARACTER.into(),
    };
    faults.into_iter().map(message).collect()
}

/// Puts what is wrong with an e-mail address.
pub fn email_messages(faults: Vec<EmailFault>) -> Vec<Message> {
    let message = |fault| match fault {
        EmailFault::Blank => BLANK.into(),
        EmailFault::TooLong { maximum } => too_long(maximum),
        EmailFault::NullCharacter => NULL_CHARACTER.into(),
        EmailFault::Invalid => "Enter a valid email address.".into(),
    };
    faults.into_iter().map(message).collect()
}

/// Puts what is wrong with a first or last name.
pub fn person_name_messages(faults: Vec<PersonNameFault>) -> Vec<Message> {
    let message = |fault| match fault {
        PersonNameFault::TooLong { maximum } => too_long(maximum),
        PersonNameFault::NullCharacter => NULL_CHARACTER.into(),
    };
    faults.into_iter().map(message).collect()
}

/// Puts what keeps a text from being a password at all.
pub fn password_messages(faults: Vec<PasswordFault>) -> Vec<Message> {
    let message = |fault| match fault {
        PasswordFault::Blank => BLANK.into(),
        PasswordFault::TooLong { maximum } => too_long(maximum),
        PasswordFault::NullCharacter => NULL_CHARACTER.into(),
    };
    faults.into_iter().map(message).collect()
}

/// Puts why a new password is refused: messages for the password, and those for its repetition.
pub fn refused_password_messages(refused: &PasswordRefused) -> (Vec<Message>, Option<Message>) {
    let weaknesses = refused.weaknesses.iter().map(weakness_message).collect();
    (weaknesses, refused.repeated_differently.then(|| PASSWORDS_DIFFER.into()))
}

fn weakness_message(weakness: &WeakPassword) -> Message {
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
            let characters = if *minimum == 1 { "character" } else { "characters" };
            format!("This password is too short. It must contain at least {minimum} {characters}.").into()
        }
        WeakPassword::TooCommon => "This password is too common.".into(),
        WeakPassword::EntirelyNumeric => "This password is entirely numeric.".into(),
    }
}
