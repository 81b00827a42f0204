//! Keys of earlier versions, and what they are called now.

/// Each key that has moved, and the key that it has become.
const MOVED: [(&str, &str); 6] = [
    ("server.base_path", "contracts.accounts.base_path"),
    ("server.non_field_errors_key", "contracts.accounts.non_field_errors_key"),
    ("registration.password_confirm", "contracts.accounts.register_password_confirm"),
    ("change_password.password_confirm", "contracts.accounts.change_password_confirm"),
    ("reset_password.password_confirm", "contracts.accounts.reset_password_confirm"),
    ("reset_password.by_email", "contracts.accounts.reset_password_by_email"),
];

/// Returns the present name of a key of an earlier version.
pub(super) fn moved(key: &str) -> Option<&'static str> {
    MOVED.iter().find(|(old, _)| *old == key).map(|(_, new)| *new)
}
