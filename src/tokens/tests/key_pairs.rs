//! Tokens that private keys sign: found by the id in their header, and by nothing else.

use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;

fn key(number: u8) -> PrivateKey {
    PrivateKey::from_random(&[number; 32])
}

fn keyed(private: &[u8], public: &[u8]) -> TokenSigner {
    signer(|settings| {
        settings.algorithm = JwtAlgorithm::EdDsa;
        settings.secrets = Vec::new();
        settings.private_keys = private.iter().copied().map(key).collect();
        settings.public_keys = public.iter().map(|number| key(*number).public().clone()).collect();
    })
}

fn id(number: u8) -> String {
    key(number).public().id().to_owned()
}

/// Signs the header and the claims of a token with the key.
fn forged(number: u8, header: &str, token: &str) -> String {
    let claims = token.split('.').nth(1).expect("a token has three parts");
    let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
    let key = key(number).for_signing();
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::EdDSA);
    format!("{message}.{}", signature.expect("the key is sound"))
}

#[test]
fn the_first_key_signs_and_is_named_in_the_header() {
    let token = keyed(&[1, 2], &[3]).sign(access());
    let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, id(1));
    assert_eq!(part(&token, 0), header);
    assert_eq!(part(&token, 1), part(&signer(|_| {}).sign(access()), 1));
    assert_eq!(fault(&keyed(&[1], &[]), &token), None);
}

#[test]
fn every_listed_key_verifies_and_no_other() {
    let signer = keyed(&[1, 2], &[3]);
    for number in 1..=3 {
        assert_eq!(fault(&signer, &keyed(&[number], &[]).sign(access())), None, "key {number}");
    }
    assert_eq!(fault(&signer, &keyed(&[4], &[]).sign(access())), Some(TokenFault::Invalid));
}

#[test]
fn a_token_is_verified_with_the_key_that_it_names_and_with_no_other() {
    let signer = keyed(&[1, 2], &[]);
    let token = signer.sign(access());
    let header = |kid: &Value| json!({ "alg": "EdDSA", "typ": "JWT", "kid": kid }).to_string();
    assert_eq!(fault(&signer, &forged(1, &header(&json!(id(1))), &token)), None);
    for kid in [json!(id(2)), json!(id(3)), json!(""), json!(null), json!(1), json!(format!("{} ", id(1)))] {
        assert_eq!(fault(&signer, &forged(1, &header(&kid), &token)), Some(TokenFault::Invalid), "{kid}");
    }
    let (one, two) = (id(1), id(2));
    for header in [
        r#"{"alg":"EdDSA","typ":"JWT"}"#.to_owned(),
        format!(r#"{{"alg":"EdDSA","kid":"{one}","kid":"{one}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{two}","kid":"{one}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{one}","\u006bid":"{two}"}}"#),
        format!(r#"{{"alg":"EdDSA","alg":"EdDSA","kid":"{one}"}}"#),
        format!(r#"{{"alg":"ES256","kid":"{one}"}}"#),
        format!(r#"{{"alg":"none","kid":"{one}"}}"#),
        format!(r#"{{"kid":"{one}"}}"#),
        format!(r#"{{"alg":"EdDSA","kid":"{one}","crit":["exp"],"exp":1}}"#),
    ] {
        assert_eq!(fault(&signer, &forged(1, &header, &token)), Some(TokenFault::Invalid), "{header}");
    }
}

/// A key in the header of a token is no key of ours.
#[test]
fn a_key_that_a_token_brings_along_is_not_used() {
    let signer = keyed(&[1], &[]);
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": key(9).public().x() });
    for kid in [id(1), id(9)] {
        let header = json!({ "alg": "EdDSA", "kid": kid, "jwk": jwk, "jku": "https://mallory.example/jwks.json" });
        let token = forged(9, &header.to_string(), &signer.sign(access()));
        assert_eq!(fault(&signer, &token), Some(TokenFault::Invalid));
    }
}

#[test]
fn a_public_key_is_no_secret_that_signs() {
    let signer = keyed(&[1], &[]);
    let public = key(1).public().clone();
    let raw = URL_SAFE_NO_PAD.decode(public.x()).expect("base64");
    let der = [b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00".as_slice(), &raw].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(&der));
    assert_eq!(PublicKey::parse(&pem), Ok(public.clone()));
    let claims = part(&signer.sign(access()), 1);
    for secret in [pem.as_bytes(), pem.trim_end().as_bytes(), &raw, &der, public.x().as_bytes(), public.id().as_bytes()]
    {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let header = json!({ "alg": algorithm, "typ": "JWT", "kid": public.id() }).to_string();
            let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(&claims));
            let key = jsonwebtoken::EncodingKey::from_secret(secret).expect("it is not empty");
            let signature =
                jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm.parse().expect("an algorithm"));
            let token = format!("{message}.{}", signature.expect("HMAC signs with any key"));
            assert_eq!(fault(&signer, &token), Some(TokenFault::Invalid), "{algorithm}");
        }
    }
}

#[test]
fn tokens_of_secrets_and_of_keys_are_not_taken_for_each_other() {
    let (secret, keyed) = (signer(|_| {}), keyed(&[1], &[]));
    assert_eq!(fault(&keyed, &secret.sign(access())), Some(TokenFault::Invalid));
    assert_eq!(fault(&secret, &keyed.sign(access())), Some(TokenFault::Invalid));
    let relabelled = with_header(&secret.sign(access()), &part(&keyed.sign(access()), 0));
    assert_eq!(fault(&keyed, &relabelled), Some(TokenFault::Invalid));
}

#[test]
fn a_signed_token_that_was_changed_anywhere_is_invalid() {
    let signer = keyed(&[1], &[]);
    let token = signer.sign(access());
    for (at, letter) in token.char_indices() {
        let other = if letter == 'A' { "B" } else { "A" };
        let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
        assert_eq!(fault(&signer, &changed), Some(TokenFault::Invalid), "at {at}");
    }
}

#[test]
fn the_key_set_has_each_public_key_once_and_nothing_private() {
    let set = keyed(&[1, 2], &[3, 2, 3]).public_key_set().expect("keys sign");
    let entry = |number| {
        let x = key(number).public().x();
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": id(number), "alg": "EdDSA", "use": "sig" })
    };
    let parsed: Value = serde_json::from_str(&set).expect("JSON");
    assert_eq!(parsed, json!({ "keys": [entry(1), entry(2), entry(3)] }));
    assert_eq!(signer(|_| {}).public_key_set(), None);
}

#[test]
fn without_a_private_key_nothing_signs() {
    let settings = JwtSettings { algorithm: JwtAlgorithm::EdDsa, ..settings() };
    assert_eq!(TokenSigner::new(&settings).err(), Some(TokenSecretError::NoKeyGiven));
}
