//! What `check --deploy` has to say.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use crate::clock::Seconds;
use crate::links::FrontendUrl;

use super::*;
use crate::secret::Secret;

/// Settings about which nothing is risky.
fn sound() -> Settings {
    let mut settings = Settings::defaults();
    settings.mode = Mode::Production;
    settings.cors.allowed_origins = vec![Origin::parse("https://app.example.org").unwrap()];
    settings.registration.frontend_url = page("https://app.example.org/verify-user/");
    settings.reset_password.frontend_url = page("https://app.example.org/reset-password/");
    settings.change_email.frontend_url = page("https://app.example.org/verify-email/");
    settings.links.secrets = vec![Secret::new("4f9c2b7e81d3a6054f9c2b7e81d3a605")];
    settings.links.secrets_file = None;
    settings.mail.transport = MailTransport::Smtp;
    settings.mail.from = Mailbox::parse("no-reply@example.org").unwrap();
    settings.mail.smtp.host = Some("smtp.example.org".to_owned());
    settings
}

fn page(url: &str) -> Option<FrontendUrl> {
    Some(FrontendUrl::parse(url).unwrap())
}

fn risky_keys(settings: &Settings) -> Vec<&'static str> {
    let mut keys: Vec<_> = settings.risks().into_iter().map(|risk| risk.key).collect();
    keys.dedup();
    keys
}

#[test]
fn sound_settings_have_no_risks() {
    assert_eq!(sound().risks(), []);
}

#[test]
fn the_defaults_name_what_must_change_for_production() {
    let expected = [
        "mode",
        "cors.allowed_origins",
        "registration.frontend_url",
        "reset_password.frontend_url",
        "change_email.frontend_url",
        "mail.transport",
        "mail.from",
    ];
    assert_eq!(risky_keys(&Settings::defaults()), expected);
}

#[test]
fn each_risk_is_named_by_its_key() {
    type Change = fn(&mut Settings);
    let changes: [(&str, Change); 23] = [
        ("mode", |settings| settings.mode = Mode::Development),
        ("server.bind", |settings| settings.server.bind = "0.0.0.0:8000".parse().unwrap()),
        ("cors.allowed_origins", |settings| {
            settings.cors.allowed_origins.push(Origin::parse("http://app.example.org").unwrap());
        }),
        ("throttle.enabled", |settings| settings.throttle.enabled = false),
        ("database.url", |settings| {
            settings.database.url = DatabaseUrl::parse("postgres://db.example.org/accounts?sslmode=require").unwrap();
        }),
        ("links.secrets", |settings| settings.links.secrets.push(Secret::new("a".repeat(64)))),
        ("users.conceal_emails", |settings| settings.users.conceal_emails = false),
        ("users.email_unique", |settings| settings.users.email_unique = false),
        ("registration.verification", |settings| settings.registration.verification = false),
        ("registration.frontend_url", |settings| settings.registration.frontend_url = page("https://127.0.0.1/")),
        ("reset_password.frontend_url", |settings| {
            settings.reset_password.frontend_url = page("http://app.example.org/reset-password/");
        }),
        ("reset_password.frontend_url", |settings| {
            settings.reset_password.frontend_url = page("https://[::1]/reset-password/");
        }),
        ("change_email.frontend_url", |settings| {
            settings.change_email.frontend_url = page("https://app.localhost/verify-email/");
        }),
        ("reset_password.conceal_unknown", |settings| settings.reset_password.conceal_unknown = false),
        ("login.require_verified", |settings| settings.login.require_verified = false),
        ("sessions.expires_after_seconds", |settings| settings.sessions.expires_after = Seconds::new(90 * 86_400 + 1)),
        ("sessions.cookie_same_site", |settings| settings.sessions.cookie_same_site = CookieSameSite::None),
        ("passwords.memory_kib", |settings| settings.passwords.memory_kib = 19_455),
        ("passwords.min_length", |settings| settings.passwords.min_length = 7),
        ("passwords.reject_common", |settings| settings.passwords.reject_common = false),
        ("mail.transport", |settings| settings.mail.transport = MailTransport::Console),
        ("mail.from", |settings| settings.mail.from = Mailbox::parse("me@mail.localhost").unwrap()),
        ("mail.smtp.tls", |settings| settings.mail.smtp.tls = SmtpTls::None),
    ];
    for (key, change) in changes {
        let mut settings = sound();
        change(&mut settings);
        assert_eq!(risky_keys(&settings), [key]);
    }
}

#[test]
fn a_relay_on_the_same_machine_needs_no_tls() {
    let mut settings = sound();
    settings.mail.smtp.tls = SmtpTls::None;
    settings.mail.smtp.host = Some("127.0.0.1".to_owned());
    assert_eq!(settings.risks(), []);
}

#[test]
fn what_is_switched_off_is_no_risk() {
    let mut settings = sound();
    settings.reset_password.enabled = false;
    settings.reset_password.conceal_unknown = false;
    settings.reset_password.frontend_url = page("http://localhost/");
    settings.change_email.verification = false;
    settings.change_email.frontend_url = page("http://localhost/");
    settings.login.cookie = false;
    settings.sessions.cookie_same_site = CookieSameSite::None;
    settings.sessions.expires_after = Seconds::new(90 * 86_400);
    assert_eq!(settings.risks(), []);
}

#[test]
fn more_passes_may_stand_in_for_less_memory_as_owasp_says() {
    let mut settings = sound();
    (settings.passwords.memory_kib, settings.passwords.passes) = (12_288, 3);
    assert_eq!(settings.risks(), []);
}

#[cfg(unix)]
#[test]
fn files_with_secrets_that_others_may_read_are_risky() {
    let disk = Disk::new();
    let file = disk.with("links", "4f9c2b7e81d3a6054f9c2b7e81d3a605");
    let mut settings = sound();
    settings.links.secrets_file = Some(file.clone());
    for (mode, expected) in [(0o644, vec!["links.secrets_file"]), (0o640, vec![])] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(risky_keys(&settings), expected, "{mode:o}");
    }
}

#[cfg(unix)]
#[test]
fn a_settings_file_with_a_secret_in_it_that_others_may_read_is_risky() {
    let disk = Disk::new();
    let file = disk.with("mine.toml", "links.secrets = [\"4f9c2b7e81d3a6054f9c2b7e81d3a605\"]");
    for (mode, expected) in [(0o644, true), (0o600, false)] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let settings = Settings::load(Some(&file), []).unwrap();
        assert_eq!(risky_keys(&settings).contains(&"links.secrets"), expected, "{mode:o}");
    }
}

#[test]
fn a_database_on_this_machine_or_one_that_proves_itself_is_no_risk() {
    for url in [
        "postgres://localhost/accounts",
        "postgres:///accounts?host=/run/postgresql",
        "postgres://db.example.org/accounts?sslmode=verify-full&sslrootcert=/etc/db-ca.pem",
        "postgres://one.example.org,two.example.org/accounts?sslrootcert=system",
    ] {
        let mut settings = sound();
        settings.database.url = DatabaseUrl::parse(url).unwrap();
        assert_eq!(settings.risks(), [], "{url}");
    }
}
