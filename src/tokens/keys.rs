//! Keys of Ed25519 for JSON Web Tokens of the algorithm EdDSA (RFC 8032, RFC 8037): read from PEM, named by their
//! thumbprint, and written.
//!
//! The settings parse keys with this part of the room, so that a wrong one is reported with its origin. It uses nothing
//! of the rest of the room.

mod error;
mod pem;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use ed25519_dalek::{SigningKey, VerifyingKey};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

use crate::secret::Secret;
use pem::Block;

pub use error::KeyError;

/// What stands before the 32 bytes of a private key in its DER form (RFC 8410, 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The public key of the example in RFC 8037 and RFC 8032. Everybody knows its private key.
const PUBLISHED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

/// A private key of Ed25519. `Debug` shows the id of its public key alone.
#[derive(Clone)]
pub struct PrivateKey {
    key: SigningKey,
    public: PublicKey,
}

/// A public key of Ed25519.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    id: String,
}

impl PrivateKey {
    /// Parses one key: PKCS#8 in PEM, which begins with `-----BEGIN PRIVATE KEY-----`.
    ///
    /// Line breaks may be blanks, or be written as `\n`, since variables of the environment often hold no others.
    ///
    /// # Errors
    ///
    /// Each [`KeyError`] but [`KeyError::Private`] and [`KeyError::Weak`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::of_block(pem::only_block(text)?)
    }

    /// Parses a file of keys, one PEM block after the other. Text between them, and lines that begin with #, are
    /// comments. Each error comes with the position of its key, which counts from 1.
    pub(crate) fn parse_all(text: &str) -> Result<Vec<Result<Self, KeyError>>, KeyError> {
        Ok(pem::blocks(text)?.into_iter().map(Self::of_block).collect())
    }

    /// Makes the private key of these 32 bytes, which must be random.
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self::of(SigningKey::from_bytes(random))
    }

    /// Returns the public key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Writes the key as PKCS#8 in PEM, with a final line break.
    pub fn to_pem(&self) -> Secret {
        let der = self.to_der();
        let encoded = Secret::new(STANDARD.encode(der.as_slice()));
        Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", encoded.expose()))
    }

    /// Returns whether anybody can find the key: it stands in a standard, or its bytes are a few or a row of numbers.
    pub(crate) fn is_guessable(&self) -> bool {
        let bytes = self.key.as_bytes();
        let different = bytes.iter().collect::<BTreeSet<_>>().len();
        let step = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
        let is_row = bytes.windows(2).all(|pair| step(pair) == step(&bytes[..2]));
        self.public.x() == PUBLISHED || different < 8 || is_row
    }

    pub(super) fn for_signing(&self) -> EncodingKey {
        EncodingKey::from_ed_der(self.to_der().as_slice())
    }

    fn of_block(block: Block<'_>) -> Result<Self, KeyError> {
        match block.label {
            "PRIVATE KEY" => {
                let der = block.to_der()?;
                SigningKey::from_pkcs8_der(&der).map(Self::of).map_err(|_| fault_of(&der))
            }
            "PUBLIC KEY" => Err(KeyError::Public),
            label => Err(refused_label(label)),
        }
    }

    fn of(key: SigningKey) -> Self {
        Self { public: PublicKey::of(key.verifying_key()), key }
    }

    fn to_der(&self) -> zeroize::Zeroizing<Vec<u8>> {
        zeroize::Zeroizing::new([PKCS8_PREFIX.as_slice(), self.key.as_bytes()].concat())
    }
}

impl PublicKey {
    /// Parses one key: PEM that begins with `-----BEGIN PUBLIC KEY-----`. Line breaks as in [`PrivateKey::parse`].
    ///
    /// # Errors
    ///
    /// Each [`KeyError`] but [`KeyError::Public`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        Self::of_block(pem::only_block(text)?)
    }

    /// Parses a file of keys, as [`PrivateKey::parse_all`] does.
    pub(crate) fn parse_all(text: &str) -> Result<Vec<Result<Self, KeyError>>, KeyError> {
        Ok(pem::blocks(text)?.into_iter().map(Self::of_block).collect())
    }

    /// Returns the id by which tokens name the key (`kid`): the SHA-256 thumbprint of RFC 7638.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the key as a member of a JSON Web Key.
    pub(super) fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.as_bytes())
    }

    pub(super) fn for_verifying(&self) -> DecodingKey {
        DecodingKey::from_ed_der(self.key.as_bytes())
    }

    fn of_block(block: Block<'_>) -> Result<Self, KeyError> {
        match block.label {
            "PUBLIC KEY" => {
                let der = block.to_der()?;
                let key = VerifyingKey::from_public_key_der(&der).map_err(|_| fault_of(&der))?;
                if key.is_weak() { Err(KeyError::Weak) } else { Ok(Self::of(key)) }
            }
            "PRIVATE KEY" => Err(KeyError::Private),
            label => Err(refused_label(label)),
        }
    }

    fn of(key: VerifyingKey) -> Self {
        let decoding = DecodingKey::from_ed_der(key.as_bytes());
        let jwk = Jwk::from_decoding_key(&decoding, Some(Algorithm::EdDSA)).expect("32 bytes are a key of Ed25519");
        let id = jwk.thumbprint(ThumbprintHash::SHA256).expect("a key of Ed25519 has a thumbprint");
        Self { key, id }
    }
}

/// Returns why a block of this name is no key for EdDSA.
fn refused_label(label: &str) -> KeyError {
    if label == "ENCRYPTED PRIVATE KEY" { KeyError::Encrypted } else { KeyError::OtherKind }
}

/// Returns why the content of a block is no key of Ed25519. DER is a sequence whose length fits.
fn fault_of(der: &[u8]) -> KeyError {
    let content = match der {
        [0x30, 0x82, high, low, ..] => 4 + usize::from(u16::from_be_bytes([*high, *low])),
        [0x30, 0x81, length, ..] => 3 + usize::from(*length),
        [0x30, length @ ..=0x7f, ..] => 2 + usize::from(*length),
        _ => return KeyError::Damaged,
    };
    // The object identifier of Ed25519: a key of this kind that does not parse is damaged.
    let is_ed25519 = der.windows(5).take(16).any(|window| window == [0x06, 0x03, 0x2b, 0x65, 0x70]);
    if content != der.len() || is_ed25519 { KeyError::Damaged } else { KeyError::OtherKind }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(of {})", self.public.id)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id)
    }
}
