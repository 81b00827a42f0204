//! The keys of a signer: secrets that sign and verify, or key pairs that tokens name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, TokenData, Validation, crypto, decode, decode_header};
use serde::Serialize;

use super::claims::ReadClaims;
use super::keys::PublicKey;
use crate::settings::{JwtAlgorithm, JwtSettings};

/// The shortest secret in bytes: the size of SHA-256's output. RFC 7518, 3.2 forbids shorter keys.
const SECRET_MIN_BYTES: usize = 32;

/// Why secrets or keys cannot be used. Positions count from 1, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenSecretError {
    /// The list of secrets is empty.
    #[error("there is no secret to sign JSON Web Tokens with; `countersign secret new` makes one for `jwt.secrets`")]
    NoneGiven,
    /// A secret is too short.
    #[error(
        "secret {position} of `jwt.secrets` has {length_bytes} bytes, and at least {SECRET_MIN_BYTES} are needed; \
         `countersign secret new` makes one"
    )]
    TooShort {
        /// Its position.
        position: usize,
        /// Its length in bytes.
        length_bytes: usize,
    },
    /// The list of private keys is empty.
    #[error(
        "there is no private key to sign JSON Web Tokens with; `countersign secret new --jwt eddsa` makes one for \
         `jwt.private_keys`"
    )]
    NoKeyGiven,
}

/// The keys of one algorithm: the first signs, all verify.
pub(super) struct KeyRing {
    pub(super) algorithm: Algorithm,
    /// The first part of every token, encoded.
    header: String,
    signing: EncodingKey,
    verifying: Verifying,
}

enum Verifying {
    /// Tried one after the other: HMAC is fast, and tokens of HMAC name no key.
    Secrets(Vec<DecodingKey>),
    /// Found by the id in the header of the token.
    ById(Vec<(PublicKey, DecodingKey)>),
}

impl KeyRing {
    /// Prepares the keys of the algorithm.
    ///
    /// # Errors
    ///
    /// Each [`TokenSecretError`].
    pub(super) fn new(settings: &JwtSettings) -> std::result::Result<Self, TokenSecretError> {
        match settings.algorithm {
            JwtAlgorithm::Hs256 => Self::of_secrets(settings, Algorithm::HS256, "HS256"),
            JwtAlgorithm::Hs384 => Self::of_secrets(settings, Algorithm::HS384, "HS384"),
            JwtAlgorithm::Hs512 => Self::of_secrets(settings, Algorithm::HS512, "HS512"),
            JwtAlgorithm::EdDsa => Self::of_key_pairs(settings),
        }
    }

    fn of_secrets(
        settings: &JwtSettings,
        algorithm: Algorithm,
        name: &str,
    ) -> std::result::Result<Self, TokenSecretError> {
        let mut keys = Vec::new();
        for (index, secret) in settings.secrets.iter().enumerate() {
            let (position, length_bytes) = (index + 1, secret.expose().len());
            if length_bytes < SECRET_MIN_BYTES {
                return Err(TokenSecretError::TooShort { position, length_bytes });
            }
            keys.push(secret.expose().as_bytes());
        }
        let first = keys.first().ok_or(TokenSecretError::NoneGiven)?;
        let signing = EncodingKey::from_secret(first).expect("the secret is not empty");
        let verifying = keys.iter().map(|key| DecodingKey::from_secret(key).expect("the secret is not empty"));
        Ok(Self {
            algorithm,
            header: URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{name}","typ":"JWT"}}"#)),
            signing,
            verifying: Verifying::Secrets(verifying.collect()),
        })
    }

    fn of_key_pairs(settings: &JwtSettings) -> std::result::Result<Self, TokenSecretError> {
        let first = settings.private_keys.first().ok_or(TokenSecretError::NoKeyGiven)?;
        let mut verifying: Vec<(PublicKey, DecodingKey)> = Vec::new();
        let private = settings.private_keys.iter().map(|key| key.public());
        for key in private.chain(&settings.public_keys) {
            if verifying.iter().all(|(known, _)| known != key) {
                verifying.push((key.clone(), key.for_verifying()));
            }
        }
        Ok(Self {
            algorithm: Algorithm::EdDSA,
            header: URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, first.public().id())),
            signing: first.for_signing(),
            verifying: Verifying::ById(verifying),
        })
    }

    /// Signs the claims of a token, which are JSON.
    pub(super) fn sign(&self, claims: &[u8]) -> String {
        let message = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims));
        let signature = crypto::sign(message.as_bytes(), &self.signing, self.algorithm);
        format!("{message}.{}", signature.expect("the key is one of the algorithm"))
    }

    /// Verifies a signature, and reads the claims.
    pub(super) fn decode(&self, token: &str, validation: &Validation) -> Result<TokenData<ReadClaims>> {
        match &self.verifying {
            Verifying::Secrets(secrets) => {
                for secret in secrets {
                    match decode(token, secret, validation) {
                        Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
                        decided => return decided,
                    }
                }
                Err(ErrorKind::InvalidSignature.into())
            }
            Verifying::ById(keys) => {
                let named = decode_header(token)?.kid;
                let known = keys.iter().find(|(key, _)| named.as_deref() == Some(key.id()));
                let (_, key) = known.ok_or(ErrorKind::InvalidSignature)?;
                decode(token, key, validation)
            }
        }
    }

    /// Writes the public keys as a JSON Web Key Set (RFC 7517, 5). `None` where secrets sign.
    pub(super) fn public_key_set(&self) -> Option<String> {
        let Verifying::ById(keys) = &self.verifying else { return None };
        let keys = keys.iter().map(|(key, _)| PublishedKey {
            kty: "OKP",
            crv: "Ed25519",
            x: key.x(),
            kid: key.id(),
            alg: "EdDSA",
            r#use: "sig",
        });
        let set = KeySet { keys: keys.collect() };
        Some(serde_json::to_string(&set).expect("texts are always JSON"))
    }
}

#[derive(Serialize)]
struct KeySet<'a> {
    keys: Vec<PublishedKey<'a>>,
}

/// A public key as a JSON Web Key (RFC 8037, 2).
#[derive(Serialize)]
struct PublishedKey<'a> {
    kty: &'static str,
    crv: &'static str,
    x: String,
    kid: &'a str,
    alg: &'static str,
    r#use: &'static str,
}
