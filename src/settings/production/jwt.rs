//! `[jwt]`: secrets that can be guessed let anybody log in as anybody, and long-lived tokens stay stolen for long.

use super::super::Settings;
use super::copied::copied_secrets;
use super::files::{direct_secret, secret_file, trusted_file};
use super::row::{Findings, Row, harmless, judged};
use super::secrets::guessable;
use crate::clock::Seconds;
use crate::settings::JwtAlgorithm;

/// A service that verifies access tokens by itself accepts them until they expire.
const LONGEST_SOUND_ACCESS: Seconds = Seconds::new(3_600);
/// Twice the default life of a session.
const LONGEST_SOUND_REFRESH: Seconds = Seconds::new(90 * 86_400);

pub(super) const ROWS: &[Row] = &[
    judged("jwt.algorithm", |settings, findings| {
        let Some(least) = settings.jwt.algorithm.secret_min_bytes() else { return };
        let is_short = settings.jwt.secrets.iter().any(|secret| secret.expose().len() < least);
        let message =
            format!("it needs secrets of at least {least} bytes (RFC 7518, 3.2); `countersign secret new` makes one");
        findings.risk(settings.contracts.serve_jwt() && is_short, &message);
    }),
    judged("jwt.secrets", |settings, findings| {
        direct_secret(settings, findings);
        if settings.jwt.secrets_file.is_none() {
            secrets(settings, findings);
        }
    }),
    judged("jwt.secrets_file", |settings, findings| {
        if settings.contracts.serve_jwt() && !signs_with_keys(settings) {
            secret_file(settings.jwt.secrets_file.as_deref(), findings);
        }
        if settings.jwt.secrets_file.is_some() {
            secrets(settings, findings);
        }
    }),
    judged("jwt.private_keys", |settings, findings| {
        direct_secret(settings, findings);
        if settings.jwt.private_keys_file.is_none() {
            guessable_keys(settings, findings);
        }
    }),
    judged("jwt.private_keys_file", |settings, findings| {
        if signs_with_keys(settings) {
            secret_file(settings.jwt.private_keys_file.as_deref(), findings);
        }
        if settings.jwt.private_keys_file.is_some() {
            guessable_keys(settings, findings);
        }
    }),
    harmless("jwt.public_keys", "public; whoever writes the settings chooses the other keys too"),
    judged("jwt.public_keys_file", |settings, findings| {
        if signs_with_keys(settings) {
            trusted_file(settings.jwt.public_keys_file.as_deref(), "which keys may sign tokens", findings);
        }
    }),
    judged("jwt.access_expires_after_seconds", |settings, findings| {
        let is_long = settings.jwt.access_expires_after > LONGEST_SOUND_ACCESS;
        let message = "services that verify access tokens by themselves accept a stolen one for more than an hour; 300 \
                       are 5 minutes";
        findings.risk(settings.contracts.serve_token_pairs() && is_long, message);
    }),
    judged("jwt.refresh_expires_after_seconds", |settings, findings| {
        let is_long = settings.jwt.refresh_expires_after > LONGEST_SOUND_REFRESH;
        let message = "a stolen refresh token is good for more than 90 days; 86400 are a day";
        findings.risk(settings.contracts.serve_token_pairs() && is_long, message);
    }),
    harmless("jwt.rotate_refresh_tokens", "either way logout, a new password and an operator end the login"),
    harmless("jwt.issuer", "a name in tokens"),
    harmless("jwt.audience", "a name in tokens"),
    harmless("jwt.leeway_seconds", "at most a minute"),
    harmless("jwt.header_types", "a word before a token"),
];

/// Returns whether tokens are served and signed by keys instead of secrets.
fn signs_with_keys(settings: &Settings) -> bool {
    settings.contracts.serve_jwt() && settings.jwt.algorithm == JwtAlgorithm::EdDsa
}

/// Judges the private keys: one that anybody can find is no secret.
fn guessable_keys(settings: &Settings, findings: &mut Findings) {
    let is_guessable = settings.jwt.private_keys.iter().any(|key| key.is_guessable());
    let message = "a private key is the example of RFC 8037, or its bytes are no random ones, so that anybody can log in \
                   as anybody; make one with `countersign secret new --jwt eddsa`";
    findings.error(signs_with_keys(settings) && is_guessable, message);
}

fn secrets(settings: &Settings, findings: &mut Findings) {
    if !settings.contracts.serve_jwt() || signs_with_keys(settings) {
        return;
    }
    let secrets = &settings.jwt.secrets;
    copied_secrets(secrets, "services that have the secret alone refuse the tokens", findings);
    guessable(secrets, "anybody can log in as anybody with it", findings);
    let signs_links = |secret: &str| settings.links.secrets.iter().any(|other| other.expose() == secret);
    let is_shared = secrets.iter().any(|secret| signs_links(secret.expose()));
    let message = "a secret also signs links, so that each service that verifies tokens can make links; give each a \
                   secret of its own";
    findings.risk(is_shared, message);
}
