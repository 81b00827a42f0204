//! Development or production.

/// Whether what is missing is made or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A missing secret of the links is generated and kept.
    Development,
    /// Nothing is made up.
    Production,
}
