//! Identity providers: whom they say that a proof belongs to, and what happens when they do not behave.

mod access_tokens;
mod codes;
mod facebook;
mod github;
mod google;
mod id_tokens;
mod keys;
mod misbehaviour;
mod twitter;

use countersign::providers::{Proof, Provider, ProviderError, ProviderIdentity, Providers, Refusal};
use countersign::secret::Secret;
use countersign::settings;

use crate::support::fake_providers::{FakeOpenId, FakeUser, REDIRECT_URI};

/// A verifier of 43 characters, and its challenge: RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Opens one provider.
fn open(settings: settings::Provider) -> Providers {
    Providers::open(&[settings]).expect("a thread")
}

/// Returns the only provider.
fn only(providers: &Providers) -> &Provider {
    providers.iter().next().expect("there is one")
}

fn code(code: &str) -> Proof {
    Proof::Code { code: Secret::new(code), redirect_uri: REDIRECT_URI.to_owned(), code_verifier: None, nonce: None }
}

fn token(access_token: &str) -> Proof {
    Proof::AccessToken { access_token: Secret::new(access_token), id_token: None }
}

fn tokens(access_token: &str, id_token: &str) -> Proof {
    let id_token = Some(Secret::new(id_token));
    Proof::AccessToken { access_token: Secret::new(access_token), id_token }
}

/// Returns the address of an identity, and whether the provider has verified it.
fn email(identity: &ProviderIdentity) -> Option<(&str, bool)> {
    identity.email.as_ref().map(|email| (email.address.as_str(), email.is_verified))
}

fn ann() -> FakeUser {
    FakeUser::new("ann-1", "ann@mail.example").with("given_name", "Ann").with("family_name", "Lee")
}

/// Logs in by a code, with a provider that has been told what to do.
async fn log_in(fake: &FakeOpenId) -> Result<ProviderIdentity, ProviderError> {
    let providers = open(fake.settings("fake"));
    let bare = fake.code_for(&ann(), REDIRECT_URI, None, None);
    only(&providers).identify(code(&bare)).await
}

fn refused(refusal: Refusal) -> Result<ProviderIdentity, ProviderError> {
    Err(ProviderError::Refused(refusal))
}

/// Returns the reason of an error that is worth another try, and when.
fn unavailable(outcome: Result<ProviderIdentity, ProviderError>) -> (u32, String) {
    match outcome {
        Err(ProviderError::Unavailable { retry_after_seconds, cause }) => (retry_after_seconds, cause),
        other => panic!("{other:?}"),
    }
}

/// Returns the refusal of a code, with the provider's own word for it.
fn code_refused(error: Option<&str>) -> Result<ProviderIdentity, ProviderError> {
    refused(Refusal::CodeRefused { error: error.map(str::to_owned) })
}

/// Returns what the operator is told.
#[track_caller]
fn misconfigured(outcome: Result<ProviderIdentity, ProviderError>) -> String {
    match outcome {
        Err(error @ ProviderError::Misconfigured { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}
