//! `application/x-www-form-urlencoded`.

use super::{Members, Value, name_of};

/// Every pair of the form. Anything is a form; bytes that are no UTF-8 become U+FFFD, as browsers have it.
pub(super) fn members(bytes: &[u8]) -> Members<'_> {
    form_urlencoded::parse(bytes).map(|(name, text)| (name_of(name), Value::Text(text))).collect()
}
