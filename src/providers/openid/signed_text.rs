//! The text of an id token: what is read of it, and its signature.

use std::str::FromStr;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use openidconnect::JsonWebKey;
use openidconnect::core::{CoreIdToken, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::claims::UserClaims;
use crate::providers::error::IdTokenFault;

/// As openidconnect decodes the parts of a token.
const BASE64: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

/// The text of an id token (RFC 7515, 3.1).
pub(super) struct SignedText<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// What is signed: header and payload as they are written.
    signed: &'a str,
}

/// The claims that decide whether an id token is believed.
///
/// The crate openidconnect parses every standard claim, and refuses a token if one of them has an unexpected form.
/// Providers write claims that are not used here in forms of their own, such as `locale` as an object.
#[derive(Deserialize, Serialize)]
struct DecidingClaims {
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    azp: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_hash: Option<Value>,
}

impl<'a> SignedText<'a> {
    pub(super) fn split(text: &'a str) -> Result<Self, IdTokenFault> {
        let (signed, signature) = text.rsplit_once('.').ok_or(IdTokenFault::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(IdTokenFault::Malformed)?;
        Ok(Self { header, payload, signature, signed })
    }

    /// Returns the token with the claims that decide whether it is believed, and the claims about the user. None of
    /// them is checked yet.
    pub(super) fn read(&self) -> Result<(CoreIdToken, UserClaims), IdTokenFault> {
        let payload = BASE64.decode(self.payload).map_err(|_| IdTokenFault::Malformed)?;
        let claims: DecidingClaims = serde_json::from_slice(&payload).map_err(|_| IdTokenFault::Malformed)?;
        claims.check_types()?;
        let user: UserClaims = serde_json::from_slice(&payload).map_err(|_| IdTokenFault::Malformed)?;
        let claims = serde_json::to_vec(&claims).map_err(|_| IdTokenFault::Malformed)?;
        let token = format!("{}.{}.{}", self.header, BASE64.encode(claims), self.signature);
        let token = CoreIdToken::from_str(&token).map_err(|_| IdTokenFault::Malformed)?;
        Ok((token, user))
    }

    /// Checks the signature over header and payload as the provider wrote them.
    pub(super) fn verify_signature(
        &self,
        algorithm: &CoreJwsSigningAlgorithm,
        key: &CoreJsonWebKey,
    ) -> Result<(), IdTokenFault> {
        let signature = BASE64.decode(self.signature).map_err(|_| IdTokenFault::Malformed)?;
        key.verify_signature(algorithm, self.signed.as_bytes(), &signature).map_err(|_| IdTokenFault::Signature)
    }
}

impl DecidingClaims {
    /// Names the first claim whose type is wrong, for the log. openidconnect checks the values.
    fn check_types(&self) -> Result<(), IdTokenFault> {
        let is_text = |claim: &Value| claim.is_string();
        let is_time = |claim: &Value| claim.is_number() || claim.is_string();
        let is_audience =
            |claim: &Value| is_text(claim) || claim.as_array().is_some_and(|audiences| audiences.iter().all(is_text));
        let required = |claim: &Option<Value>, has_type: &dyn Fn(&Value) -> bool| claim.as_ref().is_some_and(has_type);
        let optional = |claim: &Option<Value>, has_type: &dyn Fn(&Value) -> bool| claim.as_ref().is_none_or(has_type);
        let checked = [
            ("iss", required(&self.iss, &is_text)),
            ("sub", required(&self.sub, &is_text)),
            ("aud", optional(&self.aud, &is_audience)),
            ("azp", optional(&self.azp, &is_text)),
            ("exp", required(&self.exp, &is_time)),
            ("iat", required(&self.iat, &is_time)),
            ("nonce", optional(&self.nonce, &is_text)),
            ("at_hash", optional(&self.at_hash, &is_text)),
        ];
        match checked.iter().find(|(_, is_right)| !is_right) {
            Some((name, _)) => Err(IdTokenFault::Claim(name)),
            None => Ok(()),
        }
    }
}
