//! The signer signs tokens and verifies them. No other code does either.

use std::fmt;

use jsonwebtoken::{Algorithm, Validation};

use super::TokenFault;
use super::claims::{
    NewSingleToken, NewToken, ReadClaims, TokenType, VerifiedToken, WrittenClaims, WrittenSingleClaims,
};
use super::key_ring::{KeyRing, TokenSecretError};
use crate::clock::{Seconds, Timestamp};
use crate::settings::JwtSettings;

/// Signs tokens and verifies them, with one algorithm.
///
/// `Debug` shows no more than the algorithm.
pub struct TokenSigner {
    keys: KeyRing,
    validation: Validation,
    issuer: Option<String>,
    audience: Option<String>,
    leeway: Seconds,
    accepts_single: bool,
}

impl TokenSigner {
    /// Prepares the keys. The first secret or private key signs, all of them verify. So replacing the first one breaks
    /// no token while the old one stays in the list.
    ///
    /// # Errors
    ///
    /// Each [`TokenSecretError`].
    pub fn new(settings: &JwtSettings) -> Result<Self, TokenSecretError> {
        let keys = KeyRing::new(settings)?;
        Ok(Self {
            validation: validation(keys.algorithm, settings),
            keys,
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            leeway: settings.leeway,
            accepts_single: false,
        })
    }

    /// Accepts single tokens as well. A token without `token_type` is refused otherwise.
    #[must_use]
    pub fn accepting_single_tokens(self) -> Self {
        Self { accepts_single: true, ..self }
    }

    /// Returns the public keys as a JSON Web Key Set (RFC 7517, 5), for services that verify tokens. `None` for HMAC,
    /// whose secrets must stay secret.
    pub fn public_key_set(&self) -> Option<String> {
        self.keys.public_key_set()
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
        self.keys.sign(&claims)
    }

    /// Signs a single token.
    pub fn sign_single(&self, token: NewSingleToken<'_>) -> String {
        let claims = WrittenSingleClaims {
            user_id: token.user_id,
            username: token.username,
            exp: token.expires_at.unix_seconds(),
            email: token.email,
            sid: token.session_id,
            aud: self.audience.as_deref(),
            iss: self.issuer.as_deref(),
        };
        let claims = serde_json::to_vec(&claims).expect("texts and numbers are always JSON");
        self.keys.sign(&claims)
    }

    /// Verifies a token of the type `kind` at the time `now`.
    ///
    /// # Errors
    ///
    /// - [`TokenFault::Invalid`]: malformed, of another algorithm, issuer or audience, signed with another secret or key,
    ///   or not valid yet: its claim `nbf` is more than the leeway ahead.
    /// - [`TokenFault::Expired`]: its end, and the leeway after it, are over.
    /// - [`TokenFault::WrongType`]: valid, but of another type.
    pub fn verify(&self, token: &str, kind: TokenType, now: Timestamp) -> Result<VerifiedToken, TokenFault> {
        let verified = self.verify_any(token, now)?;
        if verified.kind() == kind { Ok(verified) } else { Err(TokenFault::WrongType) }
    }

    /// Verifies a token of any type at the time `now`.
    ///
    /// # Errors
    ///
    /// As [`TokenSigner::verify`], but for [`TokenFault::WrongType`].
    pub fn verify_any(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, TokenFault> {
        let claims = self.decode(token)?;
        if now >= Timestamp::from_unix_seconds(claims.exp).plus(self.leeway) {
            return Err(TokenFault::Expired);
        }
        let is_early = claims.nbf.is_some_and(|nbf| now.plus(self.leeway) < Timestamp::from_unix_seconds(nbf));
        if is_early { Err(TokenFault::Invalid) } else { Ok(VerifiedToken(claims)) }
    }

    fn decode(&self, token: &str) -> Result<ReadClaims, TokenFault> {
        match self.keys.decode(token, &self.validation) {
            Ok(decoded) if decoded.claims.has_ids() && self.accepts(decoded.claims.token_type) => Ok(decoded.claims),
            Ok(_) | Err(_) => Err(TokenFault::Invalid),
        }
    }

    fn accepts(&self, kind: TokenType) -> bool {
        kind != TokenType::Single || self.accepts_single
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
        f.debug_struct("TokenSigner").field("algorithm", &self.keys.algorithm).finish_non_exhaustive()
    }
}
