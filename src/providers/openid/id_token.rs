//! Checks id tokens (OpenID Connect Core, 3.1.3.7).

use chrono::{DateTime, Utc};
use openidconnect::core::{CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Algorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, IssuerUrl, Nonce, SignatureVerificationError,
};

use super::claims::UserClaims;
use super::signed_text::SignedText;
use crate::clock::{Seconds, Timestamp};
use crate::providers::error::{IdTokenFault, ProviderError};
use crate::providers::identity::ProviderIdentity;
use crate::secret::Secret;

/// Allowed clock skew.
const LEEWAY: Seconds = Seconds::new(60);

/// The algorithms that are accepted: those with a private key that only the provider has. `none` is none of them, nor
/// are those whose key is the client's secret, or with which a public key could be taken for a secret.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What an id token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: Option<&'a str>,
    pub(super) access_token: Option<&'a Secret>,
    pub(super) now: Timestamp,
}

/// A checked id token.
pub(super) struct IdToken(UserClaims);

impl IdToken {
    /// Checks issuer, audience, authorized party, time, nonce, signature and the hash of the access token.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub(super) fn verify(
        text: &Secret,
        keys: &CoreJsonWebKeySet,
        expected: &Expected<'_>,
    ) -> Result<Self, IdTokenFault> {
        let text = SignedText::split(text.expose())?;
        let (token, user) = text.read()?;
        let issuer = IssuerUrl::new(expected.issuer.to_owned()).map_err(|_| IdTokenFault::Issuer)?;
        let (not_after, not_before) = (instant(expected.now.minus(LEEWAY)), instant(expected.now.plus(LEEWAY)));
        let verifier =
            CoreIdTokenVerifier::new_public_client(ClientId::new(expected.client_id.to_owned()), issuer, keys.clone())
                // `token` has only some of the claims: below, `SignedText` checks the signature of the whole text.
                .insecure_disable_signature_check()
                .set_time_fn(move || not_after)
                .set_issue_time_verifier_fn(move |issued_at| match issued_at <= not_before {
                    true => Ok(()),
                    false => Err("issued in the future".to_owned()),
                })
                // Of several audiences the authorized party says whom the token is for.
                .set_other_audience_verifier_fn(|_| true);
        let nonce = |nonce: Option<&Nonce>| match (expected.nonce, nonce) {
            (None, _) => Ok(()),
            (Some(expected), Some(nonce)) if nonce.secret() == expected => Ok(()),
            (Some(_), _) => Err("the nonce is another one".to_owned()),
        };
        let claims = token.claims(&verifier, nonce).map_err(|error| fault(&error))?;

        let authorized_party = claims.authorized_party().map(|party| party.as_str());
        let is_for_us = match authorized_party {
            Some(party) => party == expected.client_id,
            None => claims.audiences().len() == 1,
        };
        if !is_for_us {
            return Err(IdTokenFault::Audience);
        }
        let algorithm = token.signing_alg().map_err(|error| signature_fault(&error))?;
        if !ALGORITHMS.contains(algorithm) {
            return Err(IdTokenFault::Algorithm);
        }
        let key = token.signing_key(&verifier).map_err(|error| signature_fault(&error))?;
        text.verify_signature(algorithm, key)?;
        if let (Some(access_token), Some(hash)) = (expected.access_token, claims.access_token_hash()) {
            let access_token = AccessToken::new(access_token.expose().to_owned());
            let expected = AccessTokenHash::from_token(&access_token, algorithm, key);
            if expected.map_err(|_| IdTokenFault::Algorithm)? != *hash {
                return Err(IdTokenFault::AccessTokenHash);
            }
        }
        Ok(Self(user))
    }

    pub(super) fn subject(&self) -> &str {
        self.0.subject().unwrap_or_default()
    }

    pub(super) fn has_email(&self) -> bool {
        self.0.has_email()
    }

    pub(super) fn identity(&self) -> Result<ProviderIdentity, ProviderError> {
        self.0.identity()
    }
}

fn fault(error: &ClaimsVerificationError) -> IdTokenFault {
    use ClaimsVerificationError as Error;
    match error {
        Error::Expired(_) => IdTokenFault::Time,
        Error::InvalidAudience(_) => IdTokenFault::Audience,
        Error::InvalidIssuer(_) => IdTokenFault::Issuer,
        Error::InvalidNonce(_) => IdTokenFault::Nonce,
        Error::SignatureVerification(error) => signature_fault(error),
        _ => IdTokenFault::Malformed,
    }
}

fn signature_fault(error: &SignatureVerificationError) -> IdTokenFault {
    match error {
        SignatureVerificationError::NoMatchingKey => IdTokenFault::UnknownKey,
        SignatureVerificationError::NoSignature
        | SignatureVerificationError::DisallowedAlg(_)
        | SignatureVerificationError::UnsupportedAlg(_) => IdTokenFault::Algorithm,
        _ => IdTokenFault::Signature,
    }
}

/// Returns an instant as chrono has it. Those that it has no name for are as good as its last one.
fn instant(timestamp: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(timestamp.unix_seconds(), 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
