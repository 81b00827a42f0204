//! Error messages that only this contract uses, each with its code: constants for one field, functions for a whole
//! answer.

use actix_web::http::StatusCode;

use super::edition::Edition;
use super::state::Methods;
use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};

/// A verified user has the address, and the site reports that.
pub(super) fn email_taken(edition: Edition) -> FieldFault {
    let sentence = match edition {
        Edition::DjRestAuth => "User is already registered with this e-mail address.",
        Edition::DjangoRestAuth => "A user is already registered with this e-mail address.",
    };
    FieldFault::told(Code::Unique, sentence)
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
