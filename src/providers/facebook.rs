//! Facebook.
//!
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>,
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>,
//! <https://developers.facebook.com/docs/graph-api/guides/secure-requests>.

use hmac::{Hmac, KeyInit, Mac};
use oauth2::AuthType;
use oauth2::http::{Request, Response, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use url::Url;

use super::error::{ProviderError, Refusal};
use super::exchange::{self, Code};
use super::identity::ProviderIdentity;
use super::openid::with_query;
use super::outgoing::{Conversation, parse_json, text_or_none};
use super::proof::AuthorizationRequest;
use crate::secret::Secret;
use crate::settings::Provider;

#[derive(Deserialize)]
struct Checked {
    data: CheckedToken,
}

#[derive(Deserialize)]
struct CheckedToken {
    is_valid: bool,
    #[serde(default)]
    app_id: Option<String>,
    #[serde(default)]
    user_id: Option<String>,
    /// 0 for tokens that do not expire.
    #[serde(default)]
    expires_at: i64,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default, deserialize_with = "text_or_none")]
    email: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    last_name: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    error: Error,
}

#[derive(Deserialize)]
struct Error {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    is_transient: bool,
}

pub(super) fn authorization_url(
    conversation: &Conversation<'_>,
    provider: &Provider,
    request: AuthorizationRequest<'_>,
) -> Result<String, ProviderError> {
    let url = conversation.hosts.check(&format!("{}/dialog/oauth", provider.web_url));
    Ok(with_query(url.map_err(ProviderError::unavailable)?, provider, request, ","))
}

/// Exchanges a code, and asks whose token it gave.
pub(super) async fn identify_by_code(
    conversation: &Conversation<'_>,
    provider: &Provider,
    code: Code<'_>,
) -> Result<ProviderIdentity, ProviderError> {
    let endpoint = format!("{}/oauth/access_token", provider.api_url);
    let endpoint = (endpoint.as_str(), AuthType::RequestBody);
    let read_error = |body: &[u8]| {
        let failure: Failure = serde_json::from_slice(body).ok()?;
        let refusal = Refusal::of_code(Some(&failure.error.code.to_string()));
        Some(meaning(&failure.error, refusal))
    };
    let tokens = exchange::exchange(conversation, provider, endpoint, code, read_error).await?;
    Ok(identity(&me(conversation, provider, &tokens.access_token).await?)?)
}

/// Asks whether a token was issued to this site, and then whose it is.
pub(super) async fn identify_by_access_token(
    conversation: &Conversation<'_>,
    provider: &Provider,
    access_token: &Secret,
) -> Result<ProviderIdentity, ProviderError> {
    let secret = provider.client_secret.as_ref().ok_or(ProviderError::Unsupported)?;
    let app_token = format!("{}|{}", provider.client_id, secret.expose());
    let query = [("input_token", access_token.expose()), ("access_token", &app_token)];
    let checked: Checked = get(conversation, provider, "/debug_token", &query, |error| match error.code {
        // About the app's own token, which is made of its id and secret.
        190 | 101 => ProviderError::client_refused(None),
        _ => meaning(error, Refusal::TokenRefused),
    })
    .await?;
    let token = checked.data;
    if token.app_id.as_deref().is_some_and(|app_id| app_id != provider.client_id) {
        return Err(Refusal::WrongClient.into());
    }
    let has_expired = token.expires_at != 0 && token.expires_at <= conversation.now.unix_seconds();
    if !token.is_valid || token.app_id.is_none() || has_expired {
        return Err(Refusal::TokenRefused.into());
    }
    let user = me(conversation, provider, access_token).await?;
    if token.user_id.as_deref() != Some(user.id.as_str()) {
        return Err(Refusal::SubjectsDiffer.into());
    }
    Ok(identity(&user)?)
}

/// Asks whether Facebook accepts this site's id and secret.
pub(super) async fn check_client(conversation: &Conversation<'_>, provider: &Provider) -> Result<(), ProviderError> {
    let secret = provider.client_secret.as_ref().ok_or(ProviderError::Unsupported)?;
    let app_token = format!("{}|{}", provider.client_id, secret.expose());
    let query = [("fields", "id"), ("access_token", app_token.as_str())];
    let path = format!("/{}", provider.client_id);
    let refused = |_: &Error| ProviderError::client_refused(None);
    get::<serde_json::Value>(conversation, provider, &path, &query, refused).await.map(drop)
}

fn identity(user: &User) -> Result<ProviderIdentity, Refusal> {
    let identity = ProviderIdentity::of(&user.id)?
        // Facebook does not say whether it is verified.
        .with_email(user.email.as_deref(), false)
        .with_names(user.first_name.as_deref(), user.last_name.as_deref());
    Ok(identity)
}

async fn me(
    conversation: &Conversation<'_>,
    provider: &Provider,
    access_token: &Secret,
) -> Result<User, ProviderError> {
    let secret = provider.client_secret.as_ref().ok_or(ProviderError::Unsupported)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes keys of any length");
    mac.update(access_token.expose().as_bytes());
    let proof = hex::encode(mac.finalize().into_bytes());
    let query = [
        ("fields", "id,email,first_name,last_name"),
        ("access_token", access_token.expose()),
        ("appsecret_proof", &proof),
    ];
    get(conversation, provider, "/me", &query, |error| meaning(error, Refusal::TokenRefused)).await
}

async fn get<T: DeserializeOwned>(
    conversation: &Conversation<'_>,
    provider: &Provider,
    path: &str,
    query: &[(&str, &str)],
    refused: impl Fn(&Error) -> ProviderError,
) -> Result<T, ProviderError> {
    let url = Url::parse_with_params(&format!("{}{path}", provider.api_url), query);
    let url = url.map_err(|_| ProviderError::unavailable("`api_url` is no URL"))?;
    let request = Request::get(url.as_str()).header(header::ACCEPT, "application/json").body(Vec::new());
    let answer: Response<Vec<u8>> = conversation.send(request.map_err(|_| Refusal::TokenRefused)?).await?;
    if answer.status() == StatusCode::OK {
        return parse_json(&answer);
    }
    Err(refused(&parse_json::<Failure>(&answer)?.error))
}

/// Returns whose fault an error is: the user's, Facebook's, or this site's settings'.
fn meaning(error: &Error, refusal: Refusal) -> ProviderError {
    match error.code {
        // Facebook has no number of its own for a wrong secret.
        1 if error.message.contains("client secret") => ProviderError::client_refused(None),
        // Faults of Facebook, and limits of the app, the user and the site.
        1 | 2 | 4 | 17 | 32 | 341 | 368 | 613 => ProviderError::unavailable(format!("it answers error {}", error.code)),
        101 => ProviderError::client_refused(None),
        _ if error.is_transient => ProviderError::unavailable(format!("it answers error {}", error.code)),
        _ => refusal.into(),
    }
}
