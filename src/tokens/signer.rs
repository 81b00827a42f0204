//! The signer signs tokens and verifies them. No other code does either.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, crypto, decode};

use super::TokenFault;
use super::claims::{NewToken, ReadClaims, TokenType, VerifiedToken, WrittenClaims};
use crate::clock::{Seconds, Timestamp};
use crate::settings::{JwtAlgorithm, JwtSettings};

/// The shortest secret in bytes: the size of SHA-256's output. RFC 7518, 3.2 forbids shorter keys.
const SECRET_MIN_BYTES: usize = 32;

/// Why secrets cannot be used. Positions count from 1, in the order given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenSecretError {
    /// The list is empty.
    #[error("there is no secret to sign JSON Web Tokens with; `countersign secret new` makes one")]
    NoneGiven,
    /// A secret is too short.
    #[error(
        "secret {position} has {length_bytes} bytes, and at least {SECRET_MIN_BYTES} are needed; \
         `countersign secret new` makes one"
    )]
    TooShort {
        /// Its position.
        position: usize,
        /// Its length in bytes.
        length_bytes: usize,
    },
}

/// Signs tokens and verifies them, with one algorithm.
///
/// `Debug` shows no more than the algorithm.
pub struct TokenSigner {
    algorithm: Algorithm,
    /// The first part of every token, encoded.
    header: String,
    signing: EncodingKey,
    verifying: Vec<DecodingKey>,
    validation: Validation,
    issuer: Option<String>,
    audience: Option<String>,
    leeway: Seconds,
}

impl TokenSigner {
    /// Prepares the keys. The first secret signs, all of them verify. So replacing the first one breaks no token while
    /// the old one stays in the list.
    ///
    /// # Errors
    ///
    /// - [`TokenSecretError::NoneGiven`]: the list is empty.
    /// - [`TokenSecretError::TooShort`]: a secret has fewer than 32 bytes.
    pub fn new(settings: &JwtSettings) -> Result<Self, TokenSecretError> {
        let (algorithm, name) = match settings.algorithm {
            JwtAlgorithm::Hs256 => (Algorithm::HS256, "HS256"),
            JwtAlgorithm::Hs384 => (Algorithm::HS384, "HS384"),
            JwtAlgorithm::Hs512 => (Algorithm::HS512, "HS512"),
        };
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
            verifying: verifying.collect(),
            validation: validation(algorithm, settings),
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            leeway: settings.leeway,
        })
    }

    /// Signs a token.
    pub fn sign(&self, token: NewToken<'_>) -> String {
        let claims = WrittenClaims {
            token_type: token.kind,
            exp: token.expires_at.unix_seconds(),
            iat: token.issued_at.unix_seconds(),
            jti: token.id,
            user_id: token.user_id,
            sid: token.session_id,
            iss: self.issuer.as_deref(),
            aud: self.audience.as_deref(),
        };
        let claims = serde_json::to_vec(&claims).expect("texts and numbers are always JSON");
        let message = format!("{}.{}", self.header, URL_SAFE_NO_PAD.encode(claims));
        let signature = crypto::sign(message.as_bytes(), &self.signing, self.algorithm);
        format!("{message}.{}", signature.expect("HMAC signs with any key"))
    }

    /// Verifies a token of the type `kind` at the time `now`.
    ///
    /// # Errors
    ///
    /// - [`TokenFault::Invalid`]: malformed, of another algorithm, issuer or audience, or signed with another secret.
    /// - [`TokenFault::Expired`]: its end, and the leeway after it, are over.
    /// - [`TokenFault::WrongType`]: valid, but of the other type.
    pub fn verify(&self, token: &str, kind: TokenType, now: Timestamp) -> Result<VerifiedToken, TokenFault> {
        let verified = self.verify_any(token, now)?;
        if verified.kind() == kind { Ok(verified) } else { Err(TokenFault::WrongType) }
    }

    /// Verifies a token of either type at the time `now`.
    ///
    /// # Errors
    ///
    /// As [`TokenSigner::verify`], but for [`TokenFault::WrongType`].
    pub fn verify_any(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, TokenFault> {
        let claims = self.decode(token)?;
        let ends_at = Timestamp::from_unix_seconds(claims.exp).plus(self.leeway);
        if now >= ends_at { Err(TokenFault::Expired) } else { Ok(VerifiedToken(claims)) }
    }

    /// Verifies the signature with each secret in turn.
    fn decode(&self, token: &str) -> Result<ReadClaims, TokenFault> {
        for key in &self.verifying {
            match decode::<ReadClaims>(token, key, &self.validation) {
                Ok(decoded) if decoded.claims.has_ids() => return Ok(decoded.claims),
                Ok(_) => return Err(TokenFault::Invalid),
                Err(error) if matches!(error.kind(), ErrorKind::InvalidSignature) => {}
                Err(_) => return Err(TokenFault::Invalid),
            }
        }
        Err(TokenFault::Invalid)
    }
}

/// Returns what the crate checks: algorithm, issuer and audience. It would read the wall clock for the time.
fn validation(algorithm: Algorithm, settings: &JwtSettings) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_aud = settings.audience.is_some();
    if let Some(issuer) = &settings.issuer {
        validation.required_spec_claims.insert("iss".to_owned());
        validation.set_issuer(&[issuer]);
    }
    if let Some(audience) = &settings.audience {
        validation.required_spec_claims.insert("aud".to_owned());
        validation.set_audience(&[audience]);
    }
    validation
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSigner").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
