//! Refresh tokens of simplejwt, signed with HMAC and SHA-256.
//!
//! They name no session of ours: the accounts exchange one for a session. An access token lives for minutes only, and
//! is not accepted: its client refreshes at once.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};

use crate::clock::{Seconds, Timestamp};
use crate::secret::Secret;
use crate::tokens::TokenFault;

/// Allowed clock skew: how far in the future a token may have been signed.
const CLOCK_SKEW: Seconds = Seconds::new(60);

/// The longest id of a user in bytes.
const USER_ID_MAX_BYTES: usize = 64;

/// The keys of a site with simplejwt.
///
/// `Debug` shows no more than how many keys there are.
pub struct Simplejwt {
    keys: Vec<DecodingKey>,
    user_id_claim: String,
}

/// The claims of a refresh token of simplejwt, verified. No other code can make one.
#[derive(Clone)]
pub struct OldRefreshToken {
    id: String,
    user_id: String,
    issued_at: Option<Timestamp>,
    expires_at: Timestamp,
}

impl Simplejwt {
    /// Takes the keys, of which one must have signed a token, and the claim that holds the user's id.
    ///
    /// # Panics
    ///
    /// If a key is empty.
    pub fn new(secrets: &[Secret], user_id_claim: &str) -> Self {
        let key = |secret: &Secret| DecodingKey::from_secret(secret.expose().as_bytes()).expect("a key is not empty");
        Self { keys: secrets.iter().map(key).collect(), user_id_claim: user_id_claim.to_owned() }
    }

    /// Verifies a refresh token at the time `now`.
    ///
    /// # Errors
    ///
    /// - [`TokenFault::Invalid`]: malformed, of another algorithm, signed with another key, or not valid yet.
    /// - [`TokenFault::Expired`]: its end is over.
    /// - [`TokenFault::WrongType`]: valid, but no refresh token.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<OldRefreshToken, TokenFault> {
        let claims = self.decode(token).ok_or(TokenFault::Invalid)?;
        let time = |name: &str| claims.get(name).and_then(Value::as_i64).map(Timestamp::from_unix_seconds);
        let expires_at = time("exp").ok_or(TokenFault::Invalid)?;
        if now >= expires_at {
            return Err(TokenFault::Expired);
        }
        let is_early = |name| time(name).is_some_and(|time| time > now.plus(CLOCK_SKEW));
        if is_early("iat") || is_early("nbf") {
            return Err(TokenFault::Invalid);
        }
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("token_type").ok_or(TokenFault::Invalid)? != "refresh" {
            return Err(TokenFault::WrongType);
        }
        let id = text("jti").filter(|id| !id.is_empty()).ok_or(TokenFault::Invalid)?.to_owned();
        let user_id = self.user_id(&claims).ok_or(TokenFault::Invalid)?;
        Ok(OldRefreshToken { id, user_id, issued_at: time("iat"), expires_at })
    }

    /// Verifies the signature with every key, and reads the claims.
    fn decode(&self, token: &str) -> Option<Map<String, Value>> {
        let mut validation = Validation::new(Algorithm::HS256);
        // The time is checked here. The issuer and the audience were those of the other system.
        validation.validate_exp = false;
        validation.validate_aud = false;
        self.keys.iter().find_map(|key| decode(token, key, &validation).ok()).map(|decoded| decoded.claims)
    }

    /// Reads the user's id: text, or a number in tokens of simplejwt before 5.5.1.
    fn user_id(&self, claims: &Map<String, Value>) -> Option<String> {
        let id = match claims.get(&self.user_id_claim)? {
            Value::String(id) => id.clone(),
            Value::Number(id) => id.as_u64()?.to_string(),
            _ => return None,
        };
        let is_id = (1..=USER_ID_MAX_BYTES).contains(&id.len()) && !id.chars().any(char::is_control);
        is_id.then_some(id)
    }
}

impl fmt::Debug for Simplejwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simplejwt").field("keys", &self.keys.len()).finish_non_exhaustive()
    }
}

impl OldRefreshToken {
    /// Returns the token's own id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the user's id.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Returns when the token was signed. Tokens of old versions do not say.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.issued_at
    }

    /// Returns when the token ends.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl fmt::Debug for OldRefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OldRefreshToken").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static VECTORS: LazyLock<Value> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../../tests/moving/vectors.json")).expect("make_vectors.py writes JSON")
    });

    fn site() -> Simplejwt {
        let key = VECTORS["secrets"]["jwt"].as_str().expect("a text");
        Simplejwt::new(&[Secret::new("a key that has signed nothing"), Secret::new(key)], "user_id")
    }

    fn now() -> Timestamp {
        Timestamp::from_unix_seconds(VECTORS["now"].as_i64().expect("a number"))
    }

    fn tokens() -> impl Iterator<Item = &'static Value> {
        VECTORS["jwts"].as_array().expect("a list").iter()
    }

    fn text(token: &'static Value, name: &str) -> &'static str {
        token[name].as_str().expect("a text")
    }

    #[test]
    fn refresh_tokens_of_the_site_are_accepted_and_nothing_else() {
        for token in tokens() {
            let got = site().verify(text(token, "token"), now());
            match (text(token, "key"), text(token, "kind")) {
                ("present", "refresh") => {
                    let read = got.expect("it is good");
                    assert_eq!((read.id(), read.user_id()), (text(token, "jti"), text(token, "user_id")));
                    assert_eq!(Some(read.expires_at().unix_seconds()), token["exp"].as_i64());
                }
                ("present", _) => assert_eq!(got.map(drop), Err(TokenFault::WrongType)),
                _ => assert_eq!(got.map(drop), Err(TokenFault::Invalid)),
            }
        }
    }

    #[test]
    fn a_token_ends_when_it_says() {
        let token = tokens().next().expect("there is one");
        let ends_at = Timestamp::from_unix_seconds(token["exp"].as_i64().expect("a number"));
        let verify = |now| site().verify(text(token, "token"), now).map(drop);
        assert_eq!(verify(ends_at.minus(Seconds::new(1))), Ok(()));
        assert_eq!(verify(ends_at), Err(TokenFault::Expired));
    }

    #[test]
    fn a_token_from_the_future_is_invalid() {
        let token = tokens().next().expect("there is one");
        let verify = |seconds| site().verify(text(token, "token"), now().minus(Seconds::new(seconds))).map(drop);
        assert_eq!(verify(60), Ok(()));
        assert_eq!(verify(61), Err(TokenFault::Invalid));
    }

    #[test]
    fn another_claim_may_hold_the_user() {
        let key = VECTORS["secrets"]["jwt"].as_str().expect("a text");
        let site = Simplejwt::new(&[Secret::new(key)], "sub");
        let token = tokens().next().expect("there is one");
        assert_eq!(site.verify(text(token, "token"), now()).map(drop), Err(TokenFault::Invalid));
    }
}
