//! GitHub, and GitHub Enterprise servers.
//!
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps>,
//! <https://docs.github.com/en/rest/apps/oauth-applications#check-a-token>,
//! <https://docs.github.com/en/rest/users/emails>.

use oauth2::AuthType;
use oauth2::http::request::Builder;
use oauth2::http::{Request, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::authentication::basic;
use super::error::{ProviderError, Refusal};
use super::exchange::{self, Code};
use super::identity::ProviderIdentity;
use super::openid::with_query;
use super::outgoing::{Conversation, parse_json, text_or_none};
use super::proof::AuthorizationRequest;
use crate::secret::Secret;
use crate::settings::Provider;

#[derive(Deserialize)]
struct CheckedToken {
    app: App,
}

#[derive(Deserialize)]
struct App {
    client_id: String,
}

/// A user. The address in it is one that the user chose to show, verified or not.
#[derive(Deserialize)]
struct User {
    /// Never given to another, as `login` may be.
    id: u64,
    login: String,
    #[serde(default, deserialize_with = "text_or_none")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct Email {
    email: String,
    primary: bool,
    verified: bool,
}

pub(super) fn authorization_url(
    conversation: &Conversation<'_>,
    provider: &Provider,
    request: AuthorizationRequest<'_>,
) -> Result<String, ProviderError> {
    let url = conversation.hosts.check(&format!("{}/login/oauth/authorize", provider.web_url));
    Ok(with_query(url.map_err(ProviderError::unavailable)?, provider, request, " "))
}

/// Exchanges a code, and asks whose token it gave.
pub(super) async fn identify_by_code(
    conversation: &Conversation<'_>,
    provider: &Provider,
    code: Code<'_>,
) -> Result<ProviderIdentity, ProviderError> {
    let endpoint = format!("{}/login/oauth/access_token", provider.web_url);
    let endpoint = (endpoint.as_str(), AuthType::RequestBody);
    let tokens = exchange::exchange(conversation, provider, endpoint, code, |_| None).await?;
    identity(conversation, provider, &tokens.access_token).await
}

/// Asks whether a token was issued to this site, and then whose it is.
pub(super) async fn identify_by_access_token(
    conversation: &Conversation<'_>,
    provider: &Provider,
    access_token: &Secret,
) -> Result<ProviderIdentity, ProviderError> {
    let answer = check_token(conversation, provider, access_token).await?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => return Err(Refusal::TokenRefused.into()),
        StatusCode::UNAUTHORIZED => {
            return Err(ProviderError::client_refused(None));
        }
        status => return Err(ProviderError::unavailable(format!("the check of a token is answered {status}"))),
    }
    let checked: CheckedToken = parse_json(&answer)?;
    if checked.app.client_id != provider.client_id {
        return Err(Refusal::WrongClient.into());
    }
    identity(conversation, provider, access_token).await
}

/// Asks GitHub about a token, with this site's id and secret.
pub(super) async fn check_token(
    conversation: &Conversation<'_>,
    provider: &Provider,
    access_token: &Secret,
) -> Result<Response<Vec<u8>>, ProviderError> {
    let secret = provider.client_secret.as_ref().ok_or(ProviderError::Unsupported)?;
    let request = Request::post(format!("{}/applications/{}/token", provider.api_url, provider.client_id))
        .header(header::AUTHORIZATION, basic(&provider.client_id, secret))
        .header(header::CONTENT_TYPE, "application/json");
    let body = json!({ "access_token": access_token.expose() }).to_string();
    send(conversation, request, body.into_bytes()).await
}

async fn identity(
    conversation: &Conversation<'_>,
    provider: &Provider,
    access_token: &Secret,
) -> Result<ProviderIdentity, ProviderError> {
    let get = |path: &str| {
        let request = Request::get(format!("{}{path}", provider.api_url))
            .header(header::AUTHORIZATION, format!("Bearer {}", access_token.expose()));
        send(conversation, request, Vec::new())
    };
    let answer = get("/user").await?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(Refusal::TokenRefused.into()),
        status => return Err(ProviderError::unavailable(format!("the user is answered {status}"))),
    }
    let user: User = parse_json(&answer)?;
    let answer = get("/user/emails").await?;
    let emails: Vec<Email> = match answer.status() {
        StatusCode::OK => parse_json(&answer)?,
        // The token does not allow to read them.
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Vec::new(),
        StatusCode::UNAUTHORIZED => return Err(Refusal::TokenRefused.into()),
        status => return Err(ProviderError::unavailable(format!("the addresses are answered {status}"))),
    };
    let email = emails.iter().find(|email| email.primary);
    let identity = ProviderIdentity::of(&user.id.to_string())?
        .with_email(email.map(|email| email.email.as_str()), email.is_some_and(|email| email.verified))
        .with_username(Some(&user.login))
        .with_whole_name(user.name.as_deref());
    Ok(identity)
}

async fn send(
    conversation: &Conversation<'_>,
    request: Builder,
    body: Vec<u8>,
) -> Result<Response<Vec<u8>>, ProviderError> {
    let request = request
        .header(header::ACCEPT, "application/vnd.github+json")
        .header("X-GitHub-Api-Version", "2022-11-28")
        .body(body);
    // Only a token can have characters that no header may have.
    Ok(conversation.send(request.map_err(|_| Refusal::TokenRefused)?).await?)
}
