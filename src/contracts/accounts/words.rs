//! Error messages that only this contract uses, each with its code: constants for one field, functions for a whole
//! answer.

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
