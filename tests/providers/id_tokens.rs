//! Id tokens that nobody should believe, and those that all should.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::clock::Clock;
use countersign::providers::{IdTokenFault, ProviderError, Refusal};
use serde_json::{Value, json};

use super::{email, log_in, refused};
use crate::support::fake_providers::{CLIENT_ID, FakeOpenId, Signing};

fn bad(fault: IdTokenFault) -> Refusal {
    Refusal::BadIdToken(fault)
}

fn now() -> i64 {
    Clock::System.now().unix_seconds()
}

/// Returns an id token with other claims under the old signature.
fn rewritten(id_token: &str, rewrite: impl Fn(&str) -> String) -> String {
    let parts: Vec<&str> = id_token.split('.').collect();
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[1]).expect("base64")).expect("text");
    format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(rewrite(&claims)), parts[2])
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
        ("iss", Value::Null, IdTokenFault::Claim("iss")),
        ("aud", json!("somebody-else"), IdTokenFault::Audience),
        ("aud", json!([CLIENT_ID, "somebody-else"]), IdTokenFault::Audience),
        ("aud", Value::Null, IdTokenFault::Audience),
        ("azp", json!("somebody-else"), IdTokenFault::Audience),
        ("exp", json!(now() - 120), IdTokenFault::Time),
        ("exp", Value::Null, IdTokenFault::Claim("exp")),
        ("exp", json!(i64::MAX), IdTokenFault::Malformed),
        ("iat", json!(now() + 120), IdTokenFault::Time),
        ("iat", Value::Null, IdTokenFault::Claim("iat")),
        ("sub", Value::Null, IdTokenFault::Claim("sub")),
        ("iss", json!(5), IdTokenFault::Claim("iss")),
        ("sub", json!(5), IdTokenFault::Claim("sub")),
        ("aud", json!([CLIENT_ID, 5]), IdTokenFault::Claim("aud")),
        ("azp", json!(5), IdTokenFault::Claim("azp")),
        ("exp", json!(true), IdTokenFault::Claim("exp")),
        ("iat", json!([]), IdTokenFault::Claim("iat")),
        ("nonce", json!(5), IdTokenFault::Claim("nonce")),
        ("at_hash", json!({}), IdTokenFault::Claim("at_hash")),
        ("at_hash", json!("bm90LXRoZS1oYXNo"), IdTokenFault::AccessTokenHash),
    ] {
        let fake = FakeOpenId::start();
        fake.claim(claim, value.clone());
        assert_eq!(log_in(&fake).await, refused(bad(fault)), "{claim}: {value}");
    }
}

#[tokio::test]
async fn a_claim_that_is_not_used_decides_nothing() {
    for (claim, value) in [
        ("amr", json!("pwd")),
        ("acr", json!(1)),
        ("auth_time", json!("12")),
        ("c_hash", json!(5)),
        ("locale", json!({"country": "US", "language": "en"})),
        ("updated_at", json!("yesterday")),
        ("zoneinfo", json!(5)),
        ("address", json!("Main Street 1")),
        ("phone_number_verified", json!("maybe")),
        ("picture", json!({"data": {"url": "https://mail.example/ann.png"}})),
        ("gender", json!(["f"])),
    ] {
        let fake = FakeOpenId::start();
        fake.claim(claim, value.clone());
        let identity = log_in(&fake).await.unwrap_or_else(|error| panic!("{claim}: {value}: {error}"));
        assert_eq!(email(&identity), Some(("ann@mail.example", true)), "{claim}");
    }
}

#[tokio::test]
async fn a_claim_about_the_user_counts_as_absent_where_its_type_is_wrong() {
    let fake = FakeOpenId::start();
    for wrong in [json!(1), json!("yes"), json!([true]), json!({})] {
        fake.claim("email_verified", wrong.clone());
        let identity = log_in(&fake).await.expect("a user");
        assert_eq!(email(&identity), Some(("ann@mail.example", false)), "{wrong}");
    }
    fake.document("userinfo_endpoint", Value::Null);
    for claim in ["email", "preferred_username", "name", "given_name", "family_name"] {
        fake.claim(claim, json!({"value": 5}));
    }
    let identity = log_in(&fake).await.expect("a user");
    assert_eq!((identity.subject.as_str(), email(&identity)), ("ann-1", None));
    assert_eq!((identity.username, identity.first_name, identity.last_name), (None, None, None));
}

#[tokio::test]
async fn a_claim_that_is_written_twice_is_refused() {
    // Parsers differ in which of the two they use (RFC 7519, 4).
    for claim in ["iss", "sub", "exp", "email"] {
        let fake = FakeOpenId::start();
        let providers = super::open(fake.settings("fake"));
        let (access_token, id_token) = fake.tokens_for(&super::ann());
        let twice = rewritten(&id_token, |claims| claims.replacen('{', &format!("{{\"{claim}\":\"x\","), 1));
        let outcome = super::only(&providers).identify(super::tokens(&access_token, &twice)).await;
        assert_eq!(outcome, refused(bad(IdTokenFault::Malformed)), "{claim}");
        let outcome = super::only(&providers).identify(super::tokens(&access_token, &id_token)).await;
        assert!(outcome.is_ok(), "{claim}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_signature_covers_the_claims_that_are_not_used() {
    let fake = FakeOpenId::start();
    let providers = super::open(fake.settings("fake"));
    fake.keep_for_user_info(&["email_verified"]);
    let (access_token, id_token) = fake.tokens_for(&super::ann());
    for added in [r#""locale":"de","#, " ", r#""email_verified":true,"#] {
        let changed = rewritten(&id_token, |claims| claims.replacen('{', &format!("{{{added}"), 1));
        let outcome = super::only(&providers).identify(super::tokens(&access_token, &changed)).await;
        assert_eq!(outcome, refused(bad(IdTokenFault::Signature)), "{added}");
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
