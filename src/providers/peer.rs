//! A provider as it is spoken to: which kind takes which proof.

use reqwest::Client;
use tokio::time::Instant;

use super::check::{self, Finding};
use super::error::{ProviderError, Refusal};
use super::exchange::Code;
use super::hosts::Hosts;
use super::identity::ProviderIdentity;
use super::openid::{self, Dialogue, OpenId};
use super::outgoing::Conversation;
use super::proof::{AuthorizationRequest, Proof};
use super::{facebook, github, google, twitter};
use crate::clock::Clock;
use crate::settings::{Provider, ProviderKind};

/// The longest code or token that is sent on. Those of Microsoft have up to 4 KiB.
const LONGEST_TOKEN_BYTES: usize = 16 * 1024;

/// All that a conversation with one provider needs.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) settings: Provider,
    hosts: Hosts,
    client: Client,
    clock: Clock,
    openid: OpenId,
}

impl Peer {
    pub(super) fn new(settings: Provider, client: Client, clock: Clock) -> Self {
        Self { hosts: Hosts::of(&settings), settings, client, clock, openid: OpenId::new() }
    }

    /// Begins a conversation, which ends by the deadline that the settings say.
    fn begin(&self) -> Conversation<'_> {
        Conversation {
            client: &self.client,
            hosts: &self.hosts,
            deadline: Instant::now() + self.settings.timeout.duration(),
            now: self.clock.now(),
        }
    }

    fn dialogue<'a>(&'a self, conversation: &'a Conversation<'a>) -> Dialogue<'a> {
        Dialogue { openid: &self.openid, provider: &self.settings, conversation }
    }

    pub(super) async fn authorization_url(&self, request: AuthorizationRequest<'_>) -> Result<String, ProviderError> {
        if self.settings.kind != ProviderKind::Twitter && !self.allows_redirect(request.redirect_uri) {
            return Err(Refusal::WrongRedirect.into());
        }
        let conversation = self.begin();
        match self.settings.kind {
            ProviderKind::OpenId | ProviderKind::Google => {
                self.dialogue(&conversation).authorization_url(request).await
            }
            ProviderKind::GitHub => github::authorization_url(&conversation, &self.settings, request),
            ProviderKind::Facebook => facebook::authorization_url(&conversation, &self.settings, request),
            ProviderKind::Twitter => Err(ProviderError::Unsupported),
        }
    }

    pub(super) async fn identify(&self, proof: Proof) -> Result<ProviderIdentity, ProviderError> {
        let conversation = self.begin();
        match &proof {
            Proof::Code { code, redirect_uri, code_verifier, nonce } => {
                let is_code = !code.expose().is_empty() && code.expose().len() <= LONGEST_TOKEN_BYTES;
                let takes_codes = self.settings.kind != ProviderKind::Twitter;
                if takes_codes && !self.allows_redirect(redirect_uri) {
                    return Err(Refusal::WrongRedirect.into());
                }
                if takes_codes && !is_code {
                    return Err(Refusal::of_code(None).into());
                }
                let code = Code { code, redirect_uri, code_verifier: code_verifier.as_ref() };
                match self.settings.kind {
                    ProviderKind::OpenId | ProviderKind::Google => {
                        self.dialogue(&conversation).identify_by_code(code, nonce.as_deref()).await
                    }
                    ProviderKind::GitHub => github::identify_by_code(&conversation, &self.settings, code).await,
                    ProviderKind::Facebook => facebook::identify_by_code(&conversation, &self.settings, code).await,
                    ProviderKind::Twitter => Err(ProviderError::Unsupported),
                }
            }
            Proof::AccessToken { access_token, id_token } => {
                let lengths =
                    [access_token, id_token.as_ref().unwrap_or(access_token)].map(|token| token.expose().len());
                let is_nothing = access_token.expose().is_empty() && id_token.is_none();
                if is_nothing || lengths.into_iter().any(|length| length > LONGEST_TOKEN_BYTES) {
                    return Err(Refusal::TokenRefused.into());
                }
                let dialogue = self.dialogue(&conversation);
                match (self.settings.kind, id_token) {
                    (ProviderKind::OpenId | ProviderKind::Google, Some(id_token)) => {
                        dialogue.identify_by_id_token(id_token, access_token).await
                    }
                    (_, None) if access_token.expose().is_empty() => Err(Refusal::TokenRefused.into()),
                    (ProviderKind::OpenId, None) => openid::introspect(dialogue, access_token).await,
                    (ProviderKind::Google, None) => google::identify_by_access_token(dialogue, access_token).await,
                    (ProviderKind::GitHub, _) => {
                        github::identify_by_access_token(&conversation, &self.settings, access_token).await
                    }
                    (ProviderKind::Facebook, _) => {
                        facebook::identify_by_access_token(&conversation, &self.settings, access_token).await
                    }
                    (ProviderKind::Twitter, _) => Err(ProviderError::Unsupported),
                }
            }
            Proof::TokenPair { access_token, token_secret } => match self.settings.kind {
                ProviderKind::Twitter => {
                    twitter::identify(&conversation, &self.settings, access_token, token_secret).await
                }
                _ => Err(ProviderError::Unsupported),
            },
        }
    }

    /// Returns whether the provider may send users back to `uri`, which is compared byte by byte.
    pub(super) fn allows_redirect(&self, uri: &str) -> bool {
        self.settings.redirect_uris.iter().any(|allowed| allowed == uri)
    }

    pub(super) async fn check(&self) -> Vec<Finding> {
        let conversation = self.begin();
        check::check(self.dialogue(&conversation)).await
    }
}
