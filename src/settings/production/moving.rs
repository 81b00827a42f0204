//! `[moving.…]`: anyone who has a secret of the old system can make its links and tokens.

use std::path::Path;

use super::super::Settings;
use super::copied::copied_secrets;
use super::files::{direct_secret, secret_file};
use super::row::{Findings, Row, harmless, judged};
use super::secrets::is_monotonous;
use crate::secret::Secret;

const LIFE: &str =
    "each link works once, and dies with a new password or address; `check` tells when the last has expired";
const ONE_TIME_USE: &str = "it decides what the old links were signed with; here each works once";
const OFFSET: &str = "it moves the end of a link by hours";

pub(super) const ROWS: &[Row] = &[
    judged("moving.django_rest_registration.secrets", |settings, findings| {
        let old = &settings.moving.django_rest_registration;
        secrets(settings, &old.secrets, old.secrets_file.is_none(), findings);
        unused(&old.secrets, settings.contracts.accounts.enabled, "contracts.accounts.enabled", findings);
    }),
    judged("moving.django_rest_registration.secrets_file", |settings, findings| {
        let old = &settings.moving.django_rest_registration;
        secrets_in_file(settings, &old.secrets, old.secrets_file.as_deref(), findings);
    }),
    harmless("moving.django_rest_registration.register_expires_after_seconds", LIFE),
    harmless("moving.django_rest_registration.reset_password_expires_after_seconds", LIFE),
    harmless("moving.django_rest_registration.register_email_expires_after_seconds", LIFE),
    harmless("moving.django_rest_registration.register_one_time_use", ONE_TIME_USE),
    harmless("moving.django_rest_registration.reset_password_one_time_use", ONE_TIME_USE),
    judged("moving.djoser.secrets", |settings, findings| {
        let old = &settings.moving.djoser;
        secrets(settings, &old.secrets, old.secrets_file.is_none(), findings);
        unused(&old.secrets, settings.contracts.djoser.enabled, "contracts.djoser.enabled", findings);
    }),
    judged("moving.djoser.secrets_file", |settings, findings| {
        let old = &settings.moving.djoser;
        secrets_in_file(settings, &old.secrets, old.secrets_file.as_deref(), findings);
    }),
    harmless("moving.djoser.expires_after_seconds", LIFE),
    harmless("moving.djoser.utc_offset", OFFSET),
    judged("moving.allauth.secrets", |settings, findings| {
        let old = &settings.moving.allauth;
        secrets(settings, &old.secrets, old.secrets_file.is_none(), findings);
        let is_served = settings.contracts.dj_rest_auth.enabled || settings.contracts.django_rest_auth.enabled;
        unused(&old.secrets, is_served, "contracts.dj_rest_auth.enabled", findings);
    }),
    judged("moving.allauth.secrets_file", |settings, findings| {
        let old = &settings.moving.allauth;
        secrets_in_file(settings, &old.secrets, old.secrets_file.as_deref(), findings);
    }),
    harmless("moving.allauth.confirmation_expires_after_seconds", LIFE),
    harmless("moving.allauth.reset_password_expires_after_seconds", LIFE),
    harmless("moving.allauth.utc_offset", OFFSET),
    judged("moving.simplejwt.secrets", |settings, findings| {
        let old = &settings.moving.simplejwt;
        secrets(settings, &old.secrets, old.secrets_file.is_none(), findings);
        let is_unused = !old.secrets.is_empty() && !settings.contracts.serve_token_pairs();
        findings.risk_of_any_mode(
            is_unused,
            "no contract serves pairs of JSON Web Tokens, so no old token can be refreshed",
        );
    }),
    judged("moving.simplejwt.secrets_file", |settings, findings| {
        let old = &settings.moving.simplejwt;
        secrets_in_file(settings, &old.secrets, old.secrets_file.as_deref(), findings);
    }),
    harmless("moving.simplejwt.user_id_claim", "the old secret has signed it"),
];

/// Judges secrets that may be given directly.
fn secrets(settings: &Settings, secrets: &[Secret], are_given_directly: bool, findings: &mut Findings) {
    direct_secret(settings, findings);
    if are_given_directly {
        guessable(settings, secrets, findings);
    }
}

/// Judges secrets that are kept in a file.
fn secrets_in_file(settings: &Settings, secrets: &[Secret], path: Option<&Path>, findings: &mut Findings) {
    secret_file(path, findings);
    if path.is_some() {
        guessable(settings, secrets, findings);
    }
}

fn unused(secrets: &[Secret], is_served: bool, contract: &str, findings: &mut Findings) {
    let message = format!("its links go to a contract that is not served: set `{contract}` to true, or leave this out");
    findings.risk_of_any_mode(!secrets.is_empty() && !is_served, &message);
}

/// Judges what the old secrets are made of. They cannot be replaced: the links are signed already.
fn guessable(settings: &Settings, secrets: &[Secret], findings: &mut Findings) {
    copied_secrets(secrets, "no link or token of the old system fits", findings);
    let is_guessable = secrets.iter().any(|secret| is_monotonous(secret.expose()));
    let message = "a secret repeats a few characters and looks guessable; anybody can make links and tokens of users who \
                   moved here with it. Leave it out: users log in again, and ask for new links";
    findings.error(is_guessable, message);
    let is_generated = secrets.iter().any(|secret| secret.expose().starts_with("django-insecure-"));
    let message = "a secret is the one that `startproject` wrote into the old site's settings; if others could read it \
                   there, they can make links and tokens of users who moved here. Then leave it out";
    findings.risk(is_generated, message);
    let own = settings.links.secrets.iter().chain(&settings.jwt.secrets);
    let is_shared = own.into_iter().any(|own| secrets.iter().any(|old| old.expose() == own.expose()));
    let message = "a secret of the old system signs links or tokens here as well; `countersign secret new` makes another \
                   for `links.secrets` and `jwt.secrets`";
    findings.risk(is_shared, message);
}
