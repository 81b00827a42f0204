//! Signs id tokens, also those that nobody should believe.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// What an id token is signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// ES256 with the first key.
    First,
    /// ES256 with the second key.
    Second,
    /// ES256 with the second key, named as the first.
    SecondAsFirst,
    /// ES256 with the first key, as an access token (RFC 9068).
    AsAccessToken,
    Rs256,
    EdDsa,
    /// Nothing.
    None,
    /// HS256 with the public RSA key as the secret, and its id.
    PublicKeyAsSecret,
    /// HS256 with the client's secret.
    ClientSecret,
}

const FIRST: &str = include_str!("keys/ec_first.pem");
const SECOND: &str = include_str!("keys/ec_second.pem");
const RSA: &str = include_str!("keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("keys/rsa_public.pem");
const ED25519: &str = include_str!("keys/ed25519.pem");

/// Returns the public keys that go with `signing`.
pub fn key_set(signing: &[Signing]) -> Value {
    let ec = |kid: &str, x: &str, y: &str| json!({"kty": "EC", "use": "sig", "crv": "P-256", "alg": "ES256", "kid": kid, "x": x, "y": y});
    let keys = signing.iter().map(|signing| match signing {
        Signing::Second | Signing::SecondAsFirst => ec(
            if *signing == Signing::Second { "second" } else { "first" },
            "If3DD9jP3fkpVEhXLEtd5klkw_jWpcgI9rNTskKML4Y",
            "B89PnL5ZZ8kG8G42S8sDtPkimi7_Cj011t9I0ZdSYz4",
        ),
        Signing::Rs256 => json!({
            "kty": "RSA",
            "use": "sig",
            "kid": "rsa",
            "e": "AQAB",
            "n": "3xxrzyDJzYlwmMSpfj3Iod5aMH5_YqaEawpoeBixac6aPjt9GZ13jajWn7-ss0czCANt5D2Yk9g5CdLnoMcHW72Z-um2FqvsAFi8w_X4L\
                  avUbQi-Dmi4T4_2LzMUOk4csluuTpQKsJ4elL8D-w_8IY57hGOW-bHuOnbgsF3lOkbDOqf3q80002HtAiaozdKiuFoiedKjDfGO1GjfFnIV\
                  b5AsH6aWPUxdhaFlmF9nHbLXC6z44Q3I2Z22mMORme3g0px7k7JVx4VIUXK71Wl6L2LAyoz7yESk9FGYcW88yEsqzVP2_d7zN8YZIeB0aKM\
                  MilqBLVYSIkiB-P0l9d7_IQ",
        }),
        Signing::EdDsa => json!({
            "kty": "OKP", "use": "sig", "crv": "Ed25519", "kid": "ed25519", "x": "ukilFfTyeUQrs9kDwcqUVt--fzfcgWYZidWGrdevWng",
        }),
        _ => ec(
            "first",
            "VO88s4sPzkJGt1VOsm28THnMeuwUC3aWa_pFTGNggkU",
            "QsOAApRQN3oRC9I_i1ASS-f-IzeLNyT_YG2jBTulyRY",
        ),
    });
    json!({ "keys": keys.collect::<Vec<_>>() })
}

/// Signs the claims of an id token.
pub fn sign(signing: Signing, claims: &Value) -> String {
    let (algorithm, kid, key) = match signing {
        Signing::First | Signing::AsAccessToken => (Algorithm::ES256, "first", EncodingKey::from_ec_der(&der(FIRST))),
        Signing::Second => (Algorithm::ES256, "second", EncodingKey::from_ec_der(&der(SECOND))),
        Signing::SecondAsFirst => (Algorithm::ES256, "first", EncodingKey::from_ec_der(&der(SECOND))),
        Signing::Rs256 => (Algorithm::RS256, "rsa", EncodingKey::from_rsa_der(&der(RSA))),
        Signing::EdDsa => (Algorithm::EdDSA, "ed25519", EncodingKey::from_ed_der(&der(ED25519))),
        Signing::PublicKeyAsSecret => (Algorithm::HS256, "rsa", secret_key(RSA_PUBLIC)),
        Signing::ClientSecret => (Algorithm::HS256, "first", secret_key(super::CLIENT_SECRET)),
        Signing::None => {
            let header = json!({"alg": "none", "typ": "JWT"});
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            return format!("{}.{}.", part(&header), part(claims));
        }
    };
    let typ = if signing == Signing::AsAccessToken { "at+jwt" } else { "JWT" };
    let header = Header { kid: Some(kid.to_owned()), typ: Some(typ.to_owned()), ..Header::new(algorithm) };
    encode(&header, claims, &key).expect("claims can be signed")
}

fn secret_key(secret: &str) -> EncodingKey {
    EncodingKey::from_secret(secret.as_bytes()).expect("a secret of the tests")
}

fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(base64).expect("a key of the tests")
}
