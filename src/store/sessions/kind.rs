//! What the user of a session holds.

/// What the user of a session holds, and so how the session is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A token, or a cookie with one: found by its digest.
    Token,
    /// JSON Web Tokens: found by the session's public id, which they name.
    Jwt,
}

impl SessionKind {
    /// Returns the name as it is stored.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Jwt => "jwt",
        }
    }

    /// Returns the kind that is stored as `name`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Token, Self::Jwt].into_iter().find(|kind| kind.as_str() == name)
    }
}
