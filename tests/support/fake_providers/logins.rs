//! Users of a provider of OpenID Connect, and their logins.

use serde_json::Value;

/// A user of the provider.
#[derive(Clone, Debug, Default)]
pub struct FakeUser {
    /// The claims beside those of every id token.
    pub claims: serde_json::Map<String, Value>,
}

impl FakeUser {
    /// Returns a user whose address is verified there.
    pub fn new(subject: &str, email: &str) -> Self {
        Self::default().with("sub", subject).with("email", email).with("email_verified", true)
    }

    #[must_use]
    pub fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(claim.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn without(mut self, claim: &str) -> Self {
        self.claims.remove(claim);
        self
    }
}

/// A login that the provider has finished: what the browser brings back.
#[derive(Clone, Debug)]
pub struct Login {
    pub code: String,
    pub state: String,
    pub redirect_uri: String,
}
