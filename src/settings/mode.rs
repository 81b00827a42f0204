//! Development or production.

/// Whether a missing secret is generated or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A missing link secret is generated and stored.
    Development,
    /// A missing secret is refused.
    Production,
}
