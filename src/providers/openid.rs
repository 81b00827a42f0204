//! OpenID Connect, by the addresses of a discovery document.

mod access_token;
mod claims;
mod discovery;
mod id_token;
mod signed_text;
mod user_info;

use oauth2::AuthType;
use openidconnect::core::CoreJsonWebKeySet;
use url::Url;

use super::cached::Cached;
use super::error::{IdTokenFault, ProviderError, Refusal};
use super::exchange::{self, Code};
use super::identity::ProviderIdentity;
use super::outgoing::Conversation;
use super::proof::AuthorizationRequest;
use crate::secret::Secret;
use crate::settings::Provider;
use id_token::{Expected, IdToken};

pub(super) use access_token::introspect;
pub(super) use claims::is_true;
pub(super) use discovery::{Document, fetch_document, fetch_keys};

/// What is known of one provider of OpenID Connect.
#[derive(Debug)]
pub(super) struct OpenId {
    document: Cached<Document>,
    keys: Cached<CoreJsonWebKeySet>,
}

/// One conversation with a provider of OpenID Connect.
#[derive(Clone, Copy)]
pub(super) struct Dialogue<'a> {
    pub(super) openid: &'a OpenId,
    pub(super) provider: &'a Provider,
    pub(super) conversation: &'a Conversation<'a>,
}

impl OpenId {
    pub(super) fn new() -> Self {
        Self { document: Cached::new(), keys: Cached::new() }
    }
}

impl Dialogue<'_> {
    /// Returns the page that a login begins at.
    pub(super) async fn authorization_url(&self, request: AuthorizationRequest<'_>) -> Result<String, ProviderError> {
        let document = self.document().await?;
        let url = self.conversation.hosts.check(&document.authorization_endpoint);
        let url = url.map_err(ProviderError::unavailable)?;
        Ok(with_query(url, self.provider, request, " "))
    }

    /// Exchanges a code, and returns the user that its id token names.
    pub(super) async fn identify_by_code(
        &self,
        code: Code<'_>,
        nonce: Option<&str>,
    ) -> Result<ProviderIdentity, ProviderError> {
        let document = self.document().await?;
        let auth_type = self.auth_type(&document);
        let endpoint = (document.token_endpoint.as_str(), auth_type);
        let tokens = exchange::exchange(self.conversation, self.provider, endpoint, code, |_| None).await?;
        let id_token = tokens.id_token.ok_or(IdTokenFault::Absent)?;
        let token = self.believe(&id_token, nonce, Some(&tokens.access_token)).await?;
        self.complete(token, Some(&tokens.access_token), &document).await
    }

    /// Returns the user that an id token names, which a frontend got itself. An access token beside it must be of the
    /// same user.
    pub(super) async fn identify_by_id_token(
        &self,
        id_token: &Secret,
        access_token: &Secret,
    ) -> Result<ProviderIdentity, ProviderError> {
        let access_token = Some(access_token).filter(|token| !token.expose().is_empty());
        let token = self.believe(id_token, None, access_token).await?;
        let document = self.document().await?;
        let Some(access_token) = access_token else { return token.identity() };
        let info = self.user_info(&document, access_token).await?.ok_or(ProviderError::Unsupported)?;
        if info.subject() != Some(token.subject()) {
            return Err(Refusal::SubjectsDiffer.into());
        }
        if token.has_email() { token.identity() } else { info.identity() }
    }

    pub(super) async fn document(&self) -> Result<std::sync::Arc<Document>, ProviderError> {
        let Conversation { now, deadline, .. } = *self.conversation;
        let fetch = async { fetch_document(self.conversation, self.issuer()).await?.of_issuer(self.issuer()) };
        self.openid.document.get(now, deadline, fetch).await
    }

    pub(super) fn issuer(&self) -> &str {
        self.provider.issuer.as_deref().unwrap_or_default()
    }

    /// Returns how this site proves to the provider who it is.
    pub(super) fn auth_type(&self, document: &Document) -> AuthType {
        match self.provider.client_secret.is_some() && document.takes_basic_authentication() {
            true => AuthType::BasicAuth,
            false => AuthType::RequestBody,
        }
    }

    /// Checks an id token. If no known key has signed it, the provider may have replaced its keys: they are fetched anew
    /// at once, a few times a minute at most.
    async fn believe(
        &self,
        id_token: &Secret,
        nonce: Option<&str>,
        access_token: Option<&Secret>,
    ) -> Result<IdToken, ProviderError> {
        let Conversation { now, deadline, .. } = *self.conversation;
        let document = self.document().await?;
        let expected =
            Expected { issuer: self.issuer(), client_id: &self.provider.client_id, nonce, access_token, now };
        let fetch = || fetch_keys(self.conversation, &document);
        let keys = self.openid.keys.get(now, deadline, fetch()).await?;
        match IdToken::verify(id_token, &keys, &expected) {
            // A provider that names no keys, or names a new one as the old, is known by the signature.
            Err(IdTokenFault::UnknownKey | IdTokenFault::Signature) => {
                let keys = self.openid.keys.get_another(&keys, now, deadline, fetch()).await?;
                Ok(IdToken::verify(id_token, &keys, &expected)?)
            }
            checked => Ok(checked?),
        }
    }

    /// Adds what an id token leaves to the endpoint for user information.
    async fn complete(
        &self,
        token: IdToken,
        access_token: Option<&Secret>,
        document: &Document,
    ) -> Result<ProviderIdentity, ProviderError> {
        let Some(access_token) = access_token.filter(|_| !token.has_email()) else { return token.identity() };
        match self.user_info(document, access_token).await? {
            None => token.identity(),
            Some(info) if info.subject() == Some(token.subject()) => info.identity(),
            Some(_) => Err(Refusal::SubjectsDiffer.into()),
        }
    }
}

/// Appends a request for a login to the provider's page.
pub(super) fn with_query(
    mut url: Url,
    provider: &Provider,
    request: AuthorizationRequest<'_>,
    scope_separator: &str,
) -> String {
    let mut query = url.query_pairs_mut();
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.client_id)
        .append_pair("redirect_uri", request.redirect_uri)
        .append_pair("scope", &provider.scopes.join(scope_separator))
        .append_pair("state", request.state);
    if let Some(code_challenge) = request.code_challenge {
        query.append_pair("code_challenge", code_challenge).append_pair("code_challenge_method", "S256");
    }
    if let Some(nonce) = request.nonce.filter(|_| provider.kind.has_issuer()) {
        query.append_pair("nonce", nonce);
    }
    drop(query);
    url.into()
}
