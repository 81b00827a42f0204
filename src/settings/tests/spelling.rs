//! Keys and variables that nearly name a setting, and values that are nearly right.

use super::*;

/// Returns the suggestion in the only fault of a settings file.
fn suggested(text: &str) -> Option<String> {
    let errors = load_text(text).map(drop).expect_err(text);
    match errors.iter().collect::<Vec<_>>()[..] {
        [SettingsError::UnknownKey { suggestion, .. }] => suggestion.clone(),
        _ => panic!("{text}: {errors}"),
    }
}

/// Returns the suggestion for a variable; none where it is left alone.
fn variable_suggested(name: &str) -> Option<String> {
    match load_environment(&[(name, "1")]) {
        Ok(_) => None,
        Err(errors) => match errors.iter().collect::<Vec<_>>()[..] {
            [SettingsError::UnknownKey { key, suggestion, .. }] => {
                assert_eq!(key, name);
                Some(suggestion.clone().unwrap_or_default())
            }
            _ => panic!("{name}: {errors}"),
        },
    }
}

#[test]
fn a_variable_with_other_underscores_or_capitals_is_refused_with_the_right_name() {
    for (name, meant) in [
        ("COUNTERSIGN_SERVER_BIND", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN__SERVER_BIND", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN_SERVER__BIND", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN___SERVER___BIND", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN_MODE", "COUNTERSIGN__MODE"),
        ("COUNTERSIGN_MAIL_SMTP_PORT", "COUNTERSIGN__MAIL__SMTP__PORT"),
        ("COUNTERSIGN__MAIL_SMTP__PASSWORD_FILE", "COUNTERSIGN__MAIL__SMTP__PASSWORD_FILE"),
        ("countersign__server__bind", "COUNTERSIGN__SERVER__BIND"),
        ("countersign_database_url", "COUNTERSIGN__DATABASE__URL"),
        ("Countersign__Server__Bind", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN.server.bind", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN_REGISTRATION_FRONTEND_URL", "COUNTERSIGN__REGISTRATION__FRONTEND_URL"),
        ("COUNTERSIGN_SERVER_BNID", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSGIN__SERVER__BIND", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGNS__MODE", "COUNTERSIGN__MODE"),
        ("COUNTERSGIN__MODE", "COUNTERSIGN__MODE"),
        ("COUNTER_SIGN__MODE", "COUNTERSIGN__MODE"),
        ("CONTERSIGN_MODE", "COUNTERSIGN__MODE"),
        ("COUNTERSIGN__SERVR__BIND", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN__REGISTRATION__EXPIRES_AFTER", "COUNTERSIGN__REGISTRATION__EXPIRES_AFTER_SECONDS"),
        ("COUNTERSIGN__SERVER__PORT", "COUNTERSIGN__SERVER__BIND"),
        ("COUNTERSIGN__SETTINGS", "COUNTERSIGN_SETTINGS"),
        ("COUNTERSIGN_SETTINGS_FILE", "COUNTERSIGN_SETTINGS"),
        ("COUNTERSIGN_CONFIG", "COUNTERSIGN_SETTINGS"),
    ] {
        assert_eq!(variable_suggested(name).as_deref(), Some(meant), "{name}");
    }
}

#[test]
fn every_setting_is_known_by_its_variable_with_single_underscores() {
    for entry in Settings::defaults().entries() {
        let name = format!("COUNTERSIGN_{}", entry.key.to_uppercase().replace('.', "_"));
        let meant = format!("COUNTERSIGN__{}", entry.key.to_uppercase().replace('.', "__"));
        assert_eq!(variable_suggested(&name), Some(meant));
    }
}

#[test]
fn variables_of_others_are_left_alone() {
    for name in [
        "PATH",
        "COUNTERSIGN_SETTINGS",
        "COUNTERSIGN_HOME",
        "COUNTERSIGN_VERSION",
        "COUNTERSIGN_TESTS_COMPLETE",
        "COUNTERSIGN_NODE",
        "COUNTERS_MODE",
        "COUNTERSIGN_SERVER_SERVICE_HOST",
        "COUNTERSIGN_SERVER_PORT",
        "COUNTERSIGN_SERVER_PORT_8000_TCP_ADDR",
        "COUNTERSIGN_MAIL_SERVICE_PORT",
        "COUNTRY",
        "SERVER_BIND",
    ] {
        assert_eq!(variable_suggested(name), None, "{name}");
    }
}

#[test]
fn a_key_that_does_not_exist_names_the_one_that_was_meant() {
    for (text, meant) in [
        ("[registration]\nexpires_after = \"a week\"", "registration.expires_after_seconds"),
        ("[registration]\nexpires_after_hours = 24", "registration.expires_after_seconds"),
        ("[registration]\nexpire_after_seconds = 24", "registration.expires_after_seconds"),
        ("[registration]\nexpires-after-seconds = 24", "registration.expires_after_seconds"),
        ("[registration]\nExpires_After_Seconds = 24", "registration.expires_after_seconds"),
        ("[reset_password]\nexpires_after_minutes = 30", "reset_password.expires_after_seconds"),
        ("[server]\nkeep_alive = 5", "server.keep_alive_seconds"),
        ("[server]\nkeepalive_seconds = 5", "server.keep_alive_seconds"),
        ("[server]\nbody_limit = 5", "server.body_limit_bytes"),
        ("[server]\nbody_limit_kib = 5", "server.body_limit_bytes"),
        ("[server]\nport = 8000", "server.bind"),
        ("[mail]\nlease = 5", "mail.lease_seconds"),
        ("[mail]\nhost = \"x\"", "mail.smtp.host"),
        ("[smtp]\nhost = \"x\"", "mail.smtp.host"),
        ("[cors]\norigins = []", "cors.allowed_origins"),
        ("[cors]\nallow_origins = []", "cors.allowed_origins"),
        ("[passwords]\nminimum_length = 5", "passwords.min_length"),
        ("[passwords]\nmemory_mib = 5", "passwords.memory_kib"),
        ("[links]\nsecret = \"x\"", "links.secrets"),
        ("[registraton]\nfrontend_url = \"x\"", "registration.frontend_url"),
        ("[registraton]", "[registration]"),
        ("[reset-password]", "[reset_password]"),
        ("mail = \"smtp\"", "[mail]"),
        ("[mode]\nname = \"production\"", "mode"),
    ] {
        assert_eq!(suggested(text).as_deref(), Some(meant), "{text}");
    }
}

#[test]
fn a_key_like_none_suggests_nothing() {
    for text in ["[social]\nnetworks = []", "[unrelated]", "colour = \"red\""] {
        assert_eq!(suggested(text), None, "{text}");
    }
}

#[test]
fn an_empty_variable_sets_nothing() {
    let names: Vec<_> = Settings::defaults().entries().iter().map(|entry| entry.key.clone()).collect();
    let defaults = Settings::load(None, []).unwrap();
    let is_list = |key: &String| entry(&defaults, key).shown_value.starts_with('[');
    for key in names.iter().filter(|key| !is_list(key)) {
        let name = format!("COUNTERSIGN__{}", key.to_uppercase().replace('.', "__"));
        let settings = load_environment(&[(&name, "")]).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        assert_eq!(entry(&settings, key), entry(&defaults, key), "{name}");
    }
}

#[test]
fn an_empty_variable_takes_back_what_the_file_says_where_that_can_be_nothing() {
    let disk = Disk::new();
    let file = disk.with(
        "mine.toml",
        "server.workers = 3\nmail.reply_to = \"a@example.org\"\ndatabase.url = \"sqlite://mine.sqlite3\"\n",
    );
    let names = ["SERVER__WORKERS", "MAIL__REPLY_TO", "DATABASE__URL"].map(|name| format!("COUNTERSIGN__{name}"));
    let settings = Settings::load(Some(&file), names.map(|name| (name, String::new()))).unwrap();
    assert_eq!(settings.server.workers.get(), 3);
    assert_eq!(entry(&settings, "server.workers").source, Source::File(file));
    assert_eq!(settings.mail.reply_to, None);
    assert_eq!(settings.database.url.to_string(), "sqlite://mine.sqlite3");
}

#[test]
fn of_a_value_and_its_file_the_one_not_meant_can_be_set_to_nothing() {
    const SECRET: &str = "9c1be2a4f7d05836b4e1d9a27f3c6058";
    let disk = Disk::new();
    for (key, value, content) in [
        ("database.url", "\"sqlite://direct.sqlite3\"", "sqlite://filed.sqlite3"),
        ("links.secrets", "[\"7e01be2a4f7d05836b4e1d9a27f3c605\"]", SECRET),
        ("mail.smtp.password", "\"direct\"", "filed"),
    ] {
        let path = disk.with(key, content);
        let file_key = format!("{key}_file");
        let empty = if value.starts_with('[') { "[]" } else { "\"\"" };
        let user = if key == "mail.smtp.password" { "mail.smtp.username = \"me\"" } else { "" };
        let variable = |key: &str| format!("COUNTERSIGN__{}", key.to_uppercase().replace('.', "__"));
        let both = disk.with("both.toml", &format!("{user}\n{key} = {value}\n{file_key} = {path:?}\n"));
        assert!(Settings::load(Some(&both), []).is_err(), "{key}");

        let held = |settings: &Settings| match key {
            "database.url" => settings.database.url.to_string(),
            "links.secrets" => settings.links.secrets[0].expose().to_owned(),
            _ => settings.mail.smtp.password.as_ref().unwrap().expose().to_owned(),
        };
        let filed = load_text(&format!("{user}\n{key} = {empty}\n{file_key} = {path:?}\n")).unwrap();
        assert_eq!(held(&filed), content, "{key}");
        let direct = load_text(&format!("{user}\n{key} = {value}\n{file_key} = \"\"\n")).unwrap();
        assert!(value.contains(&held(&direct)), "{key}");
        let filed = Settings::load(Some(&both), [(variable(key), String::new())]).unwrap();
        assert_eq!(held(&filed), content, "{key}");
        let direct = Settings::load(Some(&both), [(variable(&file_key), String::new())]).unwrap();
        assert!(value.contains(&held(&direct)), "{key}");
    }
}

#[test]
fn every_wrong_item_of_a_list_is_named() {
    for (line, told) in [
        ("server.trusted_proxies = [\"10.0.0.0/8\", \"x\", \"y\"]", "items 2 and 3: allowed are IP addresses"),
        ("cors.allowed_origins = [\"*\", \"https://a.example\", \"b\"]", "items 1 and 3: allowed is scheme://"),
        ("cors.allowed_origins = [3000, \"b\"]", "item 1: a text in quotation marks is allowed; item 2: allowed is"),
        ("users.fields = [\"uid\", \"id\", \"name\"]", "items 1 and 3: allowed are \"id\""),
        ("users.editable_fields = [\"id\", \"nick\"]", "item 1: allowed are \"username\", \"first_name\""),
        ("users.editable_fields = [\"id\", \"nick\"]", "item 2: allowed are \"id\""),
        ("login.fields = [\"name\", \"mail\"]", "items 1 and 2: allowed are \"username\" and"),
        ("links.secrets = [\"short\", \"shorter\"]", "item 1: a secret of 5 bytes is too short"),
        ("links.secrets = [\"short\", \"shorter\"]", "item 2: a secret of 7 bytes is too short"),
        ("log.level = \"info,inof,countersign=loud\"", "wrong in it: \"inof\", \"countersign=loud\"; allowed are"),
    ] {
        let faults = faults_of(line);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains(told), "{}", faults[0]);
    }
    let file = Disk::new();
    let told =
        faults_of(&format!("links.secrets_file = {:?}", file.with("links", "# two\nshort\nalso-short\n"))).join("");
    assert!(told.contains("line 2: a secret of 5") && told.contains("line 3: a secret of 10"), "{told}");
    let errors = load_environment(&[("COUNTERSIGN__SERVER__TRUSTED_PROXIES", "x, 10.0.0.1, y")]).map(drop).unwrap_err();
    assert!(errors.to_string().contains("items 1 and 3: "), "{errors}");
}

#[test]
fn a_number_in_quotation_marks_is_told_as_such() {
    for (line, told) in [
        ("server.workers = \"4\"", "without quotation marks"),
        ("registration.expires_after_seconds = \"604800\"", "without quotation marks"),
        ("throttle.enabled = \"true\"", "without quotation marks"),
        ("throttle.enabled = \"yes\"", "allowed are true and false, without quotation marks"),
        ("registration.expires_after_seconds = \"a week\"", "allowed are 1 to 31622400 seconds"),
    ] {
        let faults = faults_of(line).join("");
        assert!(faults.contains(told), "{faults}");
    }
}

/// The settings of version 0.1.0 in full, as operators may have copied them.
const EARLIER: &str = include_str!("../../../tests/upgrades/0.1.0/settings.toml");

#[test]
fn a_key_of_an_earlier_version_is_refused_with_its_new_name() {
    let errors = load_text(EARLIER).unwrap_err();
    let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
    for (old, new) in [
        ("server.base_path", "contracts.accounts.base_path"),
        ("server.non_field_errors_key", "contracts.accounts.non_field_errors_key"),
        ("registration.password_confirm", "contracts.accounts.register_password_confirm"),
        ("change_password.password_confirm", "contracts.accounts.change_password_confirm"),
        ("reset_password.password_confirm", "contracts.accounts.reset_password_confirm"),
        ("reset_password.by_email", "contracts.accounts.reset_password_by_email"),
    ] {
        let begins = |line: &&String| line.starts_with(&format!("settings key `{old}` (file "));
        let line = told.iter().find(begins).unwrap_or_else(|| panic!("{old} is not told: {told:#?}"));
        assert!(line.ends_with(&format!("is now called `{new}`")), "{line}");
    }
    assert_eq!(told.len(), 6, "{told:#?}");
    // The heading that stays behind when its only key has moved is a section of other keys now.
    load_text("[change_password]\n").expect("an empty section changes nothing");
    let variable = ("COUNTERSIGN__SERVER__BASE_PATH".to_owned(), "/api/".to_owned());
    let told = Settings::load(None, [variable]).unwrap_err().to_string();
    let expected = "environment variable `COUNTERSIGN__SERVER__BASE_PATH` is now called \
                    `COUNTERSIGN__CONTRACTS__ACCOUNTS__BASE_PATH`";
    assert_eq!(told, expected);
}
