//! Read or write access of a connection.

/// What a connection will be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Only reads.
    ReadOnly,
    /// Reads and writes.
    ReadWrite,
}
