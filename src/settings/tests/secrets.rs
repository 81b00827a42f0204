//! Secrets: where they may lie, and that they are never shown.

#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use super::*;

const SECRET: &str = "correct-horse-battery-staple-0123456789";
const OTHER: &str = "another-horse-battery-staple-9876543210";

fn production(text: &str) -> Result<Settings, SettingsErrors> {
    let disk = Disk::new();
    let file = disk.with("settings.toml", &format!("mode = \"production\"\n{text}"));
    Settings::load_for_review(Some(&file), [])
}

fn exposed(settings: &Settings) -> Vec<&str> {
    settings.links.secrets.iter().map(|secret| secret.expose()).collect()
}

#[test]
fn secrets_are_shown_neither_in_entries_nor_in_debug_output() {
    let url = format!("postgres://me:{SECRET}@localhost/db");
    let text = format!(
        "database.url = \"{url}\"\nlinks.secrets = [\"{SECRET}\", \"{OTHER}\"]\n\
         mail.smtp.username = \"me\"\nmail.smtp.password = \"{SECRET}\"\n"
    );
    let settings = load_text(&text).unwrap();
    for key in ["database.url", "links.secrets", "mail.smtp.password"] {
        assert_eq!(entry(&settings, key).shown_value, "(hidden)", "{key}");
    }
    let debug = format!("{settings:?}");
    assert!(!debug.contains(SECRET) && !debug.contains(OTHER), "{debug}");
    assert_eq!(exposed(&settings), [SECRET, OTHER]);
}

#[test]
fn the_signer_key_of_firebase_is_read_and_one_that_is_none_refused_with_what_is_allowed() {
    let key = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
    let disk = Disk::new();
    let file = |text: &str| format!("passwords.firebase_signer_key_file = {:?}\n", disk.with("signer.key", text));
    let direct = |text: &str| format!("passwords.firebase_signer_key = \"{text}\"\n");
    for text in [direct(key), file(&format!("{key}\n"))] {
        assert!(load_text(&text).unwrap().passwords.firebase_signer_key.is_some(), "{text}");
    }
    assert!(load_text("").unwrap().passwords.firebase_signer_key.is_none());
    for text in [direct("hunter2"), file("hunter2"), file("")] {
        let errors = load_text(&text).map(drop).unwrap_err().to_string();
        assert!(errors.contains("passwords.firebase_signer_key") && !errors.contains("hunter2"), "{errors}");
        assert!(errors.contains("88 characters") || errors.contains("the file is empty"), "{errors}");
    }
    let errors = load_text(&(direct(key) + &file(key))).map(drop).unwrap_err().to_string();
    assert!(errors.contains("give one or the other"), "{errors}");
}

#[test]
fn an_empty_variable_does_not_show_the_secret_below_it() {
    let disk = Disk::new();
    let file = disk.private("mine.toml", &format!("database.url = \"postgres://me:{SECRET}@localhost/db\"\n"));
    let empty = ("COUNTERSIGN__DATABASE__URL".to_owned(), String::new());
    let settings = Settings::load(Some(&file), [empty]).unwrap();
    assert_eq!(entry(&settings, "database.url").shown_value, "(hidden)");
}

#[test]
fn secrets_are_shown_in_no_error() {
    let errors = load_text(
        "database.url = \"mysql://me:hunter2@localhost/db\"\nlinks.secrets = [\"hunter2\"]\n\
         [mail.smtp]\npasswort = \"hunter2\"\nusername = \"\"\npassword = \"hunter2\"",
    )
    .map(drop)
    .unwrap_err();
    assert_eq!(errors.iter().count(), 4, "{errors}");
    assert!(!errors.to_string().contains("hunter2"), "{errors}");
    assert!(!format!("{errors:?}").contains("hunter2"), "{errors:?}");
}

#[test]
fn that_a_secret_is_not_set_and_where_a_sqlite_file_lies_can_be_seen() {
    let settings = Settings::defaults();
    assert_eq!(entry(&settings, "mail.smtp.password").shown_value, "\"\"");
    assert_eq!(entry(&settings, "links.secrets").shown_value, "[]");
    assert_eq!(entry(&settings, "database.url").shown_value, "\"sqlite://var/countersign.sqlite3\"");
}

#[test]
fn of_a_secret_and_its_file_the_one_that_does_not_count_says_so() {
    let disk = Disk::new();
    let (url, secrets) = (disk.private("url", "sqlite://elsewhere.sqlite3"), disk.private("secrets", SECRET));
    let overruled = |text: &str| {
        let settings = load_text(text).unwrap();
        let told = settings.entries().iter().filter_map(|entry| Some((&*entry.key, entry.overruled_by.as_deref()?)));
        told.map(|(key, by)| format!("{key} by {by}")).collect::<Vec<_>>()
    };
    assert!(overruled("").is_empty());
    assert!(overruled(&format!("links.secrets_file = {secrets:?}")).is_empty(), "the secret itself is set to nothing");
    assert_eq!(overruled(&format!("database.url_file = {url:?}")), ["database.url by database.url_file"]);
    assert_eq!(overruled(&format!("links.secrets = [\"{SECRET}\"]")), ["links.secrets_file by links.secrets"]);
}

#[test]
fn secrets_are_read_from_files_without_one_final_line_break() {
    let disk = Disk::new();
    let url = disk.with("url", "sqlite://elsewhere.sqlite3\n");
    let password = disk.with("password", "pass word \n\n");
    let links = disk.with("links", &format!("# newest first\n{SECRET}\n\n  {OTHER}\r\n"));
    let settings = load_environment(&[
        ("COUNTERSIGN__DATABASE__URL_FILE", url.to_str().unwrap()),
        ("COUNTERSIGN__MAIL__SMTP__USERNAME", "me"),
        ("COUNTERSIGN__MAIL__SMTP__PASSWORD_FILE", password.to_str().unwrap()),
        ("COUNTERSIGN__LINKS__SECRETS_FILE", links.to_str().unwrap()),
    ])
    .unwrap();
    assert!(matches!(&settings.database.url, DatabaseUrl::Sqlite(path) if path == Path::new("elsewhere.sqlite3")));
    assert_eq!(settings.mail.smtp.password.as_ref().unwrap().expose(), "pass word \n");
    assert_eq!(exposed(&settings), [SECRET, OTHER]);
}

#[test]
fn a_secret_that_stands_in_its_file_twice_is_refused_and_not_shown() {
    let disk = Disk::new();
    let file = disk.private("secrets", &format!("# newest first\n{SECRET}\n{OTHER}\n {SECRET}\r\n"));
    let jwt = "contracts.djoser.enabled = true\ncontracts.djoser.jwt = true\n";
    for (text, key) in [("", "links.secrets_file"), (jwt, "jwt.secrets_file")] {
        let faults = faults_of(&format!("{text}{key} = {file:?}"));
        let told = faults.join("\n");
        assert!(faults.len() == 1 && told.contains(&format!("`{key}`")), "{told}");
        assert!(told.contains("secret 3 stands in the list twice") && !told.contains(SECRET), "{told}");
    }
}

#[test]
fn a_secret_given_directly_and_as_a_file_is_a_contradiction() {
    let disk = Disk::new();
    let file = disk.with("links", SECRET);
    let text = format!("links.secrets = [\"{OTHER}\"]\nlinks.secrets_file = {file:?}\n");
    let told = faults_of(&text).join("\n");
    assert!(told.contains("`links.secrets` = (hidden)") && told.contains("`links.secrets_file`"), "{told}");
}

#[test]
fn a_secret_given_directly_sets_the_default_file_aside() {
    let settings = production(&format!("links.secrets = [\"{SECRET}\"]")).unwrap();
    assert_eq!(settings.links.secrets_file, None);
}

#[test]
fn files_that_are_missing_or_hold_no_good_secret_are_refused_with_a_remedy() {
    let disk = Disk::new();
    for (content, remedy) in [
        ("", "the file is empty"),
        ("# nothing yet\n", "only comments"),
        ("# one\ntoo-short\n", "line 2: a secret of 9 bytes is too short"),
    ] {
        let told = faults_of(&format!("links.secrets_file = {:?}", disk.with("links", content))).join("\n");
        assert!(told.contains(remedy) && told.contains("links.secrets_file"), "{told}");
    }
    let told = faults_of("database.url_file = \"/does/not/exist\"").join("\n");
    assert!(told.contains("`database.url_file`") && told.contains("create the file, or correct the path"), "{told}");
}

#[test]
fn production_makes_no_secret_up() {
    let disk = Disk::new();
    let told = production(&format!("links.secrets_file = {:?}", disk.path("missing"))).map(drop).unwrap_err();
    assert!(told.to_string().contains("countersign secret new"), "{told}");
    assert!(production("links.secrets_file = \"\"").is_err());
}

#[test]
fn development_generates_a_secret_once_and_keeps_it() {
    let disk = Disk::new();
    let file = disk.path("var/links.secret");
    let text = format!("links.secrets_file = {file:?}");
    let mut first = load_text(&text).unwrap();
    assert!(first.links.secrets.is_empty() && !file.exists());

    assert_eq!(first.generate_missing_link_secret().unwrap(), Some(file.clone()));
    assert_eq!(first.generate_missing_link_secret().unwrap(), None);
    let mut second = load_text(&text).unwrap();
    assert_eq!(second.generate_missing_link_secret().unwrap(), None);

    assert_eq!(exposed(&first), exposed(&second));
    assert_eq!(exposed(&first)[0].len(), 64);
    assert_eq!(fs::read_dir(disk.path("var")).unwrap().count(), 1);
    #[cfg(unix)]
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn of_two_processes_that_generate_a_secret_both_use_the_first() {
    let disk = Disk::new();
    let text = format!("links.secrets_file = {:?}", disk.path("links.secret"));
    let (mut first, mut second) = (load_text(&text).unwrap(), load_text(&text).unwrap());
    first.generate_missing_link_secret().unwrap();
    second.generate_missing_link_secret().unwrap();
    assert_eq!(exposed(&first), exposed(&second));
}

#[test]
fn a_secret_under_the_key_of_its_file_is_not_shown() {
    for (key, value, direct) in [
        ("database.url_file", "postgres://u:topsecret@h/d", "database.url"),
        ("mail.smtp.password_file", "topsecret", "mail.smtp.password"),
        ("mail.smtp.password_file", "top/secret+A==", "mail.smtp.password"),
        ("passwords.firebase_signer_key_file", "topsecret", "passwords.firebase_signer_key"),
    ] {
        let told = faults_of(&format!("{key} = \"{value}\"")).join("\n");
        let remedy = format!("if this is the secret itself, it belongs in `{direct}`");
        assert!(told.contains(&format!("`{key}` is (hidden)")) && told.contains(&remedy), "{told}");
        assert!(!told.contains("secret@") && !told.contains("topsecret") && !told.contains("top/secret"), "{told}");
    }
    let provider = "[[providers]]\nname = \"x\"\nkind = \"github\"\nclient_id = \"a\"\nclient_secret_file = \"topsecret\"\n\
                    redirect_uris = [\"https://app.example/\"]\n";
    let told = faults_of(provider).join("\n");
    assert!(told.contains("it belongs in `client_secret`") && !told.contains("topsecret"), "{told}");
    let both = "mail.smtp.username = \"me\"\nmail.smtp.password = \"a\"\nmail.smtp.password_file = \"topsecret\"\n";
    let told = faults_of(both).join("\n");
    assert!(told.contains("give one or the other") && !told.contains("topsecret"), "{told}");

    let names = ["/run/secrets/missing", "./missing", "var/links.secret", "src/missing"];
    for name in names {
        let told = faults_of(&format!("mail.smtp.password_file = \"{name}\"")).join("\n");
        assert!(told.contains(&format!("is \"{name}\"")) && !told.contains("secret itself"), "{told}");
    }
}

#[test]
fn a_byte_order_mark_does_not_become_part_of_a_secret() {
    let disk = Disk::new();
    let file = disk.with("links.secret", &format!("\u{feff}{SECRET}\n"));
    let told = faults_of(&format!("links.secrets_file = {file:?}")).join("\n");
    assert!(told.contains("begins with a byte-order mark") && !told.contains(SECRET), "{told}");
}
