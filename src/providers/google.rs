//! Access tokens of Google that a frontend got itself.
//!
//! <https://developers.google.com/identity/protocols/oauth2/openid-connect>, "tokeninfo".

use oauth2::http::{Request, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::error::{ProviderError, Refusal};
use super::identity::ProviderIdentity;
use super::openid::{Dialogue, is_true};
use super::outgoing::{parse_json, text_or_none};
use crate::secret::Secret;

/// The members of an answer about a token that are used here.
#[derive(Deserialize)]
struct TokenInfo {
    #[serde(default)]
    aud: Option<String>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    exp: Option<Value>,
    #[serde(default, deserialize_with = "text_or_none")]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<Value>,
}

/// Returns the user whom an access token belongs to, after Google confirmed that it was issued to this site.
pub(super) async fn identify_by_access_token(
    dialogue: Dialogue<'_>,
    access_token: &Secret,
) -> Result<ProviderIdentity, ProviderError> {
    let provider = dialogue.provider;
    let url =
        Url::parse_with_params(&format!("{}/tokeninfo", provider.api_url), [("access_token", access_token.expose())]);
    let url = url.map_err(|_| ProviderError::unavailable("`api_url` is no URL"))?;
    let request = Request::get(url.as_str()).header(header::ACCEPT, "application/json").body(Vec::new());
    let answer = dialogue.conversation.send(request.map_err(|_| Refusal::TokenRefused)?).await?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => return Err(Refusal::TokenRefused.into()),
        status => return Err(ProviderError::unavailable(format!("tokeninfo is answered {status}"))),
    }
    let token: TokenInfo = parse_json(&answer)?;
    let is_ours = |client: &Option<String>| client.as_deref() == Some(provider.client_id.as_str());
    if !is_ours(&token.aud) && !is_ours(&token.azp) {
        return Err(Refusal::WrongClient.into());
    }
    // Written as a text.
    let expires_at = match &token.exp {
        Some(Value::String(text)) => text.parse().ok(),
        Some(number) => number.as_i64(),
        None => None,
    };
    if expires_at.is_none_or(|expires_at| expires_at <= dialogue.conversation.now.unix_seconds()) {
        return Err(Refusal::TokenRefused.into());
    }
    let subject = token.sub.ok_or(Refusal::NoSubject)?;
    let document = dialogue.document().await?;
    let info = dialogue.user_info(&document, access_token).await?;
    let identity = match info {
        None => ProviderIdentity::of(&subject)?,
        Some(info) if info.subject() == Some(subject.as_str()) => info.identity()?,
        Some(_) => return Err(Refusal::SubjectsDiffer.into()),
    };
    match identity.email {
        Some(_) => Ok(identity),
        None => Ok(identity.with_email(token.email.as_deref(), is_true(token.email_verified.as_ref()))),
    }
}
