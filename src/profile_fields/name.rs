//! The names of declared fields.

/// Names that a declared field cannot have, in any spelling of their letters: members of requests and answers of the
/// contracts.
pub const RESERVED_NAMES: &[&str] = &[
    "access",
    "auth_token",
    "code",
    "current_password",
    "date_joined",
    "detail",
    "email",
    "email2",
    "first_name",
    "groups",
    "id",
    "is_active",
    "is_staff",
    "is_superuser",
    "key",
    "last_login",
    "last_name",
    "login",
    "messages",
    "new_email",
    "new_password",
    "new_password1",
    "new_password2",
    "new_username",
    "non_field_errors",
    "old_password",
    "password",
    "password1",
    "password2",
    "password_confirm",
    "pending_email",
    "pk",
    "re_new_email",
    "re_new_password",
    "re_new_username",
    "re_password",
    "refresh",
    "revoke_token",
    "signature",
    "timestamp",
    "token",
    "uid",
    "updated_on",
    "user",
    "user_id",
    "user_permissions",
    "username",
];

/// The most characters of a name.
const MAXIMUM_CHARACTERS: usize = 64;

/// Checks the name of a declared field.
///
/// # Errors
///
/// What is allowed.
pub(super) fn check(name: &str) -> Result<(), String> {
    let is_shaped = name.len() <= MAXIMUM_CHARACTERS
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_shaped {
        return Err(format!(
            "a name begins with a letter and has letters, digits and _ only (ASCII), {MAXIMUM_CHARACTERS} characters at \
             most, as in \"date_of_birth\""
        ));
    }
    match RESERVED_NAMES.iter().find(|reserved| reserved.eq_ignore_ascii_case(name)) {
        Some(reserved) => {
            Err(format!("`{reserved}` is a member of the contracts' own requests or answers; choose another name"))
        }
        None => Ok(()),
    }
}
