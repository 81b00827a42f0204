//! Error messages that only this contract uses.

use actix_web::http::StatusCode;

use crate::http::Fault;
use crate::http::faults::{Code, FieldFault};

/// 404: there is no such user, or the user's profile is not shown.
pub(super) fn no_such_profile() -> Fault {
    Fault::detail(StatusCode::NOT_FOUND, Code::NotFound, "No userProfile matches the given query.")
}

/// 400: a field of the profile has a value already.
pub(super) fn profile_exists() -> Fault {
    Fault::non_field(FieldFault::told(Code::Unique, "This user has a profile already."))
}
