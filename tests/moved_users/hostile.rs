//! Files that no honest program writes: each is refused in one line for each entry, and hides no other entry.

use super::{count, home, import_text, user};

#[test]
fn entries_that_are_no_json_are_told_and_hide_no_other() {
    let good = user(1, "ann").to_string();
    let deep =
        format!("{{\"username\": \"bob\", \"fields\": {{\"bio\": {}{}}}}}", "[".repeat(200_000), "]".repeat(200_000));
    let long = format!("{{\"username\": \"{}\"}}", "x".repeat(10 << 20));
    let twice = r#"{"username": "bob", "username": "eve"}"#;
    let nested = r#"{"username": "bob", "fields": {"bio": "a", "bio": "b"}}"#;
    let nul = r#"{"username": "bob\u0000"}"#;
    for (text, told) in [
        (b"{\"username\": \"\xff\"}".to_vec(), "it is not UTF-8"),
        (b"{\"username\": \"bob\"".to_vec(), "it is not JSON: EOF while parsing an object"),
        (b"{\"username\": \"bob\"} {}".to_vec(), "it is not JSON: trailing characters"),
        (b"7".to_vec(), "a value is of the wrong type at column 1"),
        (b"\"text\"".to_vec(), "a value is of the wrong type"),
        (b"{\"id\": 1e400}".to_vec(), "it is not JSON: number out of range"),
        (b"{\"created_at\": 99999999999999999999}".to_vec(), "wrong type"),
        (b"{\"username\": \"bob\", \"sessions\": {}}".to_vec(), "a value is of the wrong type"),
        (deep.into_bytes(), "the value of the profile field `bio` does not fit: it cannot be read"),
        (long.into_bytes(), "the line is longer than 4 MiB"),
        (twice.into(), "there are two members `username`"),
        (nested.into(), "there are two members `bio`"),
        (nul.into(), "users cannot log in by `username`"),
    ] {
        let home = home();
        let file = [b"\xef\xbb\xbf", good.as_bytes(), b"\r\n\r\n  \n", &text, b"\n"].concat();
        let finished = import_text(&home, &file, &[]);
        let line = finished.stderr.lines().next().unwrap_or_default();
        assert!(line.starts_with("line 4: ") && line.contains(told), "{told}: {line}");
        assert!(finished.stderr.contains("error: 1 of 2 entries cannot be imported"), "{told}: {finished:?}");
        assert_eq!(count(&home, "users"), 0);
        assert_eq!(import_text(&home, &file, &["--skip-bad"]).code, Some(0));
        assert_eq!(count(&home, "users"), 1, "{told}");
    }
}

#[test]
fn what_a_file_says_cannot_steer_the_terminal() {
    let home = home();
    let finished = import_text(&home, "{\"\\u001b[2J\\u202e\": 1}\n", &[]);
    assert!(finished.stderr.starts_with("line 1: there is no member `\\u{1b}[2J\\u{202e}`\n"), "{finished:?}");

    let forged = r#"{"id": 1, "username": "a\nerror: b", "x\nerror: y": 1}"#;
    let finished = import_text(&home, forged, &[]);
    let told = "line 1: user 1 \"a\\nerror: b\": there is no member `x\\nerror: y`\nerror: 1 of 1 ";
    assert!(finished.stderr.starts_with(told), "{finished:?}");
    let complaint = import_text(&home, r#"[{"model": "x\nerror: y", "pk": 1, "fields": {}}]"#, &[]).complaint(1);
    assert!(complaint.starts_with("the dump has no record of `auth.user`; it has x\\nerror: y; "), "{complaint}");
}

#[test]
fn an_array_that_is_cut_off_or_no_array_of_objects_is_refused_as_a_whole() {
    for text in ["[", "[{\"model\": \"auth.user\"", "[1, 2]", "[{}, {}] {}", "[{}{}]"] {
        let home = home();
        let complaint = import_text(&home, text, &[]).complaint(1);
        assert!(complaint.starts_with("line 1: "), "{text}: {complaint}");
        assert!(complaint.ends_with("nothing was imported; export or dump the users again"), "{text}: {complaint}");
    }
}

#[test]
fn a_list_does_not_stand_for_an_object() {
    let token = "ab".repeat(20);
    for line in [
        r#"[null, 7, "bob", "bob@mail.example"]"#.to_owned(),
        format!(r#"{{"username": "bob", "verified_at": true, "sessions": [["{token}"]]}}"#),
        r#"{"username": "bob", "provider_accounts": [["google", "5"]]}"#.to_owned(),
        r#"{"username": "bob", "moved_emails": [["5", "bob@mail.example"]]}"#.to_owned(),
        r#"{"revoked_token": ["0123", null, 5]}"#.to_owned(),
        r#"{"username": "bob", "sessions": [null]}"#.to_owned(),
    ] {
        let finished = import_text(&home(), format!("{}\n{line}\n", user(1, "ann")), &[]);
        let told = finished.stderr.lines().next().unwrap_or_default();
        assert!(told.starts_with("line 2: ") && told.ends_with("expected an object"), "{line}: {finished:?}");
    }
}

#[test]
fn every_member_may_be_null() {
    let home = home();
    let members =
        "revoked_token id email owns_email created_at verified_at disabled_at staff_at last_login_at first_name
                   last_name password_hash fields fields_updated_at provider_accounts sessions link_secret pending_email
                   pending_email_secret used_email_secret used_reset_secret used_reset_at moved_at moved_link_secret
                   moved_emails";
    let nulls: String = members.split_whitespace().map(|member| format!(", \"{member}\": null")).collect();
    import_text(&home, format!("{{\"username\": \"ann\"{nulls}}}"), &[]).done();
    assert_eq!(count(&home, "users"), 1);
}

#[test]
fn milliseconds_are_no_instants() {
    for member in [
        r#""created_at": 1577836800000"#,
        r#""verified_at": 1577836800000"#,
        r#""verified_at": true, "sessions": [{"digest": "DIGEST", "expires_at": 1577836800000}]"#,
        r#""provider_accounts": [{"provider": "google", "subject": "5", "last_login_at": 1577836800000}]"#,
    ] {
        let member = member.replace("DIGEST", &"ab".repeat(32));
        let finished = import_text(&home(), format!("{{\"id\": 1, {member}, \"username\": \"ann\"}}"), &[]);
        let told = "line 1: user 1 \"ann\": an instant comes after the year 9999; numbers are seconds";
        assert!(finished.stderr.starts_with(told), "{member}: {finished:?}");
    }
}

#[test]
fn what_is_found_by_its_name_is_not_empty() {
    for (member, told) in [
        (r#""provider_accounts": [{"provider": "", "subject": "5"}]"#, "`provider_accounts[].provider` is empty"),
        (r#""provider_accounts": [{"provider": "x", "subject": "5", "id": ""}]"#, "`provider_accounts[].id` is empty"),
        (r#""moved_emails": [{"id": "", "email": "ann@mail.example"}]"#, "`moved_emails[].id` is empty"),
        (r#""sessions": [{"digest": "DIGEST", "id": ""}]"#, "`sessions[].id` is empty"),
    ] {
        let member = member.replace("DIGEST", &"ab".repeat(32));
        let finished = import_text(&home(), format!("{{\"username\": \"ann\", {member}}}"), &[]);
        assert!(finished.stderr.starts_with(&format!("line 1: user \"ann\": {told}")), "{finished:?}");
    }
}
