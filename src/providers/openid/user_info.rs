//! The endpoint for user information (OpenID Connect Core, 5.3).

use oauth2::http::{Request, StatusCode, header};

use super::Dialogue;
use super::claims::UserClaims;
use super::discovery::Document;
use crate::providers::error::{ProviderError, Refusal};
use crate::providers::outgoing::parse_json;
use crate::secret::Secret;

impl Dialogue<'_> {
    /// Asks whom an access token belongs to. None if the provider has no such endpoint.
    pub(in crate::providers) async fn user_info(
        &self,
        document: &Document,
        access_token: &Secret,
    ) -> Result<Option<UserClaims>, ProviderError> {
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
