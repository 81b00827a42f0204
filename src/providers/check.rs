//! Asks a provider whether the settings fit.

use openidconnect::JsonWebKey;
use openidconnect::core::{CoreJsonWebKey, CoreJsonWebKeyType, CoreJsonWebKeyUse};

use super::error::ProviderError;
use super::exchange::{self, Code};
use super::openid::{Dialogue, Document, fetch_document, fetch_keys};
use super::{facebook, github, twitter};
use crate::secret::Secret;
use crate::settings::ProviderKind;

/// Something that was found about a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether users cannot log in for it.
    pub is_fault: bool,
    /// What was found, and what to do about it.
    pub message: String,
}

impl Finding {
    pub(super) fn fault(message: impl Into<String>) -> Self {
        Self { is_fault: true, message: message.into() }
    }

    fn good(message: impl Into<String>) -> Self {
        Self { is_fault: false, message: message.into() }
    }
}

pub(super) async fn check(dialogue: Dialogue<'_>) -> Vec<Finding> {
    let Dialogue { conversation, provider, .. } = dialogue;
    let accepted = match provider.kind {
        ProviderKind::OpenId | ProviderKind::Google => return check_openid(dialogue).await,
        ProviderKind::GitHub => check_github(dialogue).await,
        ProviderKind::Facebook => facebook::check_client(conversation, provider).await,
        ProviderKind::Twitter => twitter::check_client(conversation, provider).await,
    };
    vec![match accepted {
        Ok(()) => Finding::good("it accepts `client_id` and `client_secret`"),
        Err(error) => Finding::fault(error.to_string()),
    }]
}

/// Asks about a token that does not exist: GitHub answers 404 if it accepts the client, and else 401.
async fn check_github(dialogue: Dialogue<'_>) -> Result<(), ProviderError> {
    let Dialogue { conversation, provider, .. } = dialogue;
    let answer = github::check_token(conversation, provider, &no_token()).await?;
    match answer.status().as_u16() {
        404 | 422 => Ok(()),
        401 => Err(ProviderError::client_refused(None)),
        status => Err(ProviderError::unavailable(format!("the check of a token is answered {status}"))),
    }
}

async fn check_openid(dialogue: Dialogue<'_>) -> Vec<Finding> {
    let fetched = fetch_document(dialogue.conversation, dialogue.issuer()).await;
    let document = match fetched.and_then(|document| document.of_issuer(dialogue.issuer())) {
        Ok(document) => document,
        Err(error) => return vec![Finding::fault(error.to_string())],
    };
    let mut findings = foreign_hosts(dialogue, &document);
    if document.code_challenge_methods_supported.as_ref().is_some_and(|methods| !methods.iter().any(|it| it == "S256"))
    {
        findings.push(Finding::fault("it does not take code challenges of the method S256, which each login has"));
    }
    match fetch_keys(dialogue.conversation, &document).await {
        Err(error) => findings.push(Finding::fault(error.to_string())),
        Ok(keys) => match keys.keys().iter().filter(|key| can_sign(key)).count() {
            0 => findings.push(Finding::fault(
                "its key set has no key that signs id tokens; keys that both sides know (`oct`) are not believed",
            )),
            1 => findings.push(Finding::good(format!("issuer {}, 1 key", dialogue.issuer()))),
            count => findings.push(Finding::good(format!("issuer {}, {count} keys", dialogue.issuer()))),
        },
    }
    if findings.iter().all(|finding| !finding.is_fault) {
        findings.push(check_client(dialogue, &document).await);
    }
    findings
}

/// Returns whether a key can sign id tokens that are believed: not one that both sides know.
fn can_sign(key: &CoreJsonWebKey) -> bool {
    let is_for_signatures = key.key_use().is_none_or(|use_| *use_ == CoreJsonWebKeyUse::Signature);
    is_for_signatures && *key.key_type() != CoreJsonWebKeyType::Symmetric
}

/// Finds the addresses in the discovery document that requests may not go to.
fn foreign_hosts(dialogue: Dialogue<'_>, document: &Document) -> Vec<Finding> {
    let endpoints = [
        ("authorization_endpoint", Some(&document.authorization_endpoint)),
        ("token_endpoint", Some(&document.token_endpoint)),
        ("jwks_uri", Some(&document.jwks_uri)),
        ("userinfo_endpoint", document.userinfo_endpoint.as_ref()),
        ("introspection_endpoint", document.introspection_endpoint.as_ref()),
    ];
    let faults = endpoints.into_iter().filter_map(|(name, address)| {
        let error = dialogue.conversation.hosts.check(address?).err()?;
        Some(Finding::fault(format!("its {name}: {error}")))
    });
    faults.collect()
}

/// Exchanges a code that does not exist, as a login does: the provider refuses the code if it accepts the client, and
/// else the client.
async fn check_client(dialogue: Dialogue<'_>, document: &Document) -> Finding {
    let Dialogue { conversation, provider, .. } = dialogue;
    let Some(redirect_uri) = provider.redirect_uris.first() else {
        return Finding::good(
            "`redirect_uris` is empty, so that no login can begin here; whether it accepts `client_id` was not asked",
        );
    };
    let (code, verifier) = (no_token(), no_token());
    let code = Code { code: &code, redirect_uri, code_verifier: Some(&verifier) };
    let endpoint = (document.token_endpoint.as_str(), dialogue.auth_type(document));
    let is_public = provider.client_secret.is_none();
    match exchange::exchange(conversation, provider, endpoint, code, |_| None).await {
        Err(ProviderError::Refused(_)) if is_public => {
            Finding::good("it accepts `client_id` without a secret, and none is set")
        }
        Err(ProviderError::Refused(_)) => Finding::good("it accepts `client_id` and `client_secret`"),
        Err(error @ ProviderError::Misconfigured { .. }) if is_public => {
            Finding::fault(format!("{error}; no `client_secret` is set, and this client may need one"))
        }
        Err(error) => Finding::fault(error.to_string()),
        Ok(_) => Finding::fault("it accepts codes that it never gave"),
    }
}

/// Returns a text that is no token and no code, and long enough for a verifier.
fn no_token() -> Secret {
    Secret::new("countersign-asks-whether-this-client-is-accepted")
}
