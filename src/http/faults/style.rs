//! The keys of a contract's errors, and its authentication challenge.

use std::borrow::Cow;

use actix_web::http::header::HeaderValue;

/// The keys under which a site reports errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorStyle {
    /// If set, broken business rules are a list under this key instead of a text under `detail`, and errors without a
    /// field are under it as well. `None`: `detail` and `non_field_errors`.
    pub non_field_errors_key: Option<Cow<'static, str>>,
    /// The value of `WWW-Authenticate` in a 401.
    pub challenge: HeaderValue,
}

impl ErrorStyle {
    /// `detail` for business rules, `non_field_errors` for other errors without a field; tokens.
    pub(crate) const DEFAULT: Self = Self { non_field_errors_key: None, challenge: HeaderValue::from_static("Token") };

    pub(super) fn non_field_key(&self) -> &str {
        self.non_field_errors_key.as_deref().unwrap_or("non_field_errors")
    }
}

impl Default for ErrorStyle {
    fn default() -> Self {
        Self::DEFAULT
    }
}
