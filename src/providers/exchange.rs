//! Exchanges the code of a login for tokens (RFC 6749, 4.1.3), for providers of OAuth 2 and OpenID Connect.

use std::fmt;
use std::time::Duration;

use oauth2::basic::{
    BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AccessToken, AuthType, AuthorizationCode, Client, ClientId, ClientSecret, ErrorResponse, PkceCodeVerifier,
    RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};

use super::error::{ProviderError, Refusal};
use super::outgoing::{Conversation, OutgoingError, text_or_none};
use crate::secret::Secret;
use crate::settings::Provider;

/// A code, and the login that it is of.
pub(super) struct Code<'a> {
    pub(super) code: &'a Secret,
    pub(super) redirect_uri: &'a str,
    pub(super) code_verifier: Option<&'a Secret>,
}

/// What a provider gives for a code.
pub(super) struct Tokens {
    pub(super) access_token: Secret,
    pub(super) id_token: Option<Secret>,
}

/// The members of an answer that are used here. Providers write the others in many ways, such as `scope` as a list.
#[derive(Debug, Deserialize, Serialize)]
struct TokenAnswer {
    access_token: AccessToken,
    #[serde(default, deserialize_with = "text_or_none")]
    id_token: Option<String>,
}

impl TokenResponse for TokenAnswer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    /// Every token is used as a bearer token.
    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        None
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// The member of an error that is used here.
#[derive(Debug, Deserialize, Serialize)]
struct ErrorAnswer {
    error: BasicErrorResponseType,
}

impl fmt::Display for ErrorAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.error.as_ref())
    }
}

impl ErrorResponse for ErrorAnswer {}

type CodeClient = Client<
    ErrorAnswer,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// Exchanges a code at `token_endpoint`. `read_error` reads errors that are not written as RFC 6749 says.
///
/// # Errors
///
/// [`Refusal::CodeRefused`]; [`ProviderError::Misconfigured`] where the provider refuses this site rather than the
/// code; and [`ProviderError::Unavailable`].
pub(super) async fn exchange(
    conversation: &Conversation<'_>,
    provider: &Provider,
    (token_endpoint, auth_type): (&str, AuthType),
    code: Code<'_>,
    read_error: fn(&[u8]) -> Option<ProviderError>,
) -> Result<Tokens, ProviderError> {
    let not_a_url = |what: &str| ProviderError::unavailable(format!("the {what} is no URL"));
    let mut client = CodeClient::new(ClientId::new(provider.client_id.clone())).set_auth_type(auth_type);
    if let Some(secret) = &provider.client_secret {
        client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
    }
    let token_url = TokenUrl::new(token_endpoint.to_owned()).map_err(|_| not_a_url("token endpoint"))?;
    let client = client.set_token_uri(token_url);
    let mut request = client
        .exchange_code(AuthorizationCode::new(code.code.expose().to_owned()))
        // Not every one is a URL: Google's script sends "postmessage".
        .add_extra_param("redirect_uri", code.redirect_uri);
    if let Some(verifier) = code.code_verifier {
        request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose().to_owned()));
    }
    let answer = request.request_async(conversation).await.map_err(|error| refusal(error, read_error))?;
    Ok(Tokens {
        access_token: Secret::new(answer.access_token.secret()),
        id_token: answer.id_token.as_deref().map(Secret::new),
    })
}

fn refusal(
    error: RequestTokenError<OutgoingError, ErrorAnswer>,
    read_error: fn(&[u8]) -> Option<ProviderError>,
) -> ProviderError {
    match error {
        RequestTokenError::ServerResponse(answer) => meaning(&answer.error),
        RequestTokenError::Request(error) => error.into(),
        // GitHub sends its errors with the status of a success, Facebook writes them in its own way.
        RequestTokenError::Parse(error, body) => match serde_json::from_slice::<ErrorAnswer>(&body) {
            Ok(answer) => meaning(&answer.error),
            Err(_) => read_error(&body).unwrap_or_else(|| {
                let place = error.path().to_string();
                ProviderError::unavailable(format!("the answer of the token endpoint cannot be read at {place:?}"))
            }),
        },
        RequestTokenError::Other(cause) => {
            ProviderError::unavailable(format!("the answer of the token endpoint cannot be read: {cause}"))
        }
    }
}

/// Returns whose fault an error of a token endpoint is: the client's, the provider's, or this site's settings'.
///
/// The client has brought the code and chosen the redirect URI among those of the settings, so every error about these
/// is the client's. What this site is called, and what it may do at the provider, is the operator's.
fn meaning(error: &BasicErrorResponseType) -> ProviderError {
    use BasicErrorResponseType as Answer;
    let name = error.as_ref();
    match error {
        Answer::InvalidClient => ProviderError::client_refused(Some(name)),
        Answer::UnauthorizedClient | Answer::UnsupportedGrantType => {
            ProviderError::refuses("this client's logins by code", Some(name))
        }
        Answer::InvalidScope => ProviderError::refuses("the scopes", Some(name)),
        Answer::InvalidGrant | Answer::InvalidRequest => Refusal::of_code(Some(name)).into(),
        Answer::Extension(name) => match name.as_str() {
            // GitHub's word.
            "incorrect_client_credentials" => ProviderError::client_refused(Some(name)),
            // Google's and GitHub's words for clients that somebody has switched off.
            "deleted_client" | "disabled_client" | "application_suspended" => {
                ProviderError::refuses("this client", Some(name))
            }
            "server_error" | "temporarily_unavailable" | "slow_down" => {
                ProviderError::unavailable(format!("the token endpoint answers {name:?}"))
            }
            _ => Refusal::of_code(Some(name)).into(),
        },
    }
}
