//! `[links]`: secrets that can be guessed let anybody make links.

use super::super::Settings;
use super::copied::copied_secrets;
use super::files::{direct_secret, secret_file};
use super::row::{Findings, Row, judged};
use super::secrets::guessable;

pub(super) const ROWS: &[Row] = &[
    judged("links.secrets", |settings, findings| {
        direct_secret(settings, findings);
        if settings.links.secrets_file.is_none() {
            secrets(settings, findings);
        }
    }),
    judged("links.secrets_file", |settings, findings| {
        secret_file(settings.links.secrets_file.as_deref(), findings);
        if settings.links.secrets_file.is_some() {
            secrets(settings, findings);
        }
    }),
];

fn secrets(settings: &Settings, findings: &mut Findings) {
    copied_secrets(
        &settings.links.secrets,
        "a program that has the secret alone makes and expects other links",
        findings,
    );
    guessable(&settings.links.secrets, "anybody can make links with it", findings);
}
