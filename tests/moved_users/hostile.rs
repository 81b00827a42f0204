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
