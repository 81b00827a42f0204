//! `[reset_password]` and `[change_email]`; and what holds for the pages and spans of all links.

use super::local::is_this_machine;
use super::row::{Findings, Row, harmless, judged};
use crate::clock::Seconds;
use crate::links::{FrontendUrl, Purpose, Spelling};
use crate::settings::{LoginField, Mode, Settings, UserField, UsernamePolicy};

/// 3 days, Django's default. The link is a password: it lies in a mailbox, its backups and its forwards.
const LONGEST_SOUND_RESET_LINK: Seconds = Seconds::new(3 * 86_400);
/// 7 days, the default. The link moves an account to another address.
const LONGEST_SOUND_EMAIL_LINK: Seconds = Seconds::new(7 * 86_400);
/// 10 minutes: mail servers make mails of unknown senders wait for as long as that (RFC 6647, greylisting).
const SHORTEST_SOUND_LINK: Seconds = Seconds::new(600);

pub(super) const ROWS: &[Row] = &[
    judged("change_password.old_required", |settings, findings| {
        let message = "whoever has stolen a session sets a password of his own, and keeps the account; set true";
        findings.risk(!settings.change_password.old_required, message);
    }),
    harmless("reset_password.enabled", "without it a forgotten password is an operator's affair"),
    judged("reset_password.conceal_unknown", |settings, findings| {
        let reset_password = &settings.reset_password;
        let message = "anybody can find out who has an account by asking for a new password; set true";
        findings.risk(reset_password.enabled && !reset_password.conceal_unknown, message);
    }),
    judged("reset_password.frontend_url", |settings, findings| {
        page(settings, settings.reset_password.enabled, settings.reset_password.frontend_url.as_ref(), findings);
    }),
    judged("reset_password.expires_after_seconds", |settings, findings| {
        let span = (settings.reset_password.expires_after, LONGEST_SOUND_RESET_LINK);
        link_span(settings.reset_password.enabled, span, "86400 is 1 day", findings);
    }),
    judged("change_email.verification", |settings, findings| {
        let message = "users take any address without proving it, also somebody else's; set true";
        findings.risk(!settings.change_email.verification, message);
    }),
    judged("change_email.password", |settings, findings| {
        let message = "whoever has stolen a session moves the account to an address of his own, and keeps it; set true, \
                       and have the page ask for the password";
        findings.risk(!settings.change_email.password && is_email_changed_without_password(settings), message);
    }),
    judged("change_email.frontend_url", |settings, findings| {
        page(settings, settings.change_email.verification, settings.change_email.frontend_url.as_ref(), findings);
    }),
    judged("change_email.expires_after_seconds", |settings, findings| {
        let span = (settings.change_email.expires_after, LONGEST_SOUND_EMAIL_LINK);
        link_span(settings.change_email.verification, span, "604800 are 7 days", findings);
    }),
];

/// Returns whether a contract that is on changes addresses, and asks for the password only if the setting says so.
fn is_email_changed_without_password(settings: &Settings) -> bool {
    let djoser = &settings.contracts.djoser;
    // Where users log in by address, `users/set_email/` changes it, and always takes the password.
    let log_in_by_username =
        settings.users.username != UsernamePolicy::None && settings.login.fields.contains(&LoginField::Username);
    let has_editable_email = djoser.enabled && log_in_by_username && djoser.editable_fields.contains(&UserField::Email);
    settings.contracts.uses_site_pages() || has_editable_email
}

/// Judges a page of the site itself.
pub(super) fn page<P: Purpose>(
    settings: &Settings,
    are_links_mailed: bool,
    page: Option<&FrontendUrl<P>>,
    findings: &mut Findings,
) {
    let is_used = are_links_mailed && settings.contracts.uses_site_pages();
    findings.risk(
        is_used && page.is_some_and(|page| page.spelling() != Spelling::Parts),
        "links carry `uid` and `token`, or `key`, and no endpoint for this page takes these; write `{user_id}`, \
         `{timestamp}` and `{signature}`, with `{email}` where a new address is proved",
    );
    let is_of_app = settings.mode == Mode::Development && settings.is_left_at_default(findings.key);
    findings.risk_of_any_mode(
        is_used && is_of_app && !settings.serve_app(),
        "no page answers there, as this server does not have the sample app; name the page of your frontend",
    );
    public_page(is_used, page, findings);
}

/// Judges where the page that links lead to is. A page is no risk if its links are switched off.
pub(super) fn public_page<P: Purpose>(is_used: bool, page: Option<&FrontendUrl<P>>, findings: &mut Findings) {
    let Some(url) = page.filter(|_| is_used).map(FrontendUrl::as_url) else { return };
    findings.error(is_this_machine(url), "links lead to the reader's own machine; name your frontend's public host");
    findings.risk(
        url.scheme() == "http" && !is_this_machine(url),
        "the link is opened over http://, where others can read it; use https://",
    );
    findings.risk(
        url.domain().is_none() && !is_this_machine(url),
        "links lead to a bare IP address, for which mail filters take them for fraud; name your frontend's public host",
    );
    findings.risk(
        url.domain().is_some_and(|name| !name.trim_end_matches('.').contains('.')) && !is_this_machine(url),
        "the host has no domain, so the link works in your own network only; name your frontend's public host",
    );
}

/// Judges how long a link, the first of `span`, can be used, where the second is the longest that is sound.
pub(super) fn link_span(is_used: bool, span: (Seconds, Seconds), advice: &str, findings: &mut Findings) {
    let (expires_after, longest) = span;
    let days = longest.get() / 86_400;
    let message = format!(
        "the link is good for more than {days} days in a mailbox, its backups and its forwards, for whoever finds it; {advice}"
    );
    findings.risk(is_used && expires_after > longest, &message);
    let message = format!("the link may have expired when the mail arrives, which can take 10 minutes; {advice}");
    findings.risk(is_used && expires_after < SHORTEST_SOUND_LINK, &message);
}
