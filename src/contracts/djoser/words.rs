//! Error messages that only this contract uses, each with its code: constants for one field, functions for a whole
//! answer.

use actix_web::http::StatusCode;

use crate::contracts::provider_logins::NO_REDIRECTS;
use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};

pub(super) const PASSWORD_WRONG: FieldFault = FieldFault::told(Code::PasswordIncorrect, "Invalid password.");

const INVALID_UID: FieldFault = FieldFault::told(Code::UserNotFound, "Invalid user id or user doesn't exist.");
const INVALID_TOKEN: &str = "Invalid token for given user.";

/// 400 at `uid`: it is malformed, or its user has been deleted.
pub(super) fn invalid_uid() -> Fault {
    Fault::field("uid", INVALID_UID)
}

/// 400 at `token`, for whatever reason the link is refused. `code` tells the reason where it is no secret.
pub(super) fn invalid_token(code: Code) -> Fault {
    Fault::field("token", FieldFault::told(code, INVALID_TOKEN))
}

/// 403: the link has done its work already.
pub(super) fn stale_token() -> Fault {
    Fault::forbidden(Code::LinkAlreadyUsed, "Stale token for given user.")
}

pub(super) const NO_ACTIVATION: &str = "Accounts need no activation here.";
pub(super) const NO_ACTIVE_ACCOUNT: &str = "No active account found with the given credentials";

/// 400 at the new address, which was sent as `field`: the account must be activated first.
pub(super) fn not_activated(field: &'static str) -> Fault {
    let message = "Activate your account before you change its address.";
    Fault::field(field, FieldFault::told(Code::EmailNotVerified, message))
}

pub(super) fn passwords_differ() -> Fault {
    Fault::non_field(FieldFault::told(Code::PasswordMismatch, "The two password fields didn't match."))
}

/// 400: the login name, `field`, and its repetition differ.
pub(super) fn names_differ(field: &str) -> Fault {
    let message = format!("The two {field} fields didn't match.");
    Fault::non_field(FieldFault::Told { code: Code::UsernameMismatch, message: message.into() })
}

pub(super) fn login_invalid(code: Code) -> Fault {
    Fault::non_field(FieldFault::told(code, "Unable to log in with provided credentials."))
}

/// 400 with a list instead of an object, which djoser's frontends expect.
pub(super) fn email_not_found() -> Fault {
    Fault::list(Code::UserNotFound, "User with given email does not exist.")
}

pub(super) fn no_such_user() -> Fault {
    Fault::detail(StatusCode::NOT_FOUND, Code::NotFound, "No User matches the given query.")
}

/// 400 with a text instead of an object, which djoser's frontends expect.
pub(super) fn redirect_not_allowed() -> Fault {
    Fault::bare(Code::RedirectUriNotAllowed, "redirect_uri must be in SOCIAL_AUTH_ALLOWED_REDIRECT_URIS")
}

/// 400 with a text, as [`redirect_not_allowed`]: the operator has named no page at all.
pub(super) fn no_redirects() -> Fault {
    Fault::bare(Code::RedirectUriNotAllowed, NO_REDIRECTS)
}

pub(super) fn no_such_provider(name: &str) -> Fault {
    Fault::detail(StatusCode::NOT_FOUND, Code::NotFound, format!("Provider '{name}' not supported"))
}

/// 400: a login by an identity provider is refused.
pub(super) fn provider_login(code: Code, sentence: &'static str) -> Fault {
    Fault::non_field(FieldFault::told(code, sentence))
}
