//! What `check --deploy` has to say of each setting.

use std::num::{NonZeroU32, NonZeroUsize};

use ipnet::IpNet;

use super::*;
use crate::clock::Seconds;
use crate::links::{FrontendUrl, PageUrl, Purpose};
use crate::secret::Secret;

/// Settings about which nothing is to be said.
pub(super) fn sound() -> Settings {
    let mut settings = Settings::defaults();
    settings.mode = Mode::Production;
    settings.server.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    settings.cors.allowed_origins = vec![Origin::parse("https://app.example.org").unwrap()];
    settings.database.url = DatabaseUrl::parse("sqlite:///var/lib/countersign/countersign.sqlite3").unwrap();
    settings.registration.frontend_url = page("https://app.example.org/verify-user/");
    settings.reset_password.frontend_url = page("https://app.example.org/reset-password/");
    settings.change_email.frontend_url = page("https://app.example.org/verify-email/");
    settings.change_email.password = true;
    settings.links.secrets = vec![Secret::new("9c1be2a4f7d05836b4e1d9a27f3c6058")];
    settings.links.secrets_file = None;
    settings.mail.transport = MailTransport::Smtp;
    settings.mail.from = Mailbox::parse("no-reply@example.org").unwrap();
    settings.mail.app_name = "Example".to_owned();
    settings.mail.smtp.host = Some("smtp.example.org".to_owned());
    settings
}

fn page<P: Purpose>(url: &str) -> Option<FrontendUrl<P>> {
    Some(FrontendUrl::parse(url).unwrap())
}

pub(super) fn keys_found(settings: &Settings) -> Vec<&'static str> {
    let mut keys: Vec<_> = settings.findings().into_iter().map(|finding| finding.key).collect();
    keys.dedup();
    keys
}

fn rate(per_hour: u32, burst: u32) -> Rate {
    Rate { per_hour: NonZeroU32::new(per_hour).unwrap(), burst: NonZeroU32::new(burst).unwrap() }
}

type Change = fn(&mut Settings);

#[track_caller]
fn each_is_found(severity: Severity, changes: &[(&str, Change)]) {
    for (key, change) in changes {
        let mut settings = sound();
        change(&mut settings);
        assert_eq!(keys_found(&settings), [*key]);
        assert!(settings.findings().iter().all(|finding| finding.severity == severity), "{key}");
    }
}

#[test]
fn sound_settings_have_no_findings() {
    assert_eq!(sound().findings(), []);
}

#[test]
fn each_error_is_named_by_its_key() {
    each_is_found(
        Severity::Error,
        &[
            ("mode", |s| s.mode = Mode::Development),
            ("cors.allowed_origins", |s| s.cors.allowed_origins.push(Origin::parse("http://[::1]:3000").unwrap())),
            ("cors.allowed_origins", |s| s.cors.allowed_origins.push(Origin::parse("https://a.localhost").unwrap())),
            ("sessions.cookie_secure", |s| s.sessions.cookie_transport = CookieTransport::Any),
            ("database.url", |s| s.database.url = DatabaseUrl::parse("sqlite://var/countersign.sqlite3").unwrap()),
            ("links.secrets", |s| s.links.secrets.push(Secret::new("a".repeat(64)))),
            ("links.secrets", |s| s.links.secrets.push(Secret::new("0123456789abcdefghijklmnopqrstuvwxyz"))),
            ("links.secrets", |s| s.links.secrets.push(Secret::new("9c1be2a4f7d05836".repeat(2)))),
            ("links.secrets", |s| s.links.secrets.push(Secret::new("secret-number-one-for-the-vectors"))),
            ("registration.frontend_url", |s| s.registration.frontend_url = page("https://127.0.0.1/")),
            ("reset_password.frontend_url", |s| s.reset_password.frontend_url = page("https://[::1]/reset/")),
            ("change_email.frontend_url", |s| s.change_email.frontend_url = page("https://app.localhost/verify/")),
            ("mail.transport", |s| s.mail.transport = MailTransport::Console),
            ("mail.from", |s| s.mail.from = Mailbox::parse("me@mail.localhost").unwrap()),
            ("mail.reply_to", |s| s.mail.reply_to = Some(Mailbox::parse("me@localhost").unwrap())),
            ("mail.app_name", |s| s.mail.app_name = "Countersign".to_owned()),
            ("mail.app_url", |s| s.mail.app_url = PageUrl::parse("http://localhost:3000/").ok()),
            ("mail.smtp.tls", |s| {
                s.mail.smtp.tls = SmtpTls::None;
                s.mail.smtp.username = Some("me".to_owned());
                s.mail.smtp.password = Some(Secret::new("hunter2"));
            }),
        ],
    );
}

#[test]
fn each_risk_of_the_server_and_its_database_is_named_by_its_key() {
    let proxies: Change = |s| s.server.trusted_proxies.push("0.0.0.0/0".parse().unwrap());
    each_is_found(
        Severity::Risk,
        &[
            ("server.bind", |s| s.server.bind = "0.0.0.0:8000".parse().unwrap()),
            ("contracts.accounts.enabled", |s| s.contracts.accounts.enabled = false),
            ("contracts.accounts.enabled", |s| {
                s.contracts.accounts.enabled = false;
                s.contracts.tutorial.enabled = true;
            }),
            ("server.bind", |s| s.server.bind = "127.0.0.1:0".parse().unwrap()),
            ("server.body_limit_bytes", |s| s.server.body_limit_bytes = 16 * 1024 * 1024),
            ("server.request_timeout_seconds", |s| s.server.request_timeout = Seconds::new(300)),
            ("server.keep_alive_seconds", |s| s.server.keep_alive = Seconds::new(3600)),
            ("server.drain_seconds", |s| s.server.drain = Seconds::new(600)),
            ("server.shutdown_timeout_seconds", |s| s.server.shutdown_timeout = Seconds::new(0)),
            ("server.shutdown_timeout_seconds", |s| s.server.shutdown_timeout = Seconds::new(600)),
            ("server.trusted_proxies", proxies),
            ("server.trusted_proxies", |s| s.server.trusted_proxies.push("::/0".parse().unwrap())),
            ("server.trusted_proxies", |s| s.server.trusted_proxies.push("128.0.0.0/1".parse().unwrap())),
            ("server.trusted_proxies", |s| s.server.trusted_proxies.clear()),
            ("server.trusted_proxies", |s| s.server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()]),
            ("server.trusted_proxies", |s| {
                let networks = (0..128).map(|first| format!("{}.0.0.0/12", first + 11).parse::<IpNet>().unwrap());
                s.server.trusted_proxies.extend(networks);
            }),
            ("server.max_connections", |s| s.server.max_connections = 1),
            ("server.max_connections", |s| s.server.max_connections = 1_000_000),
            ("cors.allowed_origins", |s| s.cors.allowed_origins.push(Origin::parse("http://example.org").unwrap())),
            ("log.level", |s| s.log.level = "Debug".to_owned()),
            ("log.level", |s| s.log.level = "info,trace".to_owned()),
            ("log.level", |s| s.log.level = "info,h2=trace".to_owned()),
            ("log.level", |s| s.log.level = "off".to_owned()),
            ("log.level", |s| s.log.level = "info,countersign=error".to_owned()),
            ("database.url", |s| s.database.url = DatabaseUrl::parse("sqlite://accounts.sqlite3").unwrap()),
            ("database.url", |s| s.database.url = DatabaseUrl::parse("sqlite:///tmp/a/accounts.sqlite3").unwrap()),
            ("database.url", |s| s.database.url = DatabaseUrl::parse("postgres://db.example.org/a").unwrap()),
            ("database.url", |s| {
                s.database.url = DatabaseUrl::parse("postgres://db.example.org/a?sslmode=verify-ca").unwrap();
            }),
            ("database.queue", |s| s.database.queue = NonZeroUsize::new(1_000_000).unwrap()),
            ("database.queue", |s| s.database.queue = NonZeroUsize::MIN),
            ("links.secrets", |s| s.links.secrets.push(Secret::new("please-change-me-as-soon-as-you-can"))),
        ],
    );
}

#[test]
fn each_risk_of_accounts_and_mails_is_named_by_its_key() {
    each_is_found(
        Severity::Risk,
        &[
            ("users.conceal_emails", |s| s.users.conceal_emails = false),
            ("users.email_unique", |s| s.users.email_unique = false),
            ("users.purge_unverified_after_seconds", |s| s.users.purge_unverified_after = None),
            ("users.purge_unverified_after_seconds", |s| s.users.purge_unverified_after = Some(Seconds::new(3600))),
            ("registration.verification", |s| s.registration.verification = false),
            ("registration.auto_login", |s| s.registration.auto_login = true),
            ("registration.frontend_url", |s| s.registration.frontend_url = page("https://192.0.2.1/")),
            ("registration.expires_after_seconds", |s| s.registration.expires_after = Seconds::new(31_622_400)),
            ("registration.expires_after_seconds", |s| s.registration.expires_after = Seconds::new(1)),
            ("reset_password.conceal_unknown", |s| s.reset_password.conceal_unknown = false),
            ("reset_password.frontend_url", |s| s.reset_password.frontend_url = page("http://app.example.org/reset/")),
            ("reset_password.frontend_url", |s| {
                s.reset_password.frontend_url = page("https://app.example.org/{uid}/{token}");
            }),
            ("change_email.frontend_url", |s| s.change_email.frontend_url = page("https://app.example.org/{key}")),
            ("reset_password.expires_after_seconds", |s| s.reset_password.expires_after = Seconds::new(2_678_400)),
            ("change_email.password", |s| s.change_email.password = false),
            ("change_email.verification", |s| s.change_email.verification = false),
            ("change_email.frontend_url", |s| s.change_email.frontend_url = page("https://intranet/verify/")),
            ("change_email.expires_after_seconds", |s| s.change_email.expires_after = Seconds::new(2_678_400)),
            ("sessions.expires_after_seconds", |s| s.sessions.expires_after = Seconds::new(90 * 86_400 + 1)),
            ("sessions.idle_after_seconds", |s| s.sessions.idle_after = Seconds::new(30 * 86_400 + 1)),
            ("sessions.cookie_same_site", |s| s.sessions.cookie_same_site = CookieSameSite::None),
            ("passwords.memory_kib", |s| s.passwords.memory_kib = 19_455),
            ("passwords.memory_kib", |s| (s.passwords.memory_kib, s.passwords.passes) = (262_144, 32)),
            ("passwords.threads", |s| s.passwords.threads = NonZeroUsize::new(1024).unwrap()),
            ("passwords.queue", |s| s.passwords.queue = NonZeroUsize::new(100_000).unwrap()),
            ("passwords.queue", |s| s.passwords.queue = NonZeroUsize::MIN),
            ("passwords.min_length", |s| s.passwords.min_length = 7),
            ("passwords.reject_similar", |s| s.passwords.reject_similar = false),
            ("passwords.reject_common", |s| s.passwords.reject_common = false),
            ("passwords.reject_numeric", |s| s.passwords.reject_numeric = false),
            ("mail.from", |s| s.mail.from = Mailbox::parse("me@mailhost").unwrap()),
            ("mail.send_timeout_seconds", |s| s.mail.send_timeout = Seconds::new(1)),
            ("mail.give_up_after_seconds", |s| s.mail.give_up_after = Seconds::new(60)),
            ("mail.smtp.tls", |s| s.mail.smtp.tls = SmtpTls::None),
            ("mail.smtp.command_timeout_seconds", |s| s.mail.smtp.command_timeout = Seconds::new(1)),
            ("mail.smtp.end_of_data_timeout_seconds", |s| s.mail.smtp.end_of_data_timeout = Seconds::new(599)),
            ("throttle.enabled", |s| s.throttle.enabled = false),
            ("throttle.login_per_hour", |s| s.throttle.login = rate(1_000_000, 30)),
            ("throttle.login_burst", |s| s.throttle.login = rate(300, 100_000)),
            ("throttle.login_burst", |s| s.throttle.login = rate(300, 1)),
            ("throttle.register_per_hour", |s| s.throttle.register = rate(601, 20)),
            ("throttle.account_login_per_hour", |s| s.throttle.account_login = rate(91, 10)),
            ("throttle.account_login_anywhere_burst", |s| s.throttle.account_login_anywhere = rate(100, 301)),
            ("throttle.account_mails_burst", |s| s.throttle.account_mails = rate(10, 16)),
        ],
    );
}

#[test]
fn users_who_may_log_in_unverified_are_one_finding_whether_or_not_others_are_deleted() {
    let mut settings = sound();
    settings.login.require_verified = false;
    assert_eq!(keys_found(&settings), ["login.require_verified"]);
    settings.users.purge_unverified_after = None;
    assert_eq!(keys_found(&settings), ["login.require_verified"]);
}

#[test]
fn the_edges_of_what_is_sound_are_no_finding() {
    let changes: &[Change] = &[
        |s| s.mail.smtp.tls = SmtpTls::None,
        |s| (s.passwords.memory_kib, s.passwords.passes) = (12_288, 3),
        |s| {
            s.server
                .trusted_proxies
                .extend(["10.0.0.0/8", "fc00::/7", "104.16.0.0/13"].map(|n| n.parse::<IpNet>().unwrap()))
        },
        |s| {
            s.cors
                .allowed_origins
                .extend(["capacitor://localhost", "tauri://localhost"].map(|o| Origin::parse(o).unwrap()))
        },
        |s| s.log.level = "info,countersign::mail=debug,h2=warn".to_owned(),
        |s| s.throttle.login = rate(3000, 300),
        |s| s.database.url = DatabaseUrl::parse("postgres://localhost/accounts").unwrap(),
        |s| s.database.url = DatabaseUrl::parse("postgres:///accounts?host=/run/postgresql").unwrap(),
        |s| s.database.url = DatabaseUrl::parse("postgres://db.example.org/a?sslmode=verify-full").unwrap(),
        |s| s.database.url = DatabaseUrl::parse("postgres://a.example,b.example/a?sslrootcert=system").unwrap(),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut settings = sound();
        settings.mail.smtp.host = Some("127.0.0.1".to_owned());
        change(&mut settings);
        assert_eq!(settings.findings(), [], "change {index}");
    }
}

#[test]
fn what_is_switched_off_is_no_finding() {
    let mut settings = sound();
    settings.reset_password.enabled = false;
    settings.reset_password.conceal_unknown = false;
    settings.reset_password.frontend_url = page("http://localhost/");
    settings.reset_password.expires_after = Seconds::new(2_678_400);
    settings.login.cookie = false;
    settings.sessions.cookie_same_site = CookieSameSite::None;
    assert_eq!(settings.findings(), []);
}

#[test]
fn the_password_for_a_new_address_counts_where_a_contract_that_is_on_changes_addresses() {
    let mut settings = sound();
    settings.change_email.password = false;
    settings.contracts.accounts.enabled = false;
    settings.contracts.dj_rest_auth.enabled = true;
    assert!(!keys_found(&settings).contains(&"change_email.password"));
    settings.contracts.djoser.enabled = true;
    assert!(keys_found(&settings).contains(&"change_email.password"));
}

#[test]
fn a_secret_file_below_the_working_directory_is_a_risk() {
    let mut settings = sound();
    settings.links.secrets_file = Some(PathBuf::from("var/links.secret"));
    settings.contracts.accounts.login = vec![LoginAnswer::Jwt];
    settings.jwt.secrets_file = Some(PathBuf::from("var/jwt.secret"));
    assert_eq!(keys_found(&settings), ["links.secrets_file", "jwt.secrets_file"]);
    for finding in settings.findings() {
        assert_eq!(finding.severity, Severity::Risk);
        assert!(finding.message.contains("starts at the working directory"), "{}", finding.message);
        let example = format!("\"/etc/countersign/{}\"", finding.key.replace(".secrets_file", ".secret"));
        assert!(finding.message.ends_with(&example), "{}", finding.message);
    }
}
