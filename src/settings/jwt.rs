//! How JSON Web Tokens are signed, how long they live, and what they say. The keys of EdDSA are in `jwt_keys`.

use std::path::PathBuf;

use super::jwt_keys;
use super::mode::Mode;
use super::reader::Reader;
use super::signing_secrets::{SecretFileError, SigningSecrets};
use crate::clock::Seconds;
use crate::secret::Secret;
use crate::tokens::{PrivateKey, PublicKey};

const ALGORITHM: &str = "jwt.algorithm";

const SECRETS: SigningSecrets = SigningSecrets {
    key: "jwt.secrets",
    file_key: "jwt.secrets_file",
    signed: "JSON Web Tokens",
    comment: "# Signs the JSON Web Tokens of countersign. Keep it; give it only to services that may log users in.",
};

/// `[jwt]`: JSON Web Tokens, for the contracts that serve them.
#[derive(Clone, Debug)]
pub struct JwtSettings {
    /// The secrets, each at least 32 bytes: the first signs, all verify.
    ///
    /// Empty where no contract serves JSON Web Tokens or none sign them, and in development before
    /// [`Settings::generate_missing_jwt_secret`](super::Settings) was called.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from, or will be kept in.
    pub secrets_file: Option<PathBuf>,
    /// The private keys of EdDSA: the first signs, all verify and are published. Empty where `secrets` would be.
    pub private_keys: Vec<PrivateKey>,
    /// The file the private keys were read from, or will be kept in.
    pub private_keys_file: Option<PathBuf>,
    /// The public keys of EdDSA that verify and are published beside those of the private keys.
    pub public_keys: Vec<PublicKey>,
    /// The file the public keys were read from.
    pub public_keys_file: Option<PathBuf>,
    /// The one algorithm that signs and verifies.
    pub algorithm: JwtAlgorithm,
    /// How long an access token lives: 1 s to 1 day.
    pub access_expires_after: Seconds,
    /// How long a refresh token lives: 1 s to 1 year. A login ends with it.
    pub refresh_expires_after: Seconds,
    /// Whether a refresh also replaces the refresh token.
    pub rotate_refresh_tokens: bool,
    /// The claim `iss`; `None`: tokens have none, and none is checked.
    pub issuer: Option<String>,
    /// The claim `aud`; `None`: tokens have none, and none is checked.
    pub audience: Option<String>,
    /// Allowed clock skew: how long after its end a token is accepted, 0 to 60 s.
    pub leeway: Seconds,
    /// The words before an access token in `Authorization`, compared as written.
    pub header_types: Vec<String>,
}

/// An algorithm that signs JSON Web Tokens (RFC 7518, 3.1; RFC 8037, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// Ed25519: who verifies cannot sign.
    EdDsa,
}

impl JwtAlgorithm {
    /// Returns the least length of a secret in bytes: the size of the hash (RFC 7518, 3.2). `None` where private keys
    /// sign.
    pub(super) fn secret_min_bytes(self) -> Option<usize> {
        match self {
            Self::Hs256 => Some(32),
            Self::Hs384 => Some(48),
            Self::Hs512 => Some(64),
            Self::EdDsa => None,
        }
    }
}

impl JwtSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let algorithms = [
            ("HS256", JwtAlgorithm::Hs256),
            ("HS384", JwtAlgorithm::Hs384),
            ("HS512", JwtAlgorithm::Hs512),
            ("EdDSA", JwtAlgorithm::EdDsa),
        ];
        let algorithm = reader.choice(ALGORITHM, &algorithms);
        let (secrets, secrets_file) = SECRETS.read(reader);
        let (private_keys, private_keys_file) = jwt_keys::read_private(reader);
        let (public_keys, public_keys_file) = jwt_keys::read_public(reader);
        Self {
            secrets,
            secrets_file,
            private_keys,
            private_keys_file,
            public_keys,
            public_keys_file,
            algorithm,
            access_expires_after: reader.seconds("jwt.access_expires_after_seconds", 1..=86_400),
            refresh_expires_after: reader.seconds("jwt.refresh_expires_after_seconds", 1..=31_622_400),
            rotate_refresh_tokens: reader.flag("jwt.rotate_refresh_tokens"),
            issuer: reader.optional_text("jwt.issuer"),
            audience: reader.optional_text("jwt.audience"),
            leeway: reader.seconds("jwt.leeway_seconds", 0..=60),
            header_types: reader.list("jwt.header_types", parse_header_type),
        }
    }

    /// Reads the files that hold the secrets or keys of the algorithm. In development they may be missing. Those of the
    /// other algorithms must not be given.
    pub(super) fn complete(&mut self, mode: Mode, reader: &mut Reader) {
        if reader.is_faulty(ALGORITHM) {
            return;
        }
        if self.algorithm == JwtAlgorithm::EdDsa {
            let requirement = "EdDSA signs with private keys: give `jwt.private_keys` or `jwt.private_keys_file` \
                               instead (`countersign secret new --jwt eddsa` makes a key), or choose \"HS256\"";
            refuse_given(&[SECRETS.key, SECRETS.file_key], requirement, reader);
            jwt_keys::complete_private(mode, reader, &mut self.private_keys, &mut self.private_keys_file);
            jwt_keys::complete_public(reader, &mut self.public_keys, &mut self.public_keys_file);
        } else {
            let requirement = "HMAC signs with secrets, not with keys: give `jwt.secrets` or `jwt.secrets_file` \
                               instead, or choose \"EdDSA\"";
            refuse_given(&jwt_keys::ALL, requirement, reader);
            SECRETS.complete(mode, reader, &mut self.secrets, &mut self.secrets_file);
        }
    }

    /// Makes the file of the secrets or keys where there is none, and reads it.
    pub(super) fn generate_missing(&mut self) -> Result<Option<PathBuf>, SecretFileError> {
        match self.algorithm {
            JwtAlgorithm::EdDsa => jwt_keys::generate_missing(&mut self.private_keys, self.private_keys_file.as_ref()),
            _ => SECRETS.generate_missing(&mut self.secrets, self.secrets_file.as_ref()),
        }
    }
}

/// Refuses settings that the algorithm has no use for: they show that another one is meant.
fn refuse_given(keys: &[&str], requirement: &str, reader: &mut Reader) {
    let given: Vec<&str> = keys.iter().copied().filter(|key| reader.is_changed(key)).collect();
    if !given.is_empty() {
        reader.contradict(&[&[ALGORITHM], given.as_slice()].concat(), requirement);
    }
}

fn parse_header_type(text: &str) -> Result<String, String> {
    let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_word {
        return Err("allowed are words of letters, digits and hyphens, such as \"Bearer\"".to_owned());
    }
    if text.eq_ignore_ascii_case("token") {
        return Err("\"Token\" is the word before the tokens of other logins; choose another".to_owned());
    }
    Ok(text.to_owned())
}
