//! What is refused, and how it is told.

use super::*;

#[test]
fn all_faults_of_all_layers_are_told_at_once() {
    let disk = Disk::new();
    let file = disk.with(
        "mine.toml",
        "mode = \"staging\"\n[server]\nbnid = \"x\"\nworkers = \"four\"\n[mail.smtp]\nport = 70000\n[registraton]\n",
    );
    let environment = variables(&[("COUNTERSIGN__MAIL__LEASE_SECONDS", "4"), ("COUNTERSIGN__MAIL__FORM", "x")]);
    let errors = Settings::load(Some(&file), environment).map(drop).unwrap_err();

    let source = format!("file {}", file.display());
    let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            format!("settings key `registraton` ({source}) does not exist; did you mean `[registration]`?"),
            format!("settings key `server.bnid` ({source}) does not exist; did you mean `server.bind`?"),
            "environment variable `COUNTERSIGN__MAIL__FORM` names no setting; did you mean `COUNTERSIGN__MAIL__FROM`?"
                .to_owned(),
            format!("settings key `mode` is \"staging\" ({source}); allowed are \"development\", \"production\""),
            format!(
                "settings key `server.workers` is \"four\" ({source}); allowed are 1 to 1024, and 0 for one per core"
            ),
            "settings key `mail.lease_seconds` is 4 (environment variable COUNTERSIGN__MAIL__LEASE_SECONDS); allowed \
             are 5 to 3600 seconds, without a fraction"
                .to_owned(),
            format!("settings key `mail.smtp.port` is 70000 ({source}); allowed are whole numbers from 1 to 65535"),
        ]
    );
    assert!(errors.to_string().starts_with("7 faults in the settings:\n  - settings key `registraton`"));
}

#[test]
fn a_variable_in_another_case_is_no_setting() {
    let errors = load_environment(&[("COUNTERSIGN__server__bind", "127.0.0.1:1")]).map(drop).unwrap_err();
    assert!(errors.to_string().ends_with("did you mean `COUNTERSIGN__SERVER__BIND`?"), "{errors}");
}

#[test]
fn a_section_cannot_be_replaced_by_a_value() {
    assert_eq!(faults_of("mail = \"smtp\"").len(), 1);
    assert_eq!(faults_of("[[mail]]\nfrom = \"a@example.org\"").len(), 1);
    assert_eq!(faults_of("[mode]\nname = \"production\"").len(), 1);
    assert!(load_environment(&[("COUNTERSIGN__MAIL", "smtp")]).is_err());
}

#[test]
fn the_ends_of_a_range_are_allowed_and_what_lies_beyond_is_refused() {
    for (key, lowest, highest) in [
        ("server.keep_alive_seconds", 0, 3600),
        ("server.body_limit_bytes", 1024, 16_777_216),
        ("passwords.max_length", 64, 1024),
        ("passwords.threads", 0, 1024),
        ("mail.smtp.port", 1, 65_535),
        ("throttle.register_burst", 1, 100_000),
        ("registration.expires_after_seconds", 1, 31_622_400),
    ] {
        let try_value = |value: i64| load_text(&format!("users.purge_unverified_after_seconds = 0\n{key} = {value}"));
        assert!(try_value(lowest).is_ok() && try_value(highest).is_ok(), "{key}");
        assert!(try_value(lowest - 1).is_err() && try_value(highest + 1).is_err(), "{key}");
    }
}

#[test]
fn values_of_a_wrong_type_or_form_are_refused() {
    for line in [
        "server.bind = 8000",
        "server.bind = \"localhost\"",
        "contracts.accounts.base_path = \"\"",
        "contracts.accounts.base_path = \"/a/../b/\"",
        "contracts.accounts.base_path = \"/{id}/\"",
        "server.workers = 1.5",
        "server.workers = -1",
        "cors.allowed_origins = \"http://localhost:3000\"",
        "cors.allowed_origins = [3000]",
        "cors.allowed_origins = [\"*\"]",
        "cors.allowed_origins = [\"https://*.example.org\"]",
        "cors.allowed_origins = [\"http://localhost:3000/\"]",
        "cors.allowed_origins = [\"localhost:3000\"]",
        "log.level = \"inof\"",
        "log.level = \"countersign=loud\"",
        "database.url = \"var/countersign.sqlite3\"",
        "database.url = \"sqlite://:memory:\"",
        "users.conceal_emails = \"yes\"",
        "users.purge_unverified_after_seconds = 3599",
        "registration.frontend_url = \"/verify-user/\"",
        "registration.frontend_url = \"mailto:a@example.org\"",
        "registration.frontend_url = \"javascript://example.org/%0aalert(1)\"",
        "registration.frontend_url = \"https://user:password@example.org/\"",
        "registration.frontend_url = \"https://example.org/{uid}\"",
        "registration.frontend_url = \"https://example.org/{uid}/{token}/{email}\"",
        "reset_password.frontend_url = \"https://example.org/{user_id}/{email}/{timestamp}/{signature}\"",
        "change_email.frontend_url = \"https://example.org/{user_id}/{timestamp}/{signature}\"",
        "change_email.frontend_url = \"https://{key}/\"",
        "mail.app_url = \"https://example.org/{key}\"",
        "mail.from = \"Example\"",
        "mail.app_name = \" \"",
        "mail.app_name = \"Two\\nlines\"",
        "mail.smtp.host = \"smtp.example.org:587\"",
        "mail.smtp.host = \"https://smtp.example.org\"",
        "mail.templates_directory = \"/does/not/exist\"",
        "mail.smtp.ca_file = \"/does/not/exist\"",
    ] {
        assert_eq!(faults_of(line).len(), 1, "{line}");
    }
}

#[test]
fn settings_that_cannot_hold_together_are_named_together() {
    let locks = "[database]\nurl = \"postgres://localhost/db\"\nbusy_timeout_seconds = 11";
    let retries = "mail.first_retry_after_seconds = 9\nmail.longest_retry_after_seconds = 8";
    for (text, keys) in [
        (locks, ["database.statement_timeout_seconds", "database.busy_timeout_seconds"]),
        ("registration.frontend_url = \"\"", ["registration.verification", "registration.frontend_url"]),
        ("mail.transport = \"smtp\"", ["mail.transport", "mail.smtp.host"]),
        ("mail.smtp.username = \"me\"", ["mail.smtp.username", "mail.smtp.password"]),
        ("mail.smtp.password = \"x\"", ["mail.smtp.username", "mail.smtp.password"]),
        (retries, ["mail.first_retry_after_seconds", "mail.longest_retry_after_seconds"]),
        (
            "mail.first_retry_after_seconds = 60\nmail.give_up_after_seconds = 60",
            ["mail.first_retry_after_seconds", "mail.give_up_after_seconds"],
        ),
        ("passwords.memory_kib = 15\npasswords.parallelism = 2", ["passwords.memory_kib", "passwords.parallelism"]),
        (
            "users.purge_unverified_after_seconds = 3600",
            ["users.purge_unverified_after_seconds", "registration.expires_after_seconds"],
        ),
    ] {
        let errors = load_text(text).map(drop).unwrap_err();
        let found = match errors.iter().collect::<Vec<_>>()[..] {
            [SettingsError::Contradiction { entries, .. }] => entries.iter().map(|entry| entry.key.as_str()).collect(),
            _ => Vec::new(),
        };
        assert_eq!(found, keys, "{text}");
    }
    let told = faults_of(retries).join("\n");
    assert!(told.starts_with("settings contradict each other: `mail.first_retry_after_seconds` = 9 (file "), "{told}");
}

#[test]
fn a_value_that_is_refused_causes_no_second_fault() {
    assert_eq!(faults_of("mail.first_retry_after_seconds = 5000\nmail.longest_retry_after_seconds = 8").len(), 1);
}

#[test]
fn a_settings_file_that_is_missing_or_no_toml_is_named_without_quoting_it() {
    let missing = Settings::load(Some(Path::new("/does/not/exist.toml")), []).map(drop).unwrap_err();
    assert!(missing.to_string().starts_with("file /does/not/exist.toml cannot be used: No such file"), "{missing}");

    let told = faults_of("mode = \"production\"\n[mail.smtp]\npassword = hunter2\n").join("\n");
    assert!(told.contains("line 3, column 12: ") && !told.contains("hunter2"), "{told}");
    for line in
        ["hunter2", "[hunter2", "a = 'hunter2", "a = \"hunter2", "a = [hunter2", "a = 1hunter2", "a = \"\\hunter2\""]
    {
        let told = faults_of(&format!("mode = \"production\"\n{line}\n")).join("\n");
        assert!(told.contains("line 2, column ") && !told.contains("hunter2"), "{told}");
    }
}

#[cfg(not(feature = "postgres"))]
#[test]
fn an_engine_that_was_left_out_names_its_feature() {
    let told = faults_of("database.url = \"postgres://localhost/db\"").join("\n");
    assert!(told.contains("cargo feature `postgres`"), "{told}");
}

#[test]
fn an_unknown_member_of_a_variable_is_told_with_the_variable() {
    let errors = load_environment(&[("COUNTERSIGN__PROVIDERS", "[{name = \"x\", kind = \"github\", oops = 1}]")]);
    let told = errors.map(drop).unwrap_err().to_string();
    let expected = "settings key `providers.x.oops` (environment variable COUNTERSIGN__PROVIDERS) does not exist";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn a_heading_that_stands_twice_is_told_as_that() {
    for (text, line) in [
        ("[mail]\napp_name = \"A\"\n[server]\n[mail]\n", 4),
        ("[[profile_fields]]\nname = \"a\"\n[profile_fields]\nname = \"b\"\n", 3),
        ("[profile_fields]\n[[profile_fields]]\n", 2),
        ("[mail.smtp]\n  [ mail.smtp ]\n", 2),
    ] {
        let told = faults_of(text).join("\n");
        assert!(
            told.contains(&format!("line {line}, ")) && told.contains("a heading of this name stands above"),
            "{told}"
        );
    }
    for text in ["login.fields = [\n  email,\n]\n", "login.fields = [email]\n"] {
        assert!(faults_of(text).join("\n").contains("a text stands in quotation marks"), "{text}");
    }
}
