//! What logins and refreshes answer with.

use crate::secret::Secret;

/// What a login answers with.
#[derive(Debug)]
pub struct TokenPair {
    /// Proves the login, for a few minutes.
    pub access: Secret,
    /// Is exchanged for new access tokens.
    pub refresh: Secret,
}

/// What a refresh answers with.
#[derive(Debug)]
pub struct Renewed {
    /// The new access token.
    pub access: Secret,
    /// The new refresh token, where the settings say that each is used once.
    pub refresh: Option<Secret>,
}
