//! Error messages that only this contract uses, each with its code: constants for one field, functions for a whole
//! answer.

use crate::contracts::provider_logins::{CLOSED, EMAIL_MISSING};
use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};

pub(super) const PASSWORDS_DIFFER: FieldFault = FieldFault::told(Code::PasswordMismatch, "Passwords don't match");
pub(super) const OLD_PASSWORD_WRONG: FieldFault =
    FieldFault::told(Code::PasswordIncorrect, "Old password is not correct");
pub(super) const PASSWORD_WRONG: FieldFault = FieldFault::told(Code::PasswordIncorrect, "Password is not correct");

pub(super) fn login_invalid(code: Code) -> Fault {
    Fault::refused(code, "Login or password invalid.")
}

pub(super) fn invalid_signature() -> Fault {
    Fault::refused(Code::InvalidSignature, "Invalid signature")
}

pub(super) fn signature_expired() -> Fault {
    Fault::refused(Code::SignatureExpired, "Signature expired")
}

pub(super) fn link_already_used() -> Fault {
    Fault::refused(Code::LinkAlreadyUsed, "This link has already been used.")
}

pub(super) fn email_already_registered() -> Fault {
    Fault::refused(Code::EmailTaken, "This email is already registered.")
}

pub(super) fn user_not_found() -> Fault {
    Fault::refused(Code::UserNotFound, "User not found")
}

/// 400: a state that an identity provider returned is refused. `code` tells the reason.
pub(super) fn state_refused(code: Code) -> Fault {
    let sentence = match code {
        Code::StateExpired => "The login took too long. Please begin again.",
        Code::StateUsed => "This login was finished before. Please begin again.",
        Code::StateOfAnotherBrowser => "This login was begun in another browser. Please begin again.",
        _ => "The state is not valid. Please begin again.",
    };
    Fault::refused(code, sentence)
}

pub(super) fn redirect_not_allowed() -> Fault {
    let fault =
        FieldFault::told(Code::RedirectUriNotAllowed, "The provider's redirect_uris do not contain this address.");
    Fault::field("redirect_uri", fault)
}

pub(super) fn provider_refused() -> Fault {
    Fault::refused(Code::ProviderRefused, "The identity provider does not confirm this login. Please begin again.")
}

pub(super) fn registration_closed() -> Fault {
    Fault::refused(Code::RegistrationClosed, CLOSED)
}

pub(super) fn provider_email_taken() -> Fault {
    let sentence =
        "A user with the e-mail address of this provider account exists. Log in, then connect the provider account.";
    Fault::refused(Code::EmailTaken, sentence)
}

pub(super) fn provider_email_missing() -> Fault {
    Fault::refused(Code::EmailMissing, EMAIL_MISSING)
}

pub(super) fn provider_email_not_verified() -> Fault {
    Fault::refused(Code::EmailNotVerified, "The e-mail address is not verified. Follow the link in the mail first.")
}

pub(super) fn provider_account_taken() -> Fault {
    Fault::refused(Code::ProviderAccountTaken, "Another user has this provider account.")
}

pub(super) fn too_many_provider_accounts() -> Fault {
    Fault::refused(Code::TooManyProviderAccounts, "You have too many provider accounts. Disconnect one first.")
}

/// 400: the user has no password, and no other provider account.
pub(super) fn last_way_in() -> Fault {
    let sentence =
        "You could not log in any more. Set a password by a reset link first, or connect another provider account.";
    Fault::refused(Code::LastWayIn, sentence)
}
