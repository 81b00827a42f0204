//! The sentences that all contracts share, because their references take them from Django: the faults of a username, an
//! address, a name or a new password.

use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};
use crate::identity::{EmailFault, PersonNameFault, UsernameFault};
use crate::passwords::{PasswordFault, PersonalAttribute, WeakPassword};

/// Another user has the username.
pub(super) const USERNAME_TAKEN: FieldFault =
    FieldFault::told(Code::Unique, "A user with that username already exists.");

/// A verified user has the address, and the site reports that.
pub(super) const EMAIL_TAKEN: FieldFault =
    FieldFault::told(Code::Unique, "user with this email address already exists.");

/// 403: the logged-in user may not do this to another's account.
pub(super) fn permission_denied() -> Fault {
    Fault::forbidden(Code::PermissionDenied, "You do not have permission to perform this action.")
}

/// 400: the account was changed by another request meanwhile.
pub(super) fn overtaken() -> Fault {
    Fault::refused(Code::Overtaken, "Your account was changed meanwhile. Please try again.")
}

const NOT_A_USERNAME: FieldFault = FieldFault::told(
    Code::Invalid,
    "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.",
);

impl From<UsernameFault> for FieldFault {
    fn from(fault: UsernameFault) -> Self {
        match fault {
            UsernameFault::Blank => Self::Blank,
            UsernameFault::BadCharacters | UsernameFault::MixedScripts => NOT_A_USERNAME,
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

impl From<WeakPassword> for FieldFault {
    fn from(weakness: WeakPassword) -> Self {
        match weakness {
            WeakPassword::TooSimilar(attribute) => {
                let attribute = match attribute {
                    PersonalAttribute::Username => "username",
                    PersonalAttribute::FirstName => "first name",
                    PersonalAttribute::LastName => "last name",
                    PersonalAttribute::EmailAddress => "email address",
                };
                let message = format!("The password is too similar to the {attribute}.");
                Self::Told { code: Code::PasswordTooSimilar, message: message.into() }
            }
            WeakPassword::TooShort { minimum } => {
                let characters = if minimum == 1 { "character" } else { "characters" };
                let message = format!("This password is too short. It must contain at least {minimum} {characters}.");
                Self::Told { code: Code::PasswordTooShort, message: message.into() }
            }
            WeakPassword::TooCommon => Self::told(Code::PasswordTooCommon, "This password is too common."),
            WeakPassword::EntirelyNumeric => {
                Self::told(Code::PasswordEntirelyNumeric, "This password is entirely numeric.")
            }
        }
    }
}
