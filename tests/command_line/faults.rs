//! What an operator is told when something is in the way: one sentence that names the remedy, and no backtrace.

use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::{QUIET, home, migrated_home};
use crate::process::{Finished, Home};

#[test]
fn all_faults_of_the_settings_are_told_at_once() {
    let home = Home::new("mode = \"prod\"\n[server]\nbnid = \"x\"\nworkers = -1\n[mail]\ntransport = \"smtp\"\n");
    let mut command = home.command(&["check"]);
    command.env("COUNTERSIGN__SERVER__BODY_LIMIT_BYTES", "5");
    let finished = Finished::of(&mut command);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""));
    assert!(finished.stderr.starts_with("error: 5 faults in the settings:\n"), "{}", finished.stderr);
    for told in [
        "`server.bnid` (file ",
        "did you mean `server.bind`?",
        "`mode` is \"prod\"",
        "`server.workers` is -1",
        "`server.body_limit_bytes` is 5 (environment variable COUNTERSIGN__SERVER__BODY_LIMIT_BYTES)",
        "`mail.smtp.host` = \"\"",
    ] {
        assert!(finished.stderr.contains(told), "{told}: {}", finished.stderr);
    }
}

#[test]
fn a_settings_file_that_is_none_is_told_without_quoting_it() {
    for content in ["mode = \"development\n", "password = hunter2\n"] {
        let complaint = Home::new(content).run(&["serve"]).complaint(2);
        assert!(complaint.contains("settings.toml cannot be used: TOML parse error at line 1"), "{complaint}");
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
    for (content, remedy) in [
        ("mail.app_url = None\n", "line 1, column 16: TOML has no such value; write \"\""),
        ("[login]\ncookie = True\n", "line 2, column 10: true and false are written in small letters"),
        ("[login]\nfields = [email]\n", "line 2, column 11: a text stands in quotation marks"),
    ] {
        let complaint = Home::new(content).run(&["check"]).complaint(2);
        assert!(complaint.contains(remedy), "{complaint}");
    }
    let home = home();
    fs::write(home.settings(), [0xff, 0xfe, 0x00]).expect("it can be written");
    let complaint = home.run(&["check"]).complaint(2);
    assert!(complaint.contains("save it in UTF-8") && !complaint.contains("--settings"), "{complaint}");
    fs::remove_file(home.settings()).expect("it is there");
    let complaint = home.run(&["check"]).complaint(2);
    assert!(complaint.contains("check the path given with --settings or in COUNTERSIGN_SETTINGS"), "{complaint}");
}

/// In `mode = "production"`, all that `serve` says against a settings file.
fn refusal(settings: &str) -> String {
    let home = Home::new(&format!("mode = \"production\"\n{settings}"));
    let finished = home.run(&["serve"]);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""));
    assert!(!home.path("var").exists(), "a start that is refused makes nothing");
    finished.stderr
}

#[test]
fn production_without_a_secret_is_refused() {
    let told = refusal("");
    assert!(told.contains("`countersign secret new`"), "{told}");
}

#[test]
fn production_is_told_all_that_is_missing_at_once() {
    let told = refusal("links.secrets = [\"9c1be2a4f7d05836b4e1d9a27f3c6058\"]\n");
    assert!(told.starts_with("error: 7 faults in the settings:\n"), "{told}");
    for missing in [
        "`database.url` is \"sqlite://var/countersign.sqlite3\" (built-in defaults); ",
        "`registration.frontend_url` is \"http://localhost:8000/verify-user/\" (built-in defaults); ",
        "`reset_password.frontend_url` is ",
        "`change_email.frontend_url` is ",
        "`mail.transport` is \"directory\" (built-in defaults); ",
        "`mail.from` is ",
        "`mail.app_name` is ",
    ] {
        assert!(told.contains(missing), "{missing}: {told}");
    }
}

/// Asserts that the settings have this one fault, which every command tells and nothing is made of.
#[track_caller]
fn only_fault(settings: &str) -> String {
    let home = Home::new(settings);
    let complaints = [&["check"][..], &["check", "--deploy"], &["serve"]].map(|command| home.run(command).complaint(2));
    assert!(!home.path("var").exists(), "a start that is refused makes nothing");
    let [complaint, others @ ..] = complaints;
    assert!(others.iter().all(|other| *other == complaint), "{others:?}");
    complaint
}

#[test]
fn a_secret_that_is_listed_twice_is_told_before_the_start_and_not_shown() {
    let (secret, other) = ("9c1be2a4f7d05836b4e1d9a27f3c6058", "7f3c60589c1be2a4f7d05836b4e1d9a2");
    let twice = format!("secrets = [\"{secret}\", \"{other}\", \"{secret}\"]\n");
    let jwt = "[contracts.djoser]\nenabled = true\njwt = true\n";
    for (settings, key) in
        [(format!("{QUIET}[links]\n{twice}"), "links.secrets"), (format!("{QUIET}{jwt}[jwt]\n{twice}"), "jwt.secrets")]
    {
        let complaint = only_fault(&settings);
        assert!(complaint.contains(&format!("`{key}`")) && !complaint.contains(secret), "{complaint}");
        assert!(complaint.contains("secret 3 stands in the list twice"), "{complaint}");
    }
}

#[test]
fn metrics_at_the_address_of_the_server_are_told_before_the_start() {
    let both = |server: &str, metrics: &str| format!("server.bind = \"{server}\"\nmetrics.bind = \"{metrics}\"\n");
    for (server, metrics) in [
        ("127.0.0.1:9464", "127.0.0.1:9464"),
        ("localhost:9464", "[::1]:9464"),
        ("0.0.0.0:9464", "localhost:9464"),
        ("127.0.0.1:9464", "[::]:9464"),
    ] {
        let complaint = only_fault(&both(server, metrics));
        assert!(complaint.contains("`server.bind`") && complaint.contains("`metrics.bind`"), "{complaint}");
        assert!(complaint.contains("give the metrics another port"), "{complaint}");
    }
    for (server, metrics) in [
        ("127.0.0.1:9464", "127.0.0.2:9464"),
        ("localhost:9464", "localhost:9465"),
        ("0.0.0.0:9464", "[::1]:9464"),
        ("localhost:0", "localhost:0"),
    ] {
        Home::new(&both(server, metrics)).run(&["settings"]).done();
    }
}

#[test]
fn a_port_in_use_is_told_with_its_number() {
    let occupant = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = occupant.local_addr().expect("it is bound");
    let home = Home::new(&format!("{}[log]\nlevel = \"off\"\n", QUIET.replace("127.0.0.1:0", &address.to_string())));
    let complaint = home.run(&["serve"]).complaint(1);
    assert!(complaint.starts_with(&format!("cannot listen on {address}: ")), "{complaint}");
    assert!(complaint.contains("another program") && complaint.contains("`server.bind`"), "{complaint}");
}

#[test]
fn an_address_that_the_machine_does_not_have_is_told_as_such() {
    let home = Home::new(&format!("{}[log]\nlevel = \"off\"\n", QUIET.replace("127.0.0.1:0", "192.0.2.1:0")));
    let complaint = home.run(&["serve"]).complaint(1);
    assert!(
        complaint.contains("this machine has no address 192.0.2.1") && !complaint.contains("program"),
        "{complaint}"
    );
}

#[test]
fn a_variable_that_nearly_names_a_setting_is_told_and_not_ignored() {
    let home = home();
    for (name, meant) in [
        ("COUNTERSIGN_SERVER_BIND", "`COUNTERSIGN__SERVER__BIND`"),
        ("countersign__server__bind", "`COUNTERSIGN__SERVER__BIND`"),
        ("COUNTERSIGN_SETTINGS_FILE", "`COUNTERSIGN_SETTINGS`"),
    ] {
        let complaint = Finished::of(home.command(&["serve"]).env(name, "127.0.0.1:0")).complaint(2);
        assert!(complaint.contains(&format!("`{name}` names no setting; did you mean {meant}?")), "{complaint}");
    }
    let value = std::ffi::OsStr::from_bytes(b"caf\xe9");
    let complaint = Finished::of(home.command(&["check"]).env("COUNTERSIGN__MAIL__APP_NAME", value)).complaint(2);
    assert!(complaint.contains("COUNTERSIGN__MAIL__APP_NAME is not UTF-8"), "{complaint}");
}

#[test]
fn an_empty_variable_is_not_set() {
    let home = home();
    let mut command = home.command(&["check"]);
    command.env("COUNTERSIGN__SERVER__WORKERS", "").env("COUNTERSIGN__MODE", "").env("COUNTERSIGN__SERVER__BIND", "");
    Finished::of(&mut command).done();
}

#[test]
fn a_database_newer_than_the_program_is_left_alone() {
    let home = migrated_home();
    let path = home.path("var/countersign.sqlite3");
    let mut database = SqliteConnection::establish(&path.to_string_lossy()).expect("it was made");
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')";
    database.batch_execute(newer).expect("the table is there");
    for command in [&["serve"][..], &["migrate"], &["users", "list"], &["mail", "queue"]] {
        let complaint = home.run(command).complaint(1);
        assert!(complaint.contains("99990101000000"), "{complaint}");
        assert!(complaint.contains("use a newer program"), "{complaint}");
    }
    let checked = home.run(&["check"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("use a newer program"), "{}", checked.stdout);
}

#[test]
fn tables_that_are_missing_are_made_by_migrate_alone() {
    let home = Home::new(&format!("{QUIET}[database]\nmigrate_at_start = false\n"));
    for command in [&["serve"][..], &["users", "list"], &["mail", "retry"]] {
        let complaint = home.run(command).complaint(1);
        assert!(complaint.contains("run `countersign migrate`"), "{complaint}");
    }
    let checked = home.run(&["check"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("ERROR       `database.migrate_at_start` = false"), "{}", checked.stdout);
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    // A file in the way stops root as well, which permissions do not.
    let home = Home::new(&format!("{QUIET}[database]\nurl = \"sqlite://blocked/database\"\n"));
    fs::write(home.path("blocked"), "in the way").expect("it can be written");
    for command in ["serve", "migrate"] {
        let complaint = home.run(&[command]).complaint(1);
        assert!(complaint.contains("blocked/database: ") && complaint.contains("`database.url`"), "{complaint}");
    }
    let home = Home::new(&format!("{QUIET}[links]\nsecrets_file = \"blocked/secret\"\n"));
    fs::write(home.path("blocked"), "in the way").expect("it can be written");
    let complaint = home.run(&["serve"]).complaint(2);
    assert!(complaint.contains("`links.secrets_file` is \"blocked/secret\""), "{complaint}");
    let home = Home::new(&format!("{QUIET}[mail]\ndirectory = \"blocked/mails\"\n"));
    fs::write(home.path("blocked"), "in the way").expect("it can be written");
    let checked = home.run(&["check"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("ERROR       `mail.transport` = \"directory\""), "{}", checked.stdout);
}

#[test]
fn a_file_that_is_no_database_is_told() {
    let home = home();
    fs::create_dir(home.path("var")).expect("it is not there yet");
    fs::write(home.path("var/countersign.sqlite3"), vec![7; 9_000]).expect("it can be written");
    for command in [&["serve"][..], &["migrate"], &["users", "list"]] {
        let complaint = home.run(command).complaint(1);
        assert!(complaint.contains("file is not a database") && complaint.contains("`database.url`"), "{complaint}");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn a_database_server_that_is_away_is_told_without_its_password() {
    let url = "postgres://ann:hunter2@127.0.0.1:1/accounts";
    let home = Home::new(&format!("{QUIET}[database]\nurl = \"{url}\"\n"));
    for command in ["serve", "migrate"] {
        let complaint = home.run(&[command]).complaint(1);
        assert!(complaint.starts_with("the database cannot be reached: "), "{complaint}");
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
}

#[test]
fn a_mail_server_that_is_away_is_named_by_the_check() {
    let nobody = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let settings = format!(
        "{QUIET}[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        nobody.port()
    );
    let home = Home::new(&settings);
    let checked = home.run(&["check"]);
    assert_eq!(checked.code, Some(1));
    let told = format!(": mails cannot go to the mail server {nobody}: ");
    assert!(checked.stdout.contains("ERROR       `mail.transport` = \"smtp\" (file "), "{}", checked.stdout);
    assert!(checked.stdout.contains(&told), "{}", checked.stdout);
    // The server itself starts, and lets the mails wait.
    assert!(checked.complaint(1).ends_with("; with an error, production does not start, or sends no mails"));
    let complaint = home.run(&["mail", "test", "ann@mail.example"]).complaint(1);
    assert!(complaint.contains(&nobody.to_string()) && complaint.contains("see [mail]"), "{complaint}");
    assert!(!complaint.contains("ann@"), "{complaint}");
}

#[test]
fn a_database_whose_url_is_in_a_file_is_named_by_the_file() {
    let home = home();
    let file = home.path("database.url");
    std::fs::write(&file, "postgres://127.0.0.1:1/countersign").expect("the directory is writable");
    let checked = Finished::of(home.command(&["check"]).env("COUNTERSIGN__DATABASE__URL_FILE", &file));
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let told = checked.stdout.lines().find(|line| line.starts_with("ERROR")).unwrap_or_default();
    assert!(told.contains("`database.url_file` = ") && told.contains("database.url\""), "{}", checked.stdout);
}
