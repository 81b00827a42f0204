//! Tokens that are to be verified with a wrong key, or with a public key taken for a secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign::Settings;
use countersign::settings::JwtAlgorithm;
use countersign::tokens::PrivateKey;
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use super::{app_with_pair, claims_of, expect_alive, expect_refused_everywhere, message, signed_with};

const INVALID: &str = "Token is invalid";

fn key(number: u8) -> PrivateKey {
    PrivateKey::from_random(&[number; 32])
}

fn id(number: u8) -> String {
    key(number).public().id().to_owned()
}

fn keyed(settings: &mut Settings) {
    settings.jwt.algorithm = JwtAlgorithm::EdDsa;
    settings.jwt.secrets = Vec::new();
    settings.jwt.private_keys = vec![key(1), key(2)];
}

/// Signs a header and claims with the key.
fn signed(number: u8, header: &str, claims: &Value) -> String {
    let message = message(header, &claims.to_string());
    let signature = SigningKey::from_bytes(&[number; 32]).sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

#[tokio::test]
async fn a_public_key_taken_for_a_secret_is_refused_everywhere() {
    let (app, pair) = app_with_pair(keyed).await;
    let set = app.get("/.well-known/jwks.json").await;
    let published = set.expect(200)["keys"][0].clone();
    let x = published["x"].as_str().expect("a key").to_owned();
    let raw = URL_SAFE_NO_PAD.decode(&x).expect("base64");
    let der = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &raw].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
    let jwk = published.to_string();
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": id(1) }).to_string();
    for secret in [
        raw.as_slice(),
        &der,
        pem.as_bytes(),
        pem.trim_end().as_bytes(),
        x.as_bytes(),
        jwk.as_bytes(),
        set.body.as_bytes(),
    ] {
        for token in [&pair.access, &pair.refresh] {
            let forged = signed_with(secret, &header, &claims_of(token).to_string());
            expect_refused_everywhere(&app, &forged, INVALID).await;
        }
    }
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn a_token_that_names_its_key_otherwise_is_refused_everywhere() {
    let (app, pair) = app_with_pair(keyed).await;
    let claims = claims_of(&pair.access);
    let (one, two) = (id(1), id(2));
    assert!(app.djoser().admits(&signed(1, &format!(r#"{{"alg":"EdDSA","kid":"{one}"}}"#), &claims)).await);
    for header in [
        // Signed with the right key, which is not named.
        r#"{"alg":"EdDSA","typ":"JWT"}"#.to_owned(),
        format!(r#"{{"alg":"EdDSA","kid":"{two}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, id(3)),
        r#"{"alg":"EdDSA","kid":""}"#.to_owned(),
        r#"{"alg":"EdDSA","kid":null}"#.to_owned(),
        format!(r#"{{"alg":"EdDSA","kid":["{one}"]}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{one}","kid":"{one}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{two}","kid":"{one}"}}"#),
        format!(r#"{{"alg":"none","kid":"{one}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{one}","crit":["kid"]}}"#),
    ] {
        expect_refused_everywhere(&app, &signed(1, &header, &claims), INVALID).await;
    }
    expect_alive(&app, &pair).await;
}

#[tokio::test]
async fn a_token_of_a_foreign_key_is_refused_everywhere_whatever_its_header_brings_along() {
    let (app, pair) = app_with_pair(keyed).await;
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[9; 32]).verifying_key().as_bytes()), "kid": id(9) });
    for header in [
        json!({ "alg": "EdDSA", "kid": id(1) }),
        json!({ "alg": "EdDSA", "kid": id(9), "jwk": jwk }),
        json!({ "alg": "EdDSA", "kid": id(1), "jwk": jwk }),
        json!({ "alg": "EdDSA", "kid": id(9), "jku": "http://127.0.0.1:9/jwks.json" }),
        json!({ "alg": "EdDSA", "kid": id(9), "x5u": "http://127.0.0.1:9/chain.pem" }),
    ] {
        let forged = signed(9, &header.to_string(), &claims_of(&pair.access));
        expect_refused_everywhere(&app, &forged, INVALID).await;
    }
    expect_alive(&app, &pair).await;
}
