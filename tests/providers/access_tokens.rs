//! Tokens of OpenID Connect that a frontend got itself.

use countersign::providers::{IdTokenFault, ProviderError, Refusal};
use serde_json::Value;

use super::{ann, email, only, open, refused, token, tokens};
use crate::support::fake_providers::{CLIENT_ID, FakeOpenId, FakeUser};

#[tokio::test]
async fn an_access_token_counts_after_the_provider_confirmed_that_it_is_for_this_site() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let provider = only(&providers);
    let (ours, _) = fake.tokens_for(&ann());
    let identity = provider.identify(token(&ours)).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("ann-1", Some(("ann@mail.example", true))));

    let foreign = fake.foreign_token_for(&ann());
    assert_eq!(provider.identify(token(&foreign)).await, refused(Refusal::WrongClient));
    for unknown in ["nobody's", "", "two\nlines", &"x".repeat(20_000)] {
        assert_eq!(provider.identify(token(unknown)).await, refused(Refusal::TokenRefused), "{unknown}");
    }
}

#[tokio::test]
async fn without_introspection_an_access_token_needs_its_id_token() {
    let fake = FakeOpenId::start();
    fake.document("introspection_endpoint", Value::Null);
    let providers = open(fake.settings("fake"));
    let (access_token, id_token) = fake.tokens_for(&ann());
    assert_eq!(only(&providers).identify(token(&access_token)).await, Err(ProviderError::Unsupported));
    let identity = only(&providers).identify(tokens(&access_token, &id_token)).await.expect("a user");
    assert_eq!(identity.subject, "ann-1");
    // An id token alone names this site, too.
    let identity = only(&providers).identify(tokens("", &id_token)).await.expect("a user");
    assert_eq!(email(&identity), Some(("ann@mail.example", true)));
}

#[tokio::test]
async fn an_access_token_of_another_user_beside_an_id_token_is_refused() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    let provider = only(&providers);
    let (_, id_token) = fake.tokens_for(&ann());
    let foreign = fake.foreign_token_for(&FakeUser::new("bob-2", "bob@mail.example"));
    let hash = refused(Refusal::BadIdToken(IdTokenFault::AccessTokenHash));
    assert_eq!(provider.identify(tokens(&foreign, &id_token)).await, hash);
    fake.claim("at_hash", Value::Null);
    let (_, without_hash) = fake.tokens_for(&ann());
    assert_eq!(provider.identify(tokens(&foreign, &without_hash)).await, refused(Refusal::SubjectsDiffer));
    assert_eq!(provider.identify(tokens("nobody's", &without_hash)).await, refused(Refusal::TokenRefused));
}

#[tokio::test]
async fn an_id_token_for_another_client_or_that_is_none_is_refused() {
    let fake = FakeOpenId::start();
    let providers = open(fake.settings("fake"));
    fake.claim("aud", "somebody-else");
    let (access_token, id_token) = fake.tokens_for(&ann());
    let audience = refused(Refusal::BadIdToken(IdTokenFault::Audience));
    assert_eq!(only(&providers).identify(tokens(&access_token, &id_token)).await, audience);
    for text in ["", "a.b.c", "a", "....", "eyJhbGciOiJFUzI1NiJ9.bm90IGpzb24.AAAA"] {
        let outcome = only(&providers).identify(tokens(&access_token, text)).await;
        assert_eq!(outcome, refused(Refusal::BadIdToken(IdTokenFault::Malformed)), "{text}");
    }
}

#[tokio::test]
async fn a_public_client_logs_in_by_code_and_cannot_introspect() {
    let fake = FakeOpenId::start();
    let mut settings = fake.settings("fake");
    settings.client_secret = None;
    let providers = open(settings);
    let (access_token, _) = fake.tokens_for(&ann());
    assert_eq!(only(&providers).identify(token(&access_token)).await, Err(ProviderError::Unsupported));
    let outcome = only(&providers).identify(super::code("a")).await;
    assert!(outcome.is_err());
    let form = fake.server.received("/token")[0].form();
    assert_eq!(form.get("client_id").map(String::as_str), Some(CLIENT_ID));
    assert!(!form.contains_key("client_secret"));
}
