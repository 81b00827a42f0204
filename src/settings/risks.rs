//! What works and is still not fit for production: the counterpart of Django's `check --deploy`.

use std::fmt;

use url::{Host, Url};

use super::secret_file::is_open_to_others;
use super::source::{HIDDEN, Source};
use super::{CookieSameSite, DatabaseUrl, MailTransport, Mode, Settings, SmtpTls};
use crate::clock::Seconds;
use crate::links::FrontendUrl;

/// 90 days: three times what NIST SP 800-63B lets a login last at its lowest level. Beyond it a session outlives the
/// device it began on.
const LONGEST_SOUND_SESSION: Seconds = Seconds::new(90 * 86_400);

/// A setting that is valid and risky in production.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The dotted key of the setting.
    pub key: &'static str,
    /// What may happen, and what to do about it.
    pub message: String,
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.key, self.message)
    }
}

/// The risks found so far.
#[derive(Default)]
struct Risks(Vec<Risk>);

impl Risks {
    fn note(&mut self, is_risky: bool, key: &'static str, message: &str) {
        if is_risky {
            self.0.push(Risk { key, message: message.to_owned() });
        }
    }
}

/// Finds everything in `settings` that is risky in production, whatever their mode.
pub(super) fn find(settings: &Settings) -> Vec<Risk> {
    let mut risks = Risks::default();
    network(settings, &mut risks);
    database(settings, &mut risks);
    secrets(settings, &mut risks);
    registration(settings, &mut risks);
    login(settings, &mut risks);
    pages(settings, &mut risks);
    passwords(settings, &mut risks);
    mail(settings, &mut risks);
    risks.0
}

fn network(settings: &Settings, risks: &mut Risks) {
    risks.note(
        settings.mode == Mode::Development,
        "mode",
        "development makes up what is missing, such as the secret of the links; set \"production\"",
    );
    risks.note(
        !settings.server.bind.ip().is_loopback(),
        "server.bind",
        "requests with passwords arrive here in clear text, from other machines too; bind 127.0.0.1 behind a reverse \
         proxy with TLS, or see that only the proxy reaches this address",
    );
    for origin in settings.cors.allowed_origins.iter().filter(|origin| origin.is_plain_http()) {
        let message = format!(
            "pages of {origin} come over a network in clear text, or from anybody's own machine; \
                               name https:// origins only"
        );
        risks.note(true, "cors.allowed_origins", &message);
    }
    risks.note(
        !settings.throttle.enabled,
        "throttle.enabled",
        "scripts may register and ask for mails without limit; set true",
    );
}

fn database(settings: &Settings, risks: &mut Risks) {
    let DatabaseUrl::Postgres(url) = &settings.database.url else { return };
    risks.note(
        url.leaves_this_machine() && !url.verifies_server(),
        if settings.database.url_file.is_some() { "database.url_file" } else { "database.url" },
        "whoever is between this machine and the database can take its place and read along; add \
         sslmode=verify-full and sslrootcert=FILE to the URL",
    );
}

fn secrets(settings: &Settings, risks: &mut Risks) {
    let files = [
        ("links.secrets_file", &settings.links.secrets_file),
        ("database.url_file", &settings.database.url_file),
        ("mail.smtp.password_file", &settings.mail.smtp.password_file),
    ];
    for (key, file) in files {
        let is_open = file.as_deref().is_some_and(is_open_to_others);
        risks.note(is_open, key, "every user of this machine may read or change the file; chmod 600 or 640");
    }
    for key in ["links.secrets", "database.url", "mail.smtp.password"] {
        let is_open = settings.entries.iter().any(|entry| {
            let is_secret = entry.key == key && entry.shown_value == HIDDEN;
            is_secret && matches!(&entry.source, Source::File(path) if is_open_to_others(path))
        });
        let message = "it stands in a settings file that every user of this machine may read; chmod 600 or 640";
        risks.note(is_open, key, message);
    }
    for (index, secret) in settings.links.secrets.iter().enumerate() {
        let mut characters: Vec<char> = secret.expose().chars().collect();
        characters.sort_unstable();
        characters.dedup();
        let message = format!("secret {} looks guessable; make one with `countersign secret new`", index + 1);
        risks.note(characters.len() < 8, "links.secrets", &message);
    }
}

fn registration(settings: &Settings, risks: &mut Risks) {
    risks.note(
        !settings.users.conceal_emails,
        "users.conceal_emails",
        "anybody can find out who has an account by trying addresses; set true",
    );
    risks.note(
        !settings.users.email_unique,
        "users.email_unique",
        "several users may have one address, and whoever reads its mail has them all; set true",
    );
    let registration = &settings.registration;
    risks.note(
        registration.enabled && !registration.verification,
        "registration.verification",
        "users are active under addresses they never proved; set true",
    );
}

fn login(settings: &Settings, risks: &mut Risks) {
    risks.note(
        !settings.login.require_verified,
        "login.require_verified",
        "users log in under addresses they never proved, which may be somebody else's; set true",
    );
    risks.note(
        settings.sessions.expires_after > LONGEST_SOUND_SESSION,
        "sessions.expires_after_seconds",
        "a stolen token is good for more than 90 days; 2592000 are 30 days",
    );
    risks.note(
        settings.login.cookie && settings.sessions.cookie_same_site == CookieSameSite::None,
        "sessions.cookie_same_site",
        "browsers add the cookie to requests that any other site makes; set \"lax\", and serve frontend and API from one \
         site",
    );
    risks.note(
        settings.reset_password.enabled && !settings.reset_password.conceal_unknown,
        "reset_password.conceal_unknown",
        "anybody can find out who has an account by asking for a new password; set true",
    );
}

/// Where links lead. A page whose links are switched off is nobody's risk.
fn pages(settings: &Settings, risks: &mut Risks) {
    let Settings { registration, reset_password, change_email, .. } = settings;
    let pages: [(&str, bool, &Option<FrontendUrl>); 3] = [
        ("registration.frontend_url", registration.verification, &registration.frontend_url),
        ("reset_password.frontend_url", reset_password.enabled, &reset_password.frontend_url),
        ("change_email.frontend_url", change_email.verification, &change_email.frontend_url),
    ];
    for (key, is_used, page) in pages {
        let Some(url) = page.as_ref().filter(|_| is_used).map(FrontendUrl::as_url) else { continue };
        risks.note(
            url.scheme() == "http",
            key,
            "the link is opened over http://, where others can read it; use https://",
        );
        risks.note(
            is_this_machine(url),
            key,
            "links lead to the reader's own machine; name your frontend's public host",
        );
    }
}

fn passwords(settings: &Settings, risks: &mut Risks) {
    let passwords = &settings.passwords;
    risks.note(
        passwords.are_below_owasp(),
        "passwords.memory_kib",
        "hashes are cheaper to crack than the OWASP Password Storage Cheat Sheet allows; use memory_kib = 19456 and \
         passes = 2, or more",
    );
    risks.note(
        passwords.min_length < 8,
        "passwords.min_length",
        "NIST SP 800-63B asks for 8 characters at least; raise it",
    );
    risks.note(
        !passwords.reject_common,
        "passwords.reject_common",
        "the passwords every attacker tries first are accepted; set true",
    );
}

fn mail(settings: &Settings, risks: &mut Risks) {
    let mail = &settings.mail;
    risks.note(
        mail.transport != MailTransport::Smtp,
        "mail.transport",
        "mails stay on this machine, with their links, and reach nobody; set \"smtp\"",
    );
    risks.note(
        is_local_name(mail.from.domain()),
        "mail.from",
        "nobody can answer to this address, and mail servers refuse it; name one of your own domain",
    );
    let is_sent_in_clear = mail.transport == MailTransport::Smtp && mail.smtp.tls == SmtpTls::None;
    let is_relay_near = mail.smtp.host.as_deref().is_some_and(is_local_name);
    risks.note(
        is_sent_in_clear && !is_relay_near,
        "mail.smtp.tls",
        "links travel to the mail server in clear text; use \"starttls\" or \"implicit\"",
    );
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => false,
    }
}

/// Whether a name can only mean the machine it is used on (RFC 6761, 6.3).
fn is_local_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}
