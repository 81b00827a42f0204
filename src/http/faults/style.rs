//! How the errors of a contract are keyed, and what it asks strangers for.

use std::borrow::Cow;

/// How a site wants its errors keyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorStyle {
    /// Where set, broken business rules are told as a list under this key instead of as `detail`, and errors that
    /// belong to no field are told under it as well. `None`: `detail` and `non_field_errors`.
    pub non_field_errors_key: Option<Cow<'static, str>>,
    /// What `WWW-Authenticate` asks for beside a 401.
    pub challenge: &'static str,
}

impl ErrorStyle {
    /// `detail` for business rules, `non_field_errors` for the rest; tokens.
    pub(crate) const DEFAULT: Self = Self { non_field_errors_key: None, challenge: "Token" };

    pub(super) fn non_field_key(&self) -> &str {
        self.non_field_errors_key.as_deref().unwrap_or("non_field_errors")
    }
}

impl Default for ErrorStyle {
    fn default() -> Self {
        Self::DEFAULT
    }
}
