//! The discovery document (OpenID Connect Discovery, 4) and the keys that it names.

use oauth2::http::{Request, StatusCode, header};
use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;

use crate::providers::error::ProviderError;
use crate::providers::outgoing::{Conversation, parse_json};

/// The members of a discovery document that are used here.
#[derive(Debug, Deserialize)]
pub(in crate::providers) struct Document {
    pub(in crate::providers) issuer: String,
    pub(in crate::providers) authorization_endpoint: String,
    pub(in crate::providers) token_endpoint: String,
    pub(in crate::providers) jwks_uri: String,
    #[serde(default)]
    pub(in crate::providers) userinfo_endpoint: Option<String>,
    #[serde(default)]
    pub(in crate::providers) introspection_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(in crate::providers) code_challenge_methods_supported: Option<Vec<String>>,
}

impl Document {
    /// Refuses a document of another issuer, whose keys would be believed (OpenID Connect Discovery, 4.3).
    pub(in crate::providers) fn of_issuer(self, issuer: &str) -> Result<Self, ProviderError> {
        if self.issuer == issuer {
            return Ok(self);
        }
        let shown: String = self.issuer.chars().filter(|character| !character.is_control()).take(200).collect();
        Err(ProviderError::unavailable(format!(
            "its discovery document is of the issuer {shown:?}; if that is meant, write `issuer` just so"
        )))
    }

    /// Returns whether a client may prove itself by `client_secret_basic`, which is also what no word means.
    pub(in crate::providers) fn takes_basic_authentication(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| {
            methods.iter().any(|method| method == "client_secret_basic")
                || !methods.iter().any(|method| method == "client_secret_post")
        })
    }
}

/// Fetches the document of `issuer`, whose word on its issuer is not checked yet.
pub(in crate::providers) async fn fetch_document(
    conversation: &Conversation<'_>,
    issuer: &str,
) -> Result<Document, ProviderError> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    fetch(conversation, &address, "discovery document").await
}

/// Fetches the keys that sign id tokens.
pub(in crate::providers) async fn fetch_keys(
    conversation: &Conversation<'_>,
    document: &Document,
) -> Result<CoreJsonWebKeySet, ProviderError> {
    fetch(conversation, &document.jwks_uri, "key set").await
}

async fn fetch<T: serde::de::DeserializeOwned>(
    conversation: &Conversation<'_>,
    address: &str,
    what: &str,
) -> Result<T, ProviderError> {
    let request = Request::get(address).header(header::ACCEPT, "application/json").body(Vec::new());
    let request = request.map_err(|_| ProviderError::unavailable(format!("the address of the {what} is no URL")))?;
    let answer = conversation.send(request).await?;
    if answer.status() != StatusCode::OK {
        return Err(ProviderError::unavailable(format!("the {what} is answered {}", answer.status())));
    }
    parse_json(&answer)
}
