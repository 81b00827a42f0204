//! The `state` of an authorization request: what an identity provider returns beside its code.
//!
//! It is a signed value that says which provider was asked, where the answer goes, and what for. The server stores
//! nothing for it. What else the provider gets is derived from its random id: the secret of the code's proof key (PKCE,
//! RFC 7636) and the nonce of OpenID Connect. The state names the browser by a mark that the browser keeps in a cookie,
//! so it is worth nothing in another browser, and nothing to who reads it in an address.

#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::equality::are_equal;
use super::link_secret::decode_lower_hex;
use super::signer::{CLOCK_SKEW, keyed_with};
use super::syntax::parse_timestamp;
use crate::clock::{Seconds, Timestamp};
use crate::secret::Secret;

/// How long a state is valid: the time in which a person logs in at the provider.
pub const STATE_VALID_FOR: Seconds = Seconds::new(600);

/// The longest redirect URI that a state has room for, in bytes, beside the longest names of provider and user.
pub const LONGEST_REDIRECT_URI_BYTES: usize = 2_048;

/// The longest state. A longer one is refused unread.
const LONGEST: usize = 4_096;
const ID_BYTES: usize = 16;
const MARK_BYTES: usize = 32;
/// The layout of the signed text.
const VERSION: &str = "1";
/// Separates the parts of the signed text. None of them has a control character.
const SEPARATOR: char = '\n';

/// Why a state is not accepted, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// No secret of ours signed it, or for another provider.
    #[error("the state is not ours")]
    Forged,
    /// It was begun in another browser, or the browser has lost its cookie.
    #[error("the state belongs to another browser")]
    OfAnotherBrowser,
    /// It was signed longer ago than it is valid for.
    #[error("the state has expired")]
    Expired,
}

/// What an authorization is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The provider, by its name in the settings.
    pub provider: &'a str,
    /// The page to which the provider sends the browser. Has no control characters.
    pub redirect_uri: &'a str,
    /// The user to whom the provider account is to be connected; `None`: somebody logs in by it.
    pub user_id: Option<&'a str>,
    /// What the browser's cookie holds. If it is a mark, the browser keeps it: several tabs share it.
    pub browser_mark: &'a str,
}

/// A new state, and what belongs to it.
#[derive(Debug)]
pub struct BegunAuthorization {
    /// For the provider, which returns it.
    pub state: String,
    /// For the cookie of the browser: 64 lower-case hex digits.
    pub browser_mark: Secret,
    /// For the provider: the S256 challenge of the proof key.
    pub code_challenge: String,
    /// For the provider: the nonce of its `id_token`.
    pub nonce: String,
}

/// A state that came back in time, to the browser that it belongs to. Only [`AuthorizationStates::verify`] makes one.
#[derive(Debug)]
pub struct ReturnedAuthorization {
    /// The page to which the provider was asked to send the browser.
    pub redirect_uri: String,
    /// The user to whom the provider account is to be connected; `None`: somebody logs in by it.
    pub user_id: Option<String>,
    /// The secret of the proof key.
    pub code_verifier: Secret,
    /// The nonce that the `id_token` must have.
    pub nonce: String,
    /// Names the state, where it is noted that it was used.
    pub id: String,
}

/// Makes and verifies states.
///
/// `Debug` shows no more than how many secrets there are.
#[derive(Clone)]
pub struct AuthorizationStates {
    /// One per secret. The first one signs, all of them verify.
    keys: Box<[Keys]>,
}

/// HMAC's states after the keys that are derived from one secret.
#[derive(Clone)]
struct Keys {
    signature: Hmac<Sha256>,
    browser: Hmac<Sha256>,
    code_verifier: Hmac<Sha256>,
    nonce: Hmac<Sha256>,
}

impl Keys {
    fn of(secret: &Secret) -> Self {
        let derive = |label: &str| {
            let mut derivation = keyed_with(secret.expose().as_bytes());
            derivation.update(b"countersign/v1/provider/");
            derivation.update(label.as_bytes());
            keyed_with(&derivation.finalize().into_bytes())
        };
        Self {
            signature: derive("state"),
            browser: derive("browser"),
            code_verifier: derive("code-verifier"),
            nonce: derive("nonce"),
        }
    }

    /// Returns what a state holds of the browser's mark. The mark itself is nowhere but in the cookie.
    fn browser(&self, mark: &[u8; MARK_BYTES]) -> [u8; 32] {
        let mut state = self.browser.clone();
        state.update(mark);
        state.finalize().into_bytes().into()
    }

    /// Returns 43 characters, which RFC 7636 allows.
    fn code_verifier(&self, id: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.code_verifier, id))
    }

    fn nonce(&self, id: &str) -> String {
        URL_SAFE_NO_PAD.encode(mac(&self.nonce, id))
    }
}

impl AuthorizationStates {
    /// Returns states under the secrets of the links, which a [`LinkSigner`](super::LinkSigner) has accepted.
    pub fn new(secrets: &[Secret]) -> Self {
        Self { keys: secrets.iter().map(Keys::of).collect() }
    }

    /// Makes a new state.
    pub fn begin(&self, asked: Asked<'_>, now: Timestamp) -> BegunAuthorization {
        let keys = self.keys.first().expect("there is at least one secret");
        let Asked { provider, redirect_uri, user_id, browser_mark } = asked;
        let id = hex::encode(random::<ID_BYTES>());
        let mark = decode_lower_hex(browser_mark).unwrap_or_else(random::<MARK_BYTES>);
        let (time, browser) = (now.unix_seconds().to_string(), hex::encode(keys.browser(&mark)));
        let parts = [VERSION, &id, &time, &browser, provider, user_id.unwrap_or(""), redirect_uri];
        let text = parts.join(&SEPARATOR.to_string());
        let signature = URL_SAFE_NO_PAD.encode(mac(&keys.signature, &text));
        BegunAuthorization {
            state: format!("{}.{signature}", URL_SAFE_NO_PAD.encode(text)),
            browser_mark: Secret::new(hex::encode(mark)),
            code_challenge: URL_SAFE_NO_PAD.encode(Sha256::digest(keys.code_verifier(&id))),
            nonce: keys.nonce(&id),
        }
    }

    /// Verifies a state that came back from `provider`, and that `browser_mark` is that of its browser. All comparisons
    /// take constant time.
    ///
    /// # Errors
    ///
    /// Each [`StateError`], in that order.
    pub fn verify(
        &self,
        state: &str,
        provider: &str,
        browser_mark: &str,
        now: Timestamp,
    ) -> Result<ReturnedAuthorization, StateError> {
        let (text, signature) = read(state).ok_or(StateError::Forged)?;
        let is_signed_by = |keys: &&Keys| bool::from(are_equal(&mac(&keys.signature, &text), &signature));
        let keys = self.keys.iter().find(is_signed_by).ok_or(StateError::Forged)?;
        let [version, id, time, browser, asked, user_id, redirect_uri] =
            *text.split(SEPARATOR).collect::<Vec<_>>().as_slice()
        else {
            return Err(StateError::Forged);
        };
        if version != VERSION || asked != provider {
            return Err(StateError::Forged);
        }
        let begun_at = parse_timestamp(time).ok_or(StateError::Forged)?;
        let browser = decode_lower_hex(browser).ok_or(StateError::Forged)?;
        let is_its_browser =
            decode_lower_hex(browser_mark).is_some_and(|mark| bool::from(are_equal(&keys.browser(&mark), &browser)));
        if !is_its_browser {
            return Err(StateError::OfAnotherBrowser);
        }
        if begun_at > now.plus(CLOCK_SKEW) || now.since(begun_at) > STATE_VALID_FOR {
            return Err(StateError::Expired);
        }
        Ok(ReturnedAuthorization {
            redirect_uri: redirect_uri.to_owned(),
            user_id: (!user_id.is_empty()).then(|| user_id.to_owned()),
            code_verifier: Secret::new(keys.code_verifier(id)),
            nonce: keys.nonce(id),
            id: id.to_owned(),
        })
    }
}

impl fmt::Debug for AuthorizationStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationStates").field("secrets", &self.keys.len()).finish_non_exhaustive()
    }
}

fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random).expect("the operating system has random bytes");
    random
}

fn mac(key: &Hmac<Sha256>, text: &str) -> [u8; 32] {
    let mut state = key.clone();
    state.update(text.as_bytes());
    state.finalize().into_bytes().into()
}

/// Decodes the signed text and its signature, and checks neither.
fn read(state: &str) -> Option<(String, [u8; 32])> {
    if state.len() > LONGEST {
        return None;
    }
    let (text, signature) = state.split_once('.')?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    Some((text, URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?))
}
