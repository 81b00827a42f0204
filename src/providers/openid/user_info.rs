//! The endpoint for user information (OpenID Connect Core, 5.3).

use oauth2::http::{Request, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::Dialogue;
use super::discovery::Document;
use crate::providers::error::{ProviderError, Refusal};
use crate::providers::identity::ProviderIdentity;
use crate::providers::outgoing::parse_json;
use crate::secret::Secret;

/// The claims that are used here. A claim of another type than it should have counts as absent.
#[derive(Deserialize)]
pub(in crate::providers) struct UserInfo {
    sub: Option<Value>,
    email: Option<Value>,
    email_verified: Option<Value>,
    preferred_username: Option<Value>,
    name: Option<Value>,
    given_name: Option<Value>,
    family_name: Option<Value>,
}

impl UserInfo {
    pub(in crate::providers) fn subject(&self) -> Option<&str> {
        text(&self.sub)
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

impl Dialogue<'_> {
    /// Asks whom an access token belongs to. None if the provider has no such endpoint.
    pub(in crate::providers) async fn user_info(
        &self,
        document: &Document,
        access_token: &Secret,
    ) -> Result<Option<UserInfo>, ProviderError> {
        let Some(endpoint) = &document.userinfo_endpoint else { return Ok(None) };
        let request = Request::get(endpoint)
            .header(header::ACCEPT, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", access_token.expose()))
            .body(Vec::new());
        // Of the two, only a token can have characters that no header may have.
        let request = request.map_err(|_| Refusal::TokenRefused)?;
        let answer = self.conversation.send(request).await?;
        match answer.status() {
            StatusCode::OK => parse_json(&answer).map(Some),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(Refusal::TokenRefused.into())
            }
            status => Err(ProviderError::unavailable(format!("user information is answered {status}"))),
        }
    }
}

fn text(claim: &Option<Value>) -> Option<&str> {
    claim.as_ref().and_then(Value::as_str)
}

/// Returns whether a claim is true. Some providers write it as a text.
pub(in crate::providers) fn is_true(claim: Option<&Value>) -> bool {
    claim.is_some_and(|claim| claim == &Value::Bool(true) || claim.as_str() == Some("true"))
}
