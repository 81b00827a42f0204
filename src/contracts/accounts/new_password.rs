//! Reads passwords, and the repetition of a new one.

use super::confirmation::Confirmation;
use super::state::AccountsContract;
use super::words;
use crate::accounts::{NewPassword, Run};
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::http::faults::FieldErrors;
use crate::http::fields::{Fields, Read, TextRule};
use crate::passwords::{Password, WeakPassword};

/// Describes `password` as the user's current password.
pub(super) fn password_field() -> FieldDescription {
    FieldDescription::required("password", FieldKind::String, "Password")
}

/// Reads `password` as the user's current password.
pub(super) fn read_password(fields: &mut Fields<'_>, contract: &AccountsContract) -> Read<Password> {
    read_new_password(fields, contract.site.password_max_length)
}

/// Reads `password` as a new one of at most `maximum` characters.
pub(super) fn read_new_password(fields: &mut Fields<'_>, maximum: usize) -> Read<Password> {
    fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, maximum))
}

/// Reads `password_confirm`, if it is required. It need not meet the rules, only equal the password.
pub(super) fn read_confirmation(fields: &mut Fields<'_>, confirmation: Confirmation) -> Option<Read<Password>> {
    (confirmation == Confirmation::Asked)
        .then(|| fields.parsed("password_confirm", TextRule::EXACT, |text| Password::parse(text, usize::MAX)))
}

/// Creates a new password from the form. If the repetition differs, the password is only checked.
pub(super) fn new_password(password: Password, repeated: Option<&Password>) -> NewPassword {
    let is_repeated = repeated.is_none_or(|repeated| repeated.equals(&password));
    NewPassword { password, run: if is_repeated { Run::Real } else { Run::Dry } }
}

/// Adds why a new password is refused: the rules that it breaks, and a repetition that differs.
pub(super) fn add_refused_password(errors: &mut FieldErrors, weaknesses: &[WeakPassword], run: Run) {
    for weakness in weaknesses {
        errors.add("password", *weakness);
    }
    if run == Run::Dry {
        errors.add("password_confirm", words::PASSWORDS_DIFFER);
    }
}
