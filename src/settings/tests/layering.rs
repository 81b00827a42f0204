//! Which layer has the say, and how it is told.

use std::num::NonZeroUsize;

use super::*;
use crate::clock::Seconds;

#[test]
fn without_file_and_environment_the_built_in_defaults_hold() {
    let settings = Settings::load(None, []).unwrap();
    assert_eq!(settings.mode, Mode::Development);
    assert_eq!(settings.server.bind.to_string(), "localhost:8000");
    assert_eq!(settings.registration.expires_after, Seconds::new(604_800));
    assert!(settings.entries().iter().all(|entry| entry.source == Source::Defaults));
}

#[test]
fn the_file_lies_over_the_defaults_and_the_environment_over_the_file() {
    let disk = Disk::new();
    let file = disk.with("mine.toml", "[server]\nmax_connections = 10\nbody_limit_bytes = 2048");
    let settings = Settings::load(Some(&file), variables(&[("COUNTERSIGN__SERVER__MAX_CONNECTIONS", "20")])).unwrap();

    assert_eq!(settings.server.max_connections, 20);
    assert_eq!(settings.server.body_limit_bytes, 2048);
    let variable = Source::Environment("COUNTERSIGN__SERVER__MAX_CONNECTIONS".to_owned());
    assert_eq!(entry(&settings, "server.max_connections").source, variable);
    assert_eq!(entry(&settings, "server.body_limit_bytes").source, Source::File(file));
    assert_eq!(entry(&settings, "server.bind").source, Source::Defaults);
}

#[test]
fn a_variable_is_read_as_the_type_its_setting_has() {
    let settings = load_environment(&[
        ("COUNTERSIGN__MAIL__APP_NAME", "1234"),
        ("COUNTERSIGN__MAIL__SMTP__PORT", "465"),
        ("COUNTERSIGN__USERS__CONCEAL_EMAILS", "false"),
        ("COUNTERSIGN__REGISTRATION__EXPIRES_AFTER_SECONDS", "86_400"),
        ("COUNTERSIGN__CORS__ALLOWED_ORIGINS", "https://a.example, https://b.example"),
    ])
    .unwrap();
    assert_eq!(settings.mail.app_name, "1234");
    assert_eq!(settings.mail.smtp.port, 465);
    assert!(!settings.users.conceal_emails);
    assert_eq!(settings.registration.expires_after, Seconds::new(86_400));
    let origins: Vec<_> = settings.cors.allowed_origins.iter().map(Origin::as_str).collect();
    assert_eq!(origins, ["https://a.example", "https://b.example"]);
}

#[test]
fn a_variable_can_hold_a_list_as_toml_writes_it_or_none() {
    let list = load_environment(&[("COUNTERSIGN__CORS__ALLOWED_ORIGINS", r#"["https://a.example"]"#)]).unwrap();
    assert_eq!(list.cors.allowed_origins.len(), 1);
    let empty = load_environment(&[("COUNTERSIGN__CORS__ALLOWED_ORIGINS", "")]).unwrap();
    assert_eq!(empty.cors.allowed_origins, []);
}

#[test]
fn variables_with_a_single_underscore_belong_to_others() {
    let pairs = [("COUNTERSIGN_SERVICE_HOST", "10.0.0.1"), ("COUNTERSIGN_PORT", "tcp://10.0.0.1"), ("PATH", "/bin")];
    assert!(load_environment(&pairs).is_ok());
}

#[test]
fn a_section_in_a_file_leaves_the_rest_of_it_as_it_was() {
    let settings = load_text("[mail]\napp_name = \"Example\"\n[mail.smtp]\n").unwrap();
    assert_eq!((settings.mail.app_name.as_str(), settings.mail.smtp.port), ("Example", 587));
}

#[test]
fn values_are_brought_into_one_form() {
    let settings = load_text(
        "[contracts.accounts]\nbase_path = \"api\"\n[server]\nworkers = 3\n\
         [cors]\n\
         allowed_origins = [\"HTTPS://App.Example.org:443\", \"https://app.example.org\", \"tauri://localhost\"]\n\
         [users]\npurge_unverified_after_seconds = 0",
    )
    .unwrap();
    assert_eq!(settings.contracts.accounts.base_path, "/api/");
    assert_eq!(settings.server.workers, NonZeroUsize::new(3).unwrap());
    let origins: Vec<_> = settings.cors.allowed_origins.iter().map(Origin::as_str).collect();
    assert_eq!(origins, ["https://app.example.org", "tauri://localhost"]);
    assert_eq!(settings.users.purge_unverified_after, None);
}

#[test]
fn an_empty_text_means_not_set() {
    let settings = load_text("[registration]\nverification = false\nfrontend_url = \"\"").unwrap();
    assert!(settings.registration.frontend_url.is_none());
    assert_eq!(settings.mail.smtp.host, None);
    assert!(settings.mail.reply_to.is_none());
}

#[test]
fn database_urls_choose_the_engine_by_their_scheme() {
    let path_of = |url: &str| match DatabaseUrl::parse(url) {
        Ok(DatabaseUrl::Sqlite(path)) => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(path_of("sqlite://var/db.sqlite3"), PathBuf::from("var/db.sqlite3"));
    assert_eq!(path_of("sqlite:///var/lib/db"), PathBuf::from("/var/lib/db"));
    for url in ["postgres://a:b@h1:5432,h2:5432/db", "postgresql:///db?host=/run/postgresql"] {
        assert!(matches!(DatabaseUrl::parse(url), Ok(DatabaseUrl::Postgres(text)) if text.expose() == url));
    }
    for url in
        ["", "var/db.sqlite3", "mysql://h/db", "sqlite://", "sqlite://:memory:", "sqlite://file:x", "postgres://"]
    {
        assert!(DatabaseUrl::parse(url).is_err(), "{url}");
    }
}
