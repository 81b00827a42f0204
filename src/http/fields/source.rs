//! The format that a body's members came from.

/// The format that members came from: a form sends an empty text for a missing value, JSON sends it for an empty one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Json,
    Form,
}
