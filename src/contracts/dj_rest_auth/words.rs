//! Error messages that only this contract uses, each with its code: constants for one field, functions for a whole
//! answer.

use actix_web::http::StatusCode;

use super::edition::Edition;
use super::state::Methods;
use crate::contracts::provider_logins::{CLOSED, EMAIL_MISSING};
use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};

/// What an answer of success says.
pub(super) const LOGGED_OUT: &str = "Successfully logged out.";
pub(super) const VERIFICATION_SENT: &str = "Verification e-mail sent.";
pub(super) const OK: &str = "ok";
pub(super) const RESET_SENT: &str = "Password reset e-mail has been sent.";
pub(super) const PASSWORD_SAVED: &str = "New password has been saved.";
pub(super) const PASSWORD_RESET: &str = "Password has been reset with the new password.";

/// A verified user has the address, and the site reports that.
pub(super) fn email_taken(edition: Edition) -> FieldFault {
    FieldFault::told(Code::Unique, email_taken_sentence(edition))
}

fn email_taken_sentence(edition: Edition) -> &'static str {
    match edition {
        Edition::DjRestAuth => "User is already registered with this e-mail address.",
        Edition::DjangoRestAuth => "A user is already registered with this e-mail address.",
    }
}

/// The new password and its repetition differ, at a change and at a reset. The apostrophe is typographic there.
pub(super) const NEW_PASSWORDS_DIFFER: FieldFault =
    FieldFault::told(Code::PasswordMismatch, "The two password fields didn\u{2019}t match.");

pub(super) fn old_password_wrong(edition: Edition) -> FieldFault {
    let sentence = match edition {
        Edition::DjRestAuth => "Your old password was entered incorrectly. Please enter it again.",
        Edition::DjangoRestAuth => "Invalid password",
    };
    FieldFault::told(Code::PasswordIncorrect, sentence)
}

/// 400: neither a username nor an address was sent.
pub(super) fn name_missing(methods: Methods) -> Fault {
    let sentence = match methods {
        Methods::Username => "Must include \"username\" and \"password\".",
        Methods::Email => "Must include \"email\" and \"password\".",
        Methods::Both => "Must include either \"username\" or \"email\" and \"password\".",
    };
    Fault::non_field(FieldFault::told(Code::Required, sentence))
}

pub(super) fn login_invalid() -> Fault {
    Fault::non_field(FieldFault::told(Code::LoginInvalid, "Unable to log in with provided credentials."))
}

/// 400: the password is right, and the address must be proved first.
pub(super) fn email_not_verified() -> Fault {
    Fault::non_field(FieldFault::told(Code::EmailNotVerified, "E-mail is not verified."))
}

/// 400: the client asks for a logout without a token.
pub(super) fn not_logged_in() -> Fault {
    let sentence = "You should be logged in to logout. Check whether the token is passed.";
    Fault::detail(StatusCode::BAD_REQUEST, Code::NotAuthenticated, sentence)
}

/// 401: a logout brings no refresh token. Its place depends on whether scripts may read one.
pub(super) fn no_refresh_token(is_in_cookie: bool) -> Fault {
    let sentence = match is_in_cookie {
        true => "Refresh token was not included in cookie data.",
        false => "Refresh token was not included in request data.",
    };
    Fault::detail(StatusCode::UNAUTHORIZED, Code::NotAuthenticated, sentence)
}

/// 401: a logout brings a refresh token that is refused.
pub(super) fn refresh_token_refused(sentence: &'static str) -> Fault {
    Fault::detail(StatusCode::UNAUTHORIZED, Code::TokenNotValid, sentence)
}

/// The password and its repetition differ at registration.
pub(super) fn passwords_differ() -> Fault {
    Fault::non_field(FieldFault::told(Code::PasswordMismatch, "The two password fields didn't match."))
}

/// 400 at `uid` or `token`: the link is refused. `code` tells the reason where it is no secret.
pub(super) fn invalid_value(field: &'static str, code: Code) -> Fault {
    Fault::field(field, FieldFault::told(code, "Invalid value"))
}

/// 404: a link that confirms an address is refused. `code` tells the reason where it is no secret.
pub(super) fn no_such_key(code: Code) -> Fault {
    Fault::detail(StatusCode::NOT_FOUND, code, "Not found.")
}

fn of_provider(code: Code, sentence: &'static str) -> Fault {
    Fault::non_field(FieldFault::told(code, sentence))
}

/// 400: nothing proves a login at an identity provider.
pub(super) fn proof_missing() -> Fault {
    of_provider(Code::Required, "Incorrect input. access_token or code is required.")
}

/// 400: the identity provider refuses a token, or has made it for another site.
pub(super) fn proof_refused() -> Fault {
    of_provider(Code::ProviderRefused, "Incorrect value")
}

/// 400: the identity provider refuses a code.
pub(super) fn code_not_exchanged() -> Fault {
    of_provider(Code::ProviderRefused, "Failed to exchange code for access token")
}

/// 400: a user has proved the address of the provider account.
pub(super) fn provider_email_taken(edition: Edition) -> Fault {
    of_provider(Code::EmailTaken, email_taken_sentence(edition))
}

pub(super) fn provider_email_missing() -> Fault {
    of_provider(Code::EmailMissing, EMAIL_MISSING)
}

pub(super) fn registration_closed() -> Fault {
    of_provider(Code::RegistrationClosed, CLOSED)
}

pub(super) fn provider_account_taken() -> Fault {
    of_provider(Code::ProviderAccountTaken, "The social account is already connected to a different account.")
}

pub(super) fn too_many_provider_accounts() -> Fault {
    of_provider(Code::TooManyProviderAccounts, "You have too many social accounts. Disconnect one first.")
}

/// 400: the user could not log in any more.
pub(super) fn no_password() -> Fault {
    of_provider(Code::LastWayIn, "Your account has no password set up.")
}
