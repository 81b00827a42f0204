//! Access tokens that a frontend got itself: whose they are, and whether they were issued to this site.

use oauth2::AuthType;
use oauth2::http::{Request, StatusCode, header};
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::Dialogue;
use crate::providers::authentication::basic;
use crate::providers::error::{ProviderError, Refusal};
use crate::providers::identity::ProviderIdentity;
use crate::providers::outgoing::parse_json;
use crate::secret::Secret;
use crate::settings::Provider;

/// The members of an answer of an introspection endpoint that are used here (RFC 7662, 2.2).
#[derive(Deserialize)]
struct Introspection {
    active: bool,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    sub: Option<String>,
}

/// Returns the user whom an access token belongs to, after the provider's introspection endpoint confirmed that it was
/// issued to this site.
///
/// # Errors
///
/// [`ProviderError::Unsupported`] if the provider has no such endpoint, or none for user information.
pub(in crate::providers) async fn introspect(
    dialogue: Dialogue<'_>,
    access_token: &Secret,
) -> Result<ProviderIdentity, ProviderError> {
    let provider = dialogue.provider;
    let document = dialogue.document().await?;
    let endpoint = document.introspection_endpoint.as_ref().ok_or(ProviderError::Unsupported)?;
    let secret = provider.client_secret.as_ref().ok_or(ProviderError::Unsupported)?;
    let request = request(endpoint, provider, secret, (dialogue.auth_type(&document), access_token))?;
    let answer = dialogue.conversation.send(request).await?;
    if answer.status() != StatusCode::OK {
        let cause = format!("introspection is answered {}; may this client ask?", answer.status());
        return Err(ProviderError::unavailable(cause));
    }
    let token: Introspection = parse_json(&answer)?;
    if !token.active {
        return Err(Refusal::TokenRefused.into());
    }
    if token.client_id.as_deref() != Some(provider.client_id.as_str()) {
        return Err(Refusal::WrongClient.into());
    }
    let info = dialogue.user_info(&document, access_token).await?.ok_or(ProviderError::Unsupported)?;
    if token.sub.is_some() && token.sub.as_deref() != info.subject() {
        return Err(Refusal::SubjectsDiffer.into());
    }
    info.identity()
}

fn request(
    endpoint: &str,
    provider: &Provider,
    secret: &Secret,
    (auth_type, access_token): (AuthType, &Secret),
) -> Result<Request<Vec<u8>>, ProviderError> {
    let mut form = Serializer::new(String::new());
    form.append_pair("token", access_token.expose()).append_pair("token_type_hint", "access_token");
    let mut request = Request::post(endpoint)
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    match auth_type {
        AuthType::BasicAuth => request = request.header(header::AUTHORIZATION, basic(&provider.client_id, secret)),
        _ => {
            form.append_pair("client_id", &provider.client_id).append_pair("client_secret", secret.expose());
        }
    }
    let request = request.body(form.finish().into_bytes());
    request.map_err(|_| ProviderError::unavailable("the introspection endpoint is no URL"))
}
