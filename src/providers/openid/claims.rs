//! Claims about a user (OpenID Connect Core, 5.1), of an id token or of the endpoint for user information.

use serde::Deserialize;
use serde_json::Value;

use crate::providers::error::ProviderError;
use crate::providers::identity::ProviderIdentity;
use crate::providers::outgoing::text_or_none;

/// The claims that are used here. A claim of another type than it should have counts as absent.
#[derive(Deserialize)]
pub(in crate::providers) struct UserClaims {
    #[serde(default, deserialize_with = "text_or_none")]
    sub: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    email: Option<String>,
    email_verified: Option<Value>,
    #[serde(default, deserialize_with = "text_or_none")]
    preferred_username: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    given_name: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    family_name: Option<String>,
}

impl UserClaims {
    pub(in crate::providers) fn subject(&self) -> Option<&str> {
        self.sub.as_deref()
    }

    pub(super) fn has_email(&self) -> bool {
        self.email.is_some()
    }

    pub(in crate::providers) fn identity(&self) -> Result<ProviderIdentity, ProviderError> {
        let is_verified = is_true(self.email_verified.as_ref());
        let identity = ProviderIdentity::of(self.subject().unwrap_or_default())?
            .with_email(self.email.as_deref(), is_verified)
            .with_username(self.preferred_username.as_deref());
        Ok(match (self.given_name.as_deref(), self.family_name.as_deref()) {
            (None, None) => identity.with_whole_name(self.name.as_deref()),
            (first_name, last_name) => identity.with_names(first_name, last_name),
        })
    }
}

/// Returns whether a claim is true. Some providers write it as a text.
pub(in crate::providers) fn is_true(claim: Option<&Value>) -> bool {
    claim.is_some_and(|claim| claim == &Value::Bool(true) || claim.as_str() == Some("true"))
}
