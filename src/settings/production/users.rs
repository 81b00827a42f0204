//! `[users]`, `[registration]`, `[login]` and `[sessions]`.

use super::super::Settings;
use super::super::{CookieSameSite, CookieTransport};
use super::changes::{link_span, page};
use super::row::{Findings, Row, harmless, judged};
use crate::clock::Seconds;

/// 90 days: three times what NIST SP 800-63B lets a login last at its lowest level. Beyond it a session outlives the
/// device it began on.
const LONGEST_SOUND_SESSION: Seconds = Seconds::new(90 * 86_400);
/// 30 days: how long NIST SP 800-63B lets a login last at its lowest level.
const LONGEST_SOUND_IDLENESS: Seconds = Seconds::new(30 * 86_400);
/// Twice the default. A link proves that its user reads the mailbox, and mailboxes change owners.
const LONGEST_SOUND_REGISTRATION_LINK: Seconds = Seconds::new(14 * 86_400);

pub(super) const ROWS: &[Row] = &[
    judged("users.conceal_emails", |settings, findings| {
        let message = "anybody can find out who has an account by trying addresses; set true";
        findings.risk(!settings.users.conceal_emails, message);
    }),
    judged("users.email_unique", |settings, findings| {
        let message = "several users may have one address, and whoever reads its mail has them all; set true";
        findings.risk(!settings.users.email_unique, message);
    }),
    harmless(
        "users.username",
        "each account has a name or an address; usernames, and so what they are made of, are public",
    ),
    harmless("users.fields", "only the users themselves see them"),
    harmless("users.editable_fields", "id and address are never among them"),
    judged("users.purge_unverified_after_seconds", purge),
    harmless("registration.enabled", "without registration there is less to attack"),
    judged("registration.verification", |settings, findings| {
        let registration = &settings.registration;
        let message = "users are active under addresses they never proved; set true";
        findings.risk(registration.enabled && !registration.verification, message);
    }),
    harmless("registration.email_required", "decides only where the error about an absent address stands"),
    judged("registration.auto_login", |settings, findings| {
        let registration = &settings.registration;
        let message = "a mailed link logs in without a password, in the browser that registered: on a shared machine \
                       that may be somebody else; set false";
        findings.risk(registration.auto_login && registration.verification, message);
    }),
    harmless(
        "registration.password_at_verification",
        "without it a link verifies a stranger's account with the reader's address, which a reset by mail takes over",
    ),
    judged("registration.frontend_url", |settings, findings| {
        let registration = &settings.registration;
        page(settings, registration.verification, registration.frontend_url.as_ref(), findings);
    }),
    judged("registration.expires_after_seconds", |settings, findings| {
        let registration = &settings.registration;
        let span = (registration.expires_after, LONGEST_SOUND_REGISTRATION_LINK);
        link_span(registration.verification, span, "604800 are 7 days", findings);
    }),
    harmless("registration.one_time_use", "a second use of a link changes nothing, and logs nobody in"),
    harmless("registration.welcome_mail", "a mail without a link, to an address that is proved or need not be"),
    harmless(
        "registration.idempotency_key_kept_for_seconds",
        "of a key only MACs are kept, and it gives nothing without the whole registration",
    ),
    harmless("login.fields", "all of them are names; the password decides"),
    judged("login.require_verified", |settings, findings| {
        let message = "users log in under addresses they never proved, which may be somebody else's; set true";
        findings.risk(!settings.login.require_verified, message);
    }),
    harmless("login.token", "whether a frontend keeps it out of reach of scripts is the frontend's choice"),
    harmless("login.cookie", "it is HttpOnly; see the cookie's own settings"),
    judged("sessions.expires_after_seconds", |settings, findings| {
        let message = "a stolen token is good for more than 90 days; 2592000 are 30 days";
        findings.risk(settings.sessions.expires_after > LONGEST_SOUND_SESSION, message);
    }),
    judged("sessions.idle_after_seconds", |settings, findings| {
        let message =
            "a device that was lost or left behind stays logged in for more than 30 days; 1209600 are 14 days";
        findings.risk(settings.sessions.idle_after > LONGEST_SOUND_IDLENESS, message);
    }),
    harmless("sessions.max_per_user", "at most 1000, each of which its user can see and end"),
    judged("sessions.cookie_same_site", |settings, findings| {
        let same_site = settings.sessions.cookie_same_site;
        let message = "browsers add the cookie to requests that any other site makes; set \"lax\", and serve frontend \
                       and API from one site";
        findings.risk(settings.login.cookie && same_site == CookieSameSite::None, message);
    }),
    judged("sessions.cookie_secure", |settings, findings| {
        let message = "the cookie travels in clear text, where others can take it; set true, as the proxy before this \
                       server speaks TLS";
        let is_plain = settings.sessions.cookie_transport == CookieTransport::Any;
        findings.error(settings.login.cookie && is_plain, message);
    }),
    harmless("sessions.cookie_partitioned", "fewer requests get the cookie"),
];

fn purge(settings: &Settings, findings: &mut Findings) {
    let purge_after = settings.users.purge_unverified_after;
    findings.risk(
        purge_after.is_none()
            && settings.registration.enabled
            && settings.registration.verification
            && settings.login.require_verified,
        "names and addresses that strangers typed are kept for ever, and the names stay taken; 2592000 are 30 days",
    );
    findings.risk(
        purge_after.is_some_and(|after| after < Seconds::new(86_400)),
        "people who do not read their mail on the same day are deleted; 2592000 are 30 days",
    );
}
