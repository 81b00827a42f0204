//! What a connection may be used for.

/// What a connection will be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Statements that change nothing.
    ReadOnly,
    /// Everything.
    ReadWrite,
}
