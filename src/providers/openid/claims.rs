//! Claims about a user (OpenID Connect Core, 5.1), of an id token or of the endpoint for user information.

use serde::Deserialize;
use serde_json::Value;

use crate::providers::error::ProviderError;
use crate::providers::identity::ProviderIdentity;

/// The claims that are used here. A claim of another type than it should have counts as absent.
#[derive(Deserialize)]
pub(in crate::providers) struct UserClaims {
    sub: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
    preferred_username: Option<Value>,
    name: Option<Value>,
    given_name: Option<Value>,
    family_name: Option<Value>,
}

impl UserClaims {
    pub(in crate::providers) fn subject(&self) -> Option<&str> {
        text(&self.sub)
    }

    pub(super) fn has_email(&self) -> bool {
        text(&self.email).is_some()
    }

    pub(in crate::providers) fn identity(&self) -> Result<ProviderIdentity, ProviderError> {
        let is_verified = is_true(self.email_verified.as_ref());
        let identity = ProviderIdentity::of(self.subject().unwrap_or_default())?
            .with_email(text(&self.email), is_verified)
            .with_username(text(&self.preferred_username));
        Ok(match (text(&self.given_name), text(&self.family_name)) {
            (None, None) => identity.with_whole_name(text(&self.name)),
            (first_name, last_name) => identity.with_names(first_name, last_name),
        })
    }
}

fn text(claim: &Option<Value>) -> Option<&str> {
    claim.as_ref().and_then(Value::as_str)
}

/// Returns whether a claim is true. Some providers write it as a text.
pub(in crate::providers) fn is_true(claim: Option<&Value>) -> bool {
    claim.is_some_and(|claim| claim == &Value::Bool(true) || claim.as_str() == Some("true"))
}
