//! Reads a request's body within limits of size and time, and parses it by its content type.
//!
//! [`Body`] is an actix extractor (in `reading`) that only waits for the bytes. [`Body::fields`] parses them, borrowing
//! from the bytes received. An endpoint that is switched off decides whether that happens before its 404.

mod content_type;
mod form;
mod json;
mod multipart;
mod reading;

#[cfg(test)]
pub(super) mod tests;

use std::fmt;

use actix_web::web::Bytes;

use crate::clock::Seconds;
use crate::http::faults::Fault;
use crate::http::fields::Fields;

use content_type::Language;

/// The limits of size and time for reading a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BodyLimits {
    /// A larger body is answered with 413.
    pub size_bytes: usize,
    /// A body that is not complete after this time is answered with 408.
    pub read_for: Seconds,
}

impl BodyLimits {
    /// 64 KiB, which is a hundred times the longest honest request, and 15 seconds.
    pub(crate) const DEFAULT: Self = Self { size_bytes: 64 * 1024, read_for: Seconds::new(15) };
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A whole body in memory, not yet parsed.
pub(crate) struct Body {
    bytes: Bytes,
    language: Language,
}

impl Body {
    /// Parses the body into its members. An absent or empty body has none.
    ///
    /// # Errors
    ///
    /// 400, with the contract's texts: broken JSON or multipart, JSON that is not an object, JSON `null`.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, Fault> {
        match &self.language {
            Language::Nothing => Ok(Fields::of_json(Vec::new())),
            Language::Json => json::members(&self.bytes).map(Fields::of_json),
            Language::Form => Ok(Fields::of_form(form::members(&self.bytes))),
            Language::Multipart(boundary) => multipart::members(&self.bytes, boundary).map(Fields::of_form),
        }
    }
}

impl fmt::Debug for Body {
    /// Bodies hold passwords: only their size is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.bytes.len())
    }
}
