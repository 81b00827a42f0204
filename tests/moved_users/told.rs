//! What an import tells: who was taken over with what, what is missing, and which entry is at fault.

use serde_json::{Value, json};

use super::dumps::{changed, person};
use super::{count, home, import, import_text, stored, user};
use crate::process::{Finished, Home};

/// Records in one line, as `dumpdata` writes them without `--indent`.
fn in_one_line(records: &[Value]) -> String {
    Value::from(records).to_string()
}

fn address(pk: u64, user: u64, email: Value) -> Value {
    json!({ "model": "account.emailaddress", "pk": pk,
            "fields": { "user": user, "email": email, "verified": true, "primary": true } })
}

fn token(key: &str, user: Value) -> Value {
    json!({ "model": "authtoken.token", "pk": key.repeat(20), "fields": { "user": user, "created": null } })
}

fn revoked() -> [Value; 2] {
    [
        json!({ "model": "token_blacklist.outstandingtoken", "pk": 3, "fields": {
            "user": 1, "jti": "0123456789abcdef0123456789abcdef", "expires_at": "2030-01-01T00:00:00Z" } }),
        json!({ "model": "token_blacklist.blacklistedtoken", "pk": 1, "fields": { "token": 3 } }),
    ]
}

#[test]
fn an_import_tells_how_much_came_with_the_users() {
    let account = json!({ "model": "socialaccount.socialaccount", "pk": 5,
                          "fields": { "user": 2, "provider": "google", "uid": "110169484474386276334" } });
    let mut records = vec![
        changed(person(1, "ann"), json!({ "is_staff": true })),
        changed(person(2, "bob"), json!({ "password": "!unusable" })),
        token("ab", json!(1)),
        token("cd", json!(1)),
        address(8, 1, json!("ann@mail.example")),
        account,
    ];
    records.extend(revoked());
    let told = "With the users: 2 tokens of logins, 1 provider accounts, 1 addresses with their old ids, 1 revoked \
                refresh tokens. 1 users have no password, and 1 are staff.\n";
    let home = home();
    for options in [&["--dry-run"][..], &[]] {
        let said = import_text(&home, in_one_line(&records), options).done();
        assert!(said.contains(told), "{said}");
    }
    assert_eq!((count(&home, "sessions"), count(&home, "provider_accounts")), (2, 1));
}

#[test]
fn accounts_of_providers_that_the_settings_do_not_name_are_told() {
    let account = |pk: u64, provider: &str| {
        json!({ "model": "socialaccount.socialaccount", "pk": pk,
                "fields": { "user": 1, "provider": provider, "uid": pk.to_string() } })
    };
    let records =
        [person(1, "ann"), account(5, "google"), account(6, "google"), account(7, "weibo"), account(8, "github")];
    let provider = "[[providers]]\nname = \"github\"\nkind = \"github\"\nclient_id = \"1\"\nclient_secret = \"2\"\n";
    let home = home();
    let settings = std::fs::read_to_string(home.path("settings.toml")).unwrap_or_default();
    std::fs::write(home.path("settings.toml"), format!("{settings}\n{provider}")).expect("it can be written");
    for options in [&["--dry-run"][..], &[]] {
        let said = import_text(&home, in_one_line(&records), options).done();
        let told = "The settings do not name the providers of these accounts: 2 google, 1 weibo. Users can log in by \
                    them as soon as a table `[[providers]]` has that name.\n";
        assert!(said.contains(told), "{said}");
    }
    assert_eq!(count(&home, "provider_accounts"), 4, "a provider may be named later");
    let all_named = import_text(&self::home(), in_one_line(&[person(1, "ann")]), &[]).done();
    assert!(!all_named.contains("do not name"), "{all_named}");
}

fn import_with_old_secret(home: &Home, text: &str) -> Finished {
    std::fs::write(home.path("users"), text).expect("it can be written");
    let mut command = home.command(&["users", "import", "users", "--dry-run"]);
    Finished::of(command.env("COUNTERSIGN__MOVING__SIMPLEJWT__SECRETS", "the-key-of-the-old-site-of-this-test-7w"))
}

#[test]
fn refresh_tokens_that_would_work_again_are_a_warning() {
    let home = home();
    let warning = "warning: the file names no revoked refresh token";
    let without = in_one_line(&[person(1, "ann")]);
    let finished = import_with_old_secret(&home, &without);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(finished.stderr.contains(warning) && finished.stderr.contains("dump `token_blacklist`"), "{finished:?}");
    assert!(import_with_old_secret(&home, &user(1, "ann").to_string()).stderr.contains(warning));

    let mut records = vec![person(1, "ann")];
    records.extend(revoked());
    let mut exported = user(1, "ann");
    exported["link_secret"] = json!("0".repeat(32));
    for complete in [in_one_line(&records), exported.to_string()] {
        let finished = import_with_old_secret(&home, &complete);
        assert!(finished.code == Some(0) && !finished.stderr.contains("warning"), "{finished:?}");
    }
    assert!(!import_text(&home, &without, &[]).stderr.contains("warning"), "no old token is accepted");
}

#[test]
fn a_file_without_users_is_refused_with_what_to_do() {
    let home = home();
    for text in ["", "\n\r\n", "\u{feff}"] {
        for options in [&["--skip-bad"][..], &["--dry-run"]] {
            let complaint = import_text(&home, text, options).complaint(1);
            assert!(complaint.starts_with("the file has no users; give a file that `dumpdata`"), "{complaint}");
        }
    }
    let complaint = import_text(&home, "[]", &[]).complaint(1);
    assert!(complaint.starts_with("the dump has no record of `auth.user`; it has none at all"), "{complaint}");
    let complaint = import_text(&home, in_one_line(&[token("ab", json!(1))]), &[]).complaint(1);
    assert!(complaint.starts_with("the dump has no record of `auth.user`; it has authtoken.token;"), "{complaint}");
    let none = import_text(&home, "{}\n", &["--skip-bad"]);
    assert_eq!(none.code, Some(1), "{none:?}");
    assert!(
        none.stderr.ends_with("error: 1 of 1 entries cannot be imported; nothing was imported. Correct the file\n")
    );
    assert_eq!(count(&home, "imports"), 0, "the same file can be imported where the settings were the fault");
}

#[test]
fn revoked_tokens_may_come_alone() {
    let home = home();
    let token = json!({ "revoked_token": { "jti": "0123456789abcdef", "expires_at": "2030-01-01T00:00:00Z" } });
    import(&home, &[token], &[]).done();
    assert_eq!(count(&home, "moved_tokens"), 1);
}

#[test]
fn a_file_that_is_no_json_is_refused_once() {
    let home = home();
    for (text, told) in [
        (&b"\x1f\x8b\x08\0\0\n\n"[..], "the file is compressed by gzip; unpack it first; "),
        (b"\xff\xfe{\0}\0\n\0", "the file is UTF-16; write it as UTF-8; "),
        (b"<?xml version=\"1.0\"?>\n<django-objects/>\n", "the file is XML; dump the users with --format json; "),
        (b"- model: auth.user\n  pk: 1\n", "the file is YAML; dump the users with --format json; "),
    ] {
        let complaint = import_text(&home, text, &[]).complaint(1);
        assert!(complaint.starts_with(told), "{complaint}");
    }
}

#[test]
fn each_fault_in_a_dump_of_one_line_names_its_record() {
    let records = [
        person(1, "ann"),
        changed(person(2, "bob"), json!({ "is_active": "yes" })),
        person(3, "ANN"),
        address(9, 1, json!(7)),
        token("ef", json!(99)),
    ];
    let mut texts: Vec<_> = records.iter().map(Value::to_string).collect();
    texts.push(r#"{"model": "auth.user", "model": "auth.user", "pk": 4, "fields": {"username": "dan"}}"#.to_owned());
    texts.push("{\"model\": 7}".to_owned());
    let text = format!("[{}]", texts.join(", "));
    let finished = import_text(&home(), &text, &[]);
    for told in [
        "line 1: user 4 \"dan\": there are two members `model`",
        &format!("line 1: the record at byte {}: ", text.find("{\"model\": 7").expect("it is there") + 1),
        "line 1: authtoken.token of user 99: the dump has no user, or none that can be read, to whom the record belongs",
        "line 1: user 1 \"ann\": account.emailaddress 9 in line 1: `email` is no text",
        "line 1: user 2 \"bob\": `is_active` is neither true nor false",
    ] {
        assert!(finished.stderr.contains(told), "{told}: {}", finished.stderr);
    }
    assert!(!finished.stderr.contains("efef"), "a token is a secret");

    let twice = import_text(&home(), in_one_line(&[person(1, "ann"), person(3, "ANN")]), &[]);
    let told = "line 1: user 3 \"ANN\": user 1 \"ann\" in line 1 has the same `username`, but for letter case";
    assert!(twice.stderr.starts_with(told), "{twice:?}");
}

#[test]
fn a_hash_that_cannot_be_verified_is_told_with_the_option_that_helps() {
    for hash in
        ["md5$salt$5f4dcc3b5aa765d61d8327deb882cf99", "sha1$$5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "UNUSABLE"]
    {
        let home = home();
        let records = in_one_line(&[changed(person(1, "ann"), json!({ "password": hash }))]);
        let finished = import_text(&home, &records, &[]);
        assert!(finished.stderr.starts_with("line 1: user 1 \"ann\": the password hash "), "{finished:?}");
        assert!(finished.stderr.contains("; --drop-bad-hashes imports the user"), "{finished:?}");
        let finished = import_text(&home, &records, &["--drop-bad-hashes"]);
        assert!(!finished.stderr.contains("--drop-bad-hashes"), "{finished:?}");
        assert_eq!(stored(&home, "SELECT password_hash AS line FROM users"), ["!"], "{finished:?}");
    }
}

#[test]
fn a_flag_that_is_null_is_false_as_in_django() {
    let home = home();
    let records = in_one_line(&[changed(person(1, "ann"), json!({ "is_active": null, "is_staff": null }))]);
    import_text(&home, records, &[]).done();
    let standing = "SELECT (disabled_at IS NULL) || (staff_at IS NULL) AS line FROM users";
    assert_eq!(stored(&home, standing), ["01"]);
}

#[test]
fn a_date_alone_is_its_midnight_in_utc() {
    for (date, seconds) in [("2020-02-29", "1582934400"), ("2020-02-29T00:00:00+02:00", "1582927200")] {
        let home = home();
        let records = in_one_line(&[changed(person(1, "ann"), json!({ "date_joined": date }))]);
        import_text(&home, records, &[]).done();
        assert_eq!(stored(&home, "SELECT CAST(created_at AS TEXT) AS line FROM users"), [seconds]);
    }
    for wrong in ["2020-02-30", "29.02.2020", "", "2020-02-29T25:00:00"] {
        let records = in_one_line(&[changed(person(1, "ann"), json!({ "date_joined": wrong }))]);
        let told = "line 1: user 1 \"ann\": `date_joined` is no date\n";
        assert!(import_text(&home(), records, &[]).stderr.starts_with(told), "{wrong}");
    }
}

#[test]
fn a_revoked_token_of_which_the_dump_has_two_is_a_fault() {
    let [outstanding, blacklisted] = revoked();
    let records = [person(1, "ann"), outstanding.clone(), outstanding, blacklisted];
    let finished = import_text(&home(), in_one_line(&records), &[]);
    let told =
        "line 1: token_blacklist.blacklistedtoken 1: the dump has more than one `token_blacklist.outstandingtoken`";
    assert!(finished.stderr.starts_with(told), "{finished:?}");
}

#[test]
fn lines_of_a_dump_are_recognized_behind_a_damaged_one() {
    let text = format!("{{\"model\": \"auth.user\", \n{}\n", person(1, "ann"));
    let home = home();
    let finished = import_text(&home, text, &["--skip-bad"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(count(&home, "users"), 1);
}

#[test]
fn a_user_beside_a_revoked_token_is_not_lost() {
    let line = r#"{"revoked_token": {"jti": "x", "expires_at": 5}, "username": "ann"}"#;
    let finished = import_text(&home(), line, &[]);
    assert!(finished.stderr.contains("a line with `revoked_token` has no other member"), "{finished:?}");
}
