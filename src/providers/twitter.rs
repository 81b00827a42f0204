//! Twitter, by the pair of tokens of OAuth 1 that an app got itself.
//!
//! <https://developer.x.com/en/docs/x-api/v1/accounts-and-users/manage-account-settings/api-reference/get-account-verify_credentials>.
//! A request is signed with this site's consumer key, so Twitter refuses tokens that were issued to others.

mod signature;

use oauth2::http::{Method, Request, StatusCode, header};
use serde::Deserialize;

use super::error::{ProviderError, Refusal};
use super::identity::ProviderIdentity;
use super::outgoing::{Conversation, parse_json, text_or_none};
use crate::secret::Secret;
use crate::settings::Provider;
use signature::{Nonce, Signed};

#[derive(Deserialize)]
struct User {
    id_str: String,
    screen_name: String,
    #[serde(default, deserialize_with = "text_or_none")]
    name: Option<String>,
    #[serde(default, deserialize_with = "text_or_none")]
    email: Option<String>,
}

/// Returns the user whom a pair of tokens belongs to.
pub(super) async fn identify(
    conversation: &Conversation<'_>,
    provider: &Provider,
    access_token: &Secret,
    token_secret: &Secret,
) -> Result<ProviderIdentity, ProviderError> {
    let url = format!("{}/1.1/account/verify_credentials.json", provider.api_url);
    let query = [("include_email", "true"), ("skip_status", "true"), ("include_entities", "false")];
    let signed = Signed { method: Method::GET, url: &url, parameters: &query };
    let token = Some((access_token, token_secret));
    let header_value = authorization(conversation, provider, &signed, token)?;
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::get(format!("{url}?{}", query.join("&")))
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, header_value)
        .body(Vec::new());
    let answer = conversation.send(request.map_err(|_| Refusal::TokenRefused)?).await?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(Refusal::TokenRefused.into());
        }
        status => return Err(ProviderError::unavailable(format!("the user is answered {status}"))),
    }
    let user: User = parse_json(&answer)?;
    let identity = ProviderIdentity::of(&user.id_str)?
        // Its documents do not say that it is verified.
        .with_email(user.email.as_deref(), false)
        .with_username(Some(&user.screen_name))
        .with_whole_name(user.name.as_deref());
    Ok(identity)
}

/// Asks whether Twitter accepts this site's key and secret.
pub(super) async fn check_client(conversation: &Conversation<'_>, provider: &Provider) -> Result<(), ProviderError> {
    let url = format!("{}/oauth/request_token", provider.api_url);
    let signed = Signed { method: Method::POST, url: &url, parameters: &[("oauth_callback", "oob")] };
    let header_value = authorization(conversation, provider, &signed, None)?;
    let request =
        Request::post(format!("{url}?oauth_callback=oob")).header(header::AUTHORIZATION, header_value).body(Vec::new());
    let request = request.map_err(|_| ProviderError::unavailable("`api_url` is no URL"))?;
    match conversation.send(request).await?.status() {
        StatusCode::OK => Ok(()),
        StatusCode::UNAUTHORIZED => Err(ProviderError::client_refused(None)),
        status => Err(ProviderError::unavailable(format!("a request for a token is answered {status}"))),
    }
}

fn authorization(
    conversation: &Conversation<'_>,
    provider: &Provider,
    signed: &Signed<'_>,
    token: Option<(&Secret, &Secret)>,
) -> Result<String, ProviderError> {
    let secret = provider.client_secret.as_ref().ok_or(ProviderError::Unsupported)?;
    let nonce = Nonce::random().map_err(|error| ProviderError::unavailable(format!("no randomness: {error}")))?;
    Ok(signed.authorization((&provider.client_id, secret), token, &nonce, conversation.now))
}
