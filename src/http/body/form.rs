//! `application/x-www-form-urlencoded`.

use std::borrow::Cow;

use crate::http::members::{Members, Name, Value};

/// Returns every pair of the form. Every text is a valid form; invalid UTF-8 becomes U+FFFD, as in browsers.
pub(super) fn members(bytes: &[u8]) -> Members<'_> {
    form_urlencoded::parse(bytes).map(|(name, text)| (name_of(name), Value::Text(text))).collect()
}

fn name_of(text: Cow<'_, str>) -> Name<'_> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
