//! How JSON Web Tokens are signed, how long they live, and what they say.

use std::path::PathBuf;

use super::mode::Mode;
use super::reader::Reader;
use super::signing_secrets::{SecretFileError, SigningSecrets};
use crate::clock::Seconds;
use crate::secret::Secret;

const SECRETS: SigningSecrets = SigningSecrets {
    key: "jwt.secrets",
    file_key: "jwt.secrets_file",
    signed: "JSON Web Tokens",
    comment: "# Signs the JSON Web Tokens of countersign. Keep it; give it only to services that may log users in.",
};

/// `[jwt]`: JSON Web Tokens, for the contracts that serve them. Most keys have the names of simplejwt's settings.
#[derive(Clone, Debug)]
pub struct JwtSettings {
    /// The secrets, each at least 32 bytes: the first signs, all verify.
    ///
    /// Empty where no contract serves JSON Web Tokens, and in development before
    /// [`Settings::generate_missing_jwt_secret`](super::Settings) was called.
    pub secrets: Vec<Secret>,
    /// The file the secrets were read from, or will be kept in.
    pub secrets_file: Option<PathBuf>,
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

/// An algorithm that signs JSON Web Tokens (RFC 7518, 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

impl JwtAlgorithm {
    /// Returns the least length of a key in bytes: the size of the hash (RFC 7518, 3.2).
    pub(super) fn key_min_bytes(self) -> usize {
        match self {
            Self::Hs256 => 32,
            Self::Hs384 => 48,
            Self::Hs512 => 64,
        }
    }
}

impl JwtSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let algorithms =
            [("HS256", JwtAlgorithm::Hs256), ("HS384", JwtAlgorithm::Hs384), ("HS512", JwtAlgorithm::Hs512)];
        let (secrets, secrets_file) = SECRETS.read(reader);
        Self {
            secrets,
            secrets_file,
            algorithm: reader.choice("jwt.algorithm", &algorithms),
            access_expires_after: reader.seconds("jwt.access_expires_after_seconds", 1..=86_400),
            refresh_expires_after: reader.seconds("jwt.refresh_expires_after_seconds", 1..=31_622_400),
            rotate_refresh_tokens: reader.flag("jwt.rotate_refresh_tokens"),
            issuer: reader.optional_text("jwt.issuer"),
            audience: reader.optional_text("jwt.audience"),
            leeway: reader.seconds("jwt.leeway_seconds", 0..=60),
            header_types: reader.list("jwt.header_types", parse_header_type),
        }
    }

    /// Reads the file that holds the secrets. In development it may be missing.
    pub(super) fn complete(&mut self, mode: Mode, reader: &mut Reader) {
        SECRETS.complete(mode, reader, &mut self.secrets, &mut self.secrets_file);
    }

    /// Makes the file where there is no secret, and reads it.
    pub(super) fn generate_missing(&mut self) -> Result<Option<PathBuf>, SecretFileError> {
        SECRETS.generate_missing(&mut self.secrets, self.secrets_file.as_ref())
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
