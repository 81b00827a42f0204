//! One template before it is compiled.

/// A template's text and where it came from.
pub(super) struct Source {
    pub(super) origin: String,
    pub(super) text: String,
}
