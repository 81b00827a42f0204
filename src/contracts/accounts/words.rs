//! Error messages that only this contract uses, each with its code: constants for one field, functions for a whole
//! answer.

use crate::contracts::provider_logins::{CLOSED, EMAIL_MISSING, NO_REDIRECTS};
use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};

pub(super) const PASSWORDS_DIFFER: FieldFault = FieldFault::told(Code::PasswordMismatch, "Passwords don't match");
pub(super) const OLD_PASSWORD_WRONG: FieldFault =
    FieldFault::told(Code::PasswordIncorrect, "Old password is not correct");
pub(super) const PASSWORD_WRONG: FieldFault = FieldFault::told(Code::PasswordIncorrect, "Password is not correct");

/// What an answer of success says.
pub(super) const VERIFIED: &str = "User verified successfully";
pub(super) const RESENT: &str = "Verification link sent if an unverified user with this email exists";
pub(super) const LOGGED_IN: &str = "Login successful";
pub(super) const LOGGED_OUT: &str = "Logout successful";
pub(super) const REFRESHED: &str = "Token refreshed";
pub(super) const PASSWORD_CHANGED: &str = "Password changed successfully";
pub(super) const ACCOUNT_DELETED: &str = "Account deleted";
pub(super) const PASSWORD_RESET: &str = "Reset password successful";
pub(super) const EMAIL_LINK_SENT: &str = "Register email link email sent";
pub(super) const EMAIL_CHANGED: &str = "Email changed";
pub(super) const EMAIL_CANCELLED: &str = "Email change cancelled";
pub(super) const EMAIL_VERIFIED: &str = "Email verified successfully";
pub(super) const CORRECTED: &str = "Verification link sent";

/// Returns what the answer to a request for a reset link says.
pub(super) fn reset_link_sent(conceals_unknown: bool) -> &'static str {
    if conceals_unknown { "Reset link sent if the user exists in database" } else { "Reset link sent" }
}

/// 400: a registration has no address, and one must be proved.
pub(super) fn email_missing() -> Fault {
    Fault::refused(Code::EmailMissing, "User without email cannot be verified")
}

/// 400: the user has a proved address, and changes it while logged in.
pub(super) fn has_verified_email() -> Fault {
    Fault::refused(Code::EmailAlreadyVerified, "This account has a verified email. Log in to change it.")
}

/// 400: a JSON Web Token in a body is refused.
pub(super) fn token_refused(text: &'static str) -> Fault {
    Fault::refused(Code::TokenNotValid, text)
}

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

/// 400: the operator has named no page to which the provider may send browsers.
pub(super) fn no_redirects() -> Fault {
    Fault::field("redirect_uri", FieldFault::told(Code::RedirectUriNotAllowed, NO_REDIRECTS))
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
