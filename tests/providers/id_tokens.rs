//! Id tokens that nobody should believe, and those that all should.

use countersign::clock::Clock;
use countersign::providers::{IdTokenFault, ProviderError, Refusal};
use serde_json::{Value, json};

use super::{log_in, refused};
use crate::support::fake_providers::{CLIENT_ID, FakeOpenId, Signing};

fn bad(fault: IdTokenFault) -> Refusal {
    Refusal::BadIdToken(fault)
}

fn now() -> i64 {
    Clock::System.now().unix_seconds()
}

#[tokio::test]
async fn signatures_of_every_accepted_algorithm_are_believed() {
    for signing in [Signing::First, Signing::Rs256, Signing::EdDsa] {
        let fake = FakeOpenId::start();
        fake.sign_with(signing, &[Signing::First, Signing::Second, Signing::Rs256, Signing::EdDsa]);
        if signing == Signing::EdDsa {
            // Its hash is SHA-512; the fake provider's is SHA-256.
            fake.claim("at_hash", Value::Null);
        }
        assert!(log_in(&fake).await.is_ok(), "{signing:?}");
    }
}

#[tokio::test]
async fn signatures_that_anybody_can_make_are_refused() {
    let keys = [Signing::First, Signing::Rs256];
    for (signing, fault) in [
        (Signing::None, IdTokenFault::Algorithm),
        (Signing::PublicKeyAsSecret, IdTokenFault::Algorithm),
        (Signing::ClientSecret, IdTokenFault::Algorithm),
        (Signing::SecondAsFirst, IdTokenFault::Signature),
        (Signing::AsAccessToken, IdTokenFault::Malformed),
        (Signing::Second, IdTokenFault::UnknownKey),
        (Signing::EdDsa, IdTokenFault::UnknownKey),
    ] {
        let fake = FakeOpenId::start();
        fake.sign_with(signing, &keys);
        assert_eq!(log_in(&fake).await, refused(bad(fault)), "{signing:?}");
    }
}

#[tokio::test]
async fn claims_that_are_not_as_they_must_be_are_refused() {
    for (claim, value, fault) in [
        ("iss", json!("https://somebody-else.example"), IdTokenFault::Issuer),
        ("iss", Value::Null, IdTokenFault::Malformed),
        ("aud", json!("somebody-else"), IdTokenFault::Audience),
        ("aud", json!([CLIENT_ID, "somebody-else"]), IdTokenFault::Audience),
        ("aud", Value::Null, IdTokenFault::Audience),
        ("azp", json!("somebody-else"), IdTokenFault::Audience),
        ("exp", json!(now() - 120), IdTokenFault::Time),
        ("exp", Value::Null, IdTokenFault::Malformed),
        ("exp", json!(i64::MAX), IdTokenFault::Malformed),
        ("iat", json!(now() + 120), IdTokenFault::Time),
        ("iat", Value::Null, IdTokenFault::Malformed),
        ("sub", Value::Null, IdTokenFault::Malformed),
        ("at_hash", json!("bm90LXRoZS1oYXNo"), IdTokenFault::AccessTokenHash),
    ] {
        let fake = FakeOpenId::start();
        fake.claim(claim, value.clone());
        assert_eq!(log_in(&fake).await, refused(bad(fault)), "{claim}: {value}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute_and_other_audiences_stand_beside_the_authorized_party() {
    for claims in [
        vec![("exp", json!(now() - 40))],
        vec![("iat", json!(now() + 40))],
        vec![("azp", json!(CLIENT_ID)), ("aud", json!([CLIENT_ID, "somebody-else"]))],
        vec![("aud", json!([CLIENT_ID]))],
        // As Auth0 writes it.
        vec![("updated_at", json!("2023-11-14T22:13:20.000Z"))],
    ] {
        let fake = FakeOpenId::start();
        claims.iter().for_each(|(name, value)| fake.claim(name, value.clone()));
        assert!(log_in(&fake).await.is_ok(), "{claims:?}");
    }
}

#[tokio::test]
async fn claims_of_any_form_are_taken_or_refused_and_break_nothing() {
    const CLAIMS: [&str; 16] = [
        "iss",
        "aud",
        "azp",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "at_hash",
        "sub",
        "email",
        "email_verified",
        "name",
        "given_name",
        "preferred_username",
        "updated_at",
        "address",
    ];
    let fake = FakeOpenId::start();
    let providers = super::open(fake.settings("fake"));
    let (access_token, _) = fake.tokens_for(&super::ann());
    for claim in CLAIMS {
        for value in [
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(""),
            json!("\u{0}"),
            json!([]),
            json!([[], {}]),
            json!({"a": 1}),
            json!(true),
        ] {
            fake.claim(claim, value.clone());
            let (_, id_token) = fake.tokens_for(&super::ann());
            let outcome = super::only(&providers).identify(super::tokens(&access_token, &id_token)).await;
            let is_judged = matches!(outcome, Ok(_) | Err(ProviderError::Refused(_)));
            assert!(is_judged, "{claim}: {value}: {outcome:?}");
        }
        fake.claim(claim, Value::Null);
    }
}
