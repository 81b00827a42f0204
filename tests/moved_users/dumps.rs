//! Dumps of Django sites: `dumpdata` of users, tokens, allauth's addresses and accounts, and revoked refresh tokens.

use std::fs;

use serde_json::{Value, json};

use super::{HASH, SETTINGS, count, home, import_text, stored};
use crate::database_copy::sample::migrate;
use crate::process::Home;

/// A user as `dumpdata` writes one.
pub(super) fn person(pk: u64, name: &str) -> Value {
    json!({ "model": "auth.user", "pk": pk, "fields": {
        "password": HASH, "last_login": "2024-05-06T07:08:09.876Z", "is_superuser": false, "username": name,
        "first_name": "Zoë", "last_name": "", "email": format!("{name}@mail.example"), "is_staff": false,
        "is_active": true, "date_joined": "2020-02-29T12:00:00.123Z", "groups": [], "user_permissions": [] } })
}

pub(super) fn changed(mut record: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().expect("an object") {
        record["fields"][name] = value.clone();
    }
    record
}

fn array(records: &[Value]) -> String {
    serde_json::to_string_pretty(records).expect("it is JSON")
}

#[track_caller]
fn imported(home: &Home, records: &[Value], options: &[&str]) -> String {
    import_text(home, array(records), options).done()
}

/// Who is verified and who is disabled: `name: verified disabled`, with `-` for neither.
fn standings(home: &Home) -> Vec<String> {
    let standing = "SELECT username || ':' || CASE WHEN verified_at IS NULL THEN '' ELSE ' verified' END
                    || CASE WHEN disabled_at IS NULL THEN '' ELSE ' disabled' END AS line FROM users ORDER BY username";
    stored(home, standing)
}

#[test]
fn a_user_has_the_values_of_the_dump_in_an_array_and_in_lines() {
    let records = [
        json!({ "model": "contenttypes.contenttype", "pk": 1, "fields": { "app_label": "auth", "model": "user" } }),
        changed(person(7, "ann"), json!({ "is_staff": true })),
    ];
    let lines: String = records[1..].iter().map(|record| format!("{record}\n")).collect();
    for text in [array(&records), lines] {
        let home = home();
        let said = import_text(&home, &text, &[]).done();
        assert!(said.contains("The file is imported: 1 users"), "{said}");
        let values =
            "SELECT id || ' ' || username || ' ' || email || ' ' || owned_email_key || ' ' || first_name || ' '
                      || created_at || ' ' || verified_at || ' ' || last_login_at || ' ' || (staff_at > created_at)
                      || (disabled_at IS NULL) AS line FROM users";
        let expected = "7 ann ann@mail.example ann@mail.example Zoë 1582977600 1582977600 1714979289 11";
        assert_eq!(stored(&home, values), [expected]);
        assert_eq!(stored(&home, "SELECT password_hash AS line FROM users"), [HASH]);
    }
}

#[test]
fn what_belongs_to_a_user_is_found_wherever_it_is_in_the_dump() {
    let home = home();
    let token = |key: &str, user| {
        json!({ "model": "authtoken.token", "pk": key.repeat(20),
        "fields": { "user": user, "created": "2021-01-01T00:00:00Z" } })
    };
    let account = |pk, user, uid: &str| {
        json!({ "model": "socialaccount.socialaccount", "pk": pk, "fields": {
        "user": user, "provider": "google", "uid": uid, "last_login": "2022-01-01T00:00:00Z",
        "date_joined": "2021-01-01T00:00:00Z", "extra_data": { "email": "x" } } })
    };
    let address = |pk, user, email: &str| {
        json!({ "model": "account.emailaddress", "pk": pk, "fields": {
        "user": user, "email": email, "verified": true, "primary": true } })
    };
    let outstanding = |pk, jti: &str| {
        json!({ "model": "token_blacklist.outstandingtoken", "pk": pk, "fields": {
        "user": 1, "jti": jti, "token": "eyJ…", "created_at": null, "expires_at": "2030-01-01T00:00:00Z" } })
    };
    let records = [
        token("ab", 2),
        account(5, 1, "110169484474386276334"),
        address(9, 2, "bob@mail.example"),
        person(1, "ann"),
        address(8, 1, "ann@mail.example"),
        person(2, "bob"),
        outstanding(3, "0123456789abcdef0123456789abcdef"),
        outstanding(4, "not revoked"),
        json!({ "model": "token_blacklist.blacklistedtoken", "pk": 1,
                "fields": { "token": 3, "blacklisted_at": "2024-01-01T00:00:00Z" } }),
    ];
    fs::write(home.path("map.toml"), "[providers]\ngoogle = \"acme\"\n").expect("it can be written");
    let said = imported(&home, &records, &["--mapping", "map.toml"]);
    assert!(said.contains("2 users and 1 revoked tokens, 0 entries skipped"), "{said}");
    let session = "SELECT user_id || ' ' || kind || ' ' || created_at AS line FROM sessions
                   WHERE length(digest) = 64 AND expires_at > created_at";
    assert_eq!(stored(&home, session), ["2 token 1609459200"]);
    let accounts = "SELECT user_id || ' ' || provider || ' ' || subject AS line FROM provider_accounts";
    assert_eq!(stored(&home, accounts), ["1 acme 110169484474386276334"]);
    let emails = "SELECT id || ' ' || user_id || ' ' || email AS line FROM moved_emails ORDER BY id";
    assert_eq!(stored(&home, emails), ["8 1 ann@mail.example", "9 2 bob@mail.example"]);
    // printf '%s' 0123456789abcdef0123456789abcdef | sha256sum
    assert_eq!(
        stored(&home, "SELECT digest || ' ' || expires_at AS line FROM moved_tokens"),
        ["3eb1bd439947eb762998e566ccc2e099c791118b2f40579cc4f7da2b5061b7f9 1893456000"]
    );
    assert_eq!(standings(&home), ["ann: verified", "bob: verified"]);
}

/// Users who are inactive: seen by a login, by a token, never and long ago, never and just now.
fn inactive() -> Vec<Value> {
    let never = |pk, name, joined: &str| {
        changed(person(pk, name), json!({ "is_active": false, "last_login": null, "date_joined": joined }))
    };
    // The clock of the program is the machine's; housekeeping would keep this one for ages.
    let just_now = "2999-01-01T00:00:00Z";
    vec![
        person(1, "active"),
        changed(person(2, "logged-in"), json!({ "is_active": false })),
        never(3, "with-token", "2020-01-01T00:00:00Z"),
        never(4, "old", "2020-01-01T00:00:00Z"),
        never(5, "young", just_now),
        json!({ "model": "authtoken.token", "pk": "cd".repeat(20),
                "fields": { "user": 3, "created": "2021-01-01T00:00:00Z" } }),
    ]
}

#[test]
fn an_inactive_user_is_judged_by_what_the_dump_shows() {
    for (kind, expected) in [
        (
            "judged",
            [
                "active: verified",
                "logged-in: verified disabled",
                "old: disabled",
                "with-token: verified disabled",
                "young:",
            ],
        ),
        ("unverified", ["active: verified", "logged-in:", "old:", "with-token:", "young:"]),
        (
            "disabled",
            [
                "active: verified",
                "logged-in: verified disabled",
                "old: disabled",
                "with-token: verified disabled",
                "young: disabled",
            ],
        ),
    ] {
        let home = home();
        let finished = import_text(&home, array(&inactive()), &["--inactive", kind]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(standings(&home), expected, "{kind}");
    }
}

#[test]
fn where_no_link_is_awaited_every_inactive_user_was_disabled() {
    for setting in ["login.require_verified = false", "registration.verification = false"] {
        let home = Home::new(&format!("{setting}\n{SETTINGS}"));
        migrate(&home, "source.sqlite3");
        let said = imported(&home, &inactive(), &[]);
        assert!(said.contains("0 users are not verified, and 4 are disabled."), "{said}");
        let expected = [
            "active: verified",
            "logged-in: verified disabled",
            "old: disabled",
            "with-token: verified disabled",
            "young: disabled",
        ];
        assert_eq!(standings(&home), expected, "{setting}");
    }
}

#[test]
fn without_an_end_of_waiting_old_inactive_users_were_disabled() {
    let home = Home::new(&format!("users.purge_unverified_after_seconds = 0\n{SETTINGS}"));
    migrate(&home, "source.sqlite3");
    let said = imported(&home, &inactive(), &[]);
    assert!(said.contains("1 users are not verified, and 3 are disabled."), "{said}");
    assert!(said.contains("Django does not tell users who have not followed the link"), "{said}");
    assert!(standings(&home).contains(&"old: disabled".to_owned()));
}

#[test]
fn users_who_are_not_verified_bring_no_sessions() {
    for (setting, sessions) in [("login.require_verified = true", 0), ("login.require_verified = false", 1)] {
        let home = Home::new(&format!("{setting}\n{SETTINGS}"));
        migrate(&home, "source.sqlite3");
        let finished = import_text(&home, array(&inactive()), &["--inactive", "unverified"]);
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(finished.stderr.contains("the sessions are left out"), sessions == 0, "{finished:?}");
        assert_eq!(count(&home, "sessions"), sessions, "{setting}");
    }
}

#[test]
fn the_addresses_of_allauth_say_who_is_verified() {
    let home = home();
    let address = |pk, user, email: &str, verified| {
        json!({ "model": "account.emailaddress", "pk": pk, "fields": {
        "user": user, "email": email, "verified": verified, "primary": true } })
    };
    let records = [
        person(1, "ann"),
        person(2, "bob"),
        person(3, "cleo"),
        changed(person(4, "dan"), json!({ "email": "" })),
        changed(person(5, "eve"), json!({ "is_active": false, "last_login": null })),
        changed(person(6, "fay"), json!({ "email": "" })),
        address(1, 1, "ANN@mail.example", true),
        address(2, 2, "bob@mail.example", false),
        address(3, 3, "another@mail.example", true),
        address(4, 4, "dan@mail.example", true),
    ];
    imported(&home, &records, &[]);
    assert_eq!(standings(&home), ["ann: verified", "bob:", "cleo:", "dan: verified", "eve: disabled", "fay: verified"]);
    assert_eq!(stored(&home, "SELECT email AS line FROM users WHERE username = 'dan'"), ["dan@mail.example"]);
}

#[test]
fn a_model_of_its_own_is_mapped() {
    let home = home();
    let mapping = "[user]\nusername = \"handle\"\nemail = \"mail\"\nverified = \"mail_confirmed\"\n\
                   [fields]\nbio = \"about\"\nborn = \"birthday\"\n";
    fs::write(home.path("map.toml"), mapping).expect("it can be written");
    let member = |pk: &str, handle: &str, confirmed: Value| {
        json!({ "model": "people.Member", "pk": pk, "fields": {
        "handle": handle, "mail": format!("{handle}@mail.example"), "mail_confirmed": confirmed, "password": HASH,
        "about": "hello", "birthday": null, "date_joined": "2020-01-01T00:00:00+02:00", "last_login": null } })
    };
    let id = "0190c3a4-7b1e-7c3d-9f00-0123456789ab";
    let records = [
        member(id, "ann", json!(true)),
        member("17", "bob", json!(false)),
        member("18", "cleo", json!("2021-01-01T00:00:00")),
    ];
    imported(&home, &records, &["--user-model", "people.member", "--mapping", "map.toml"]);
    assert_eq!(standings(&home), ["ann: verified", "bob:", "cleo: verified"]);
    let profile = format!("SELECT profile || ' ' || created_at AS line FROM users WHERE id = '{id}'");
    assert_eq!(stored(&home, &profile), [r#"{"bio":"hello"} 1577829600"#]);
}

#[test]
fn records_that_cannot_be_used_are_told_with_their_lines() {
    let home = home();
    let records = [
        person(1, "ann"),
        json!({ "model": "authtoken.token", "pk": "ab".repeat(20), "fields": { "user": 99, "created": null } }),
        json!({ "model": "authtoken.token", "pk": "cd".repeat(20), "fields": { "user": ["ann"], "created": null } }),
        json!({ "model": "auth.user", "fields": {} }),
        json!({ "model": "token_blacklist.blacklistedtoken", "pk": 1, "fields": { "token": 3 } }),
        changed(person(2, "bob"), json!({ "is_active": "yes", "date_joined": 7 })),
    ];
    let lines: String = records.iter().map(|record| format!("{record}\n")).collect();
    let finished = import_text(&home, &lines, &[]);
    let mut told: Vec<_> = finished.stderr.lines().collect();
    assert!(
        told.pop().is_some_and(|error| error.starts_with("error: 5 of 6 entries cannot be imported")),
        "{finished:?}"
    );
    told.sort_unstable();
    assert_eq!(
        told,
        [
            "line 2: authtoken.token of user 99: the dump has no user, or none that can be read, to whom the record belongs",
            "line 3: authtoken.token of user [\"ann\"]: `user` is no key of a record; dump without --natural-foreign",
            "line 4: the record has no `pk`; dump without --natural-primary",
            "line 5: token_blacklist.blacklistedtoken 1: the dump has no `token_blacklist.outstandingtoken` to which the record belongs",
            "line 6: user 2 \"bob\": `date_joined` is no text; `is_active` is neither true nor false",
        ]
    );
}

#[test]
fn a_dump_without_users_and_a_wrong_mapping_are_refused() {
    let home = home();
    let complaint = import_text(&home, array(&[person(1, "ann")]), &["--user-model", "people.member"]).complaint(1);
    let expected =
        "the dump has no record of `people.member`; it has auth.user; name the model of users with --user-model";
    assert_eq!(complaint, expected);
    fs::write(home.path("map.toml"), "[user]\nusrname = \"x\"\n").expect("it can be written");
    let complaint = import_text(&home, array(&[person(1, "ann")]), &["--mapping", "map.toml"]).complaint(2);
    assert!(complaint.starts_with("map.toml is no mapping: unknown field `usrname`"), "{complaint}");
    fs::write(home.path("map.toml"), "[user]\nemail = \"mail\"\n").expect("it can be written");
    let finished = import_text(&home, array(&[person(1, "ann")]), &["--mapping", "map.toml"]);
    assert!(
        finished.stderr.starts_with("line 2: user 1 \"ann\": the record has no member `mail`, which the mapping names"),
        "{finished:?}"
    );
}
