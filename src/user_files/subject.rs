//! Names an entry to an operator beside its line: a dump may have all its records in one line.
//!
//! Keys and usernames are named as the file has them, also those of entries that are damaged in other parts. The key of a
//! token is never named: it is a secret.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::models::{ACCOUNT, BLACKLISTED, EMAIL, OUTSTANDING, TOKEN};

/// The most characters of a key or a name that are shown.
const MOST_SHOWN: usize = 60;

/// Models of which the primary key may be shown.
const NAMED_BY_KEY: [&str; 4] = [EMAIL, ACCOUNT, OUTSTANDING, BLACKLISTED];

/// Returns what names a line.
pub(super) fn of_line(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let entry = members(&text)?;
    user(entry.get("id"), entry.get("username"))
}

/// Returns what names a record of a dump.
pub(super) fn of_record(text: &[u8], user_model: &str, username: &str) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let record = members(&text)?;
    let fields = record.get("fields").and_then(|fields| members(fields.get())).unwrap_or_default();
    let model = serde_json::from_str::<String>(record.get("model")?.get()).ok()?.to_ascii_lowercase();
    if model == user_model && model != TOKEN {
        return user(record.get("pk"), fields.get(username));
    }
    let mut subject = brief(&model);
    if let Some(key) = record.get("pk").filter(|_| NAMED_BY_KEY.contains(&&*model)).and_then(shown) {
        subject = format!("{subject} {key}");
    }
    if let Some(user) = fields.get("user").and_then(shown) {
        subject = format!("{subject} of user {user}");
    }
    Some(subject)
}

/// The members of an object, of which only those are parsed that are shown. Of members with one name, the last.
type Raw<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

fn members(text: &str) -> Option<Raw<'_>> {
    serde_json::from_str(text).ok()
}

/// Returns how the user with this key and name is named.
fn user(key: Option<&&RawValue>, name: Option<&&RawValue>) -> Option<String> {
    let name = name.and_then(|name| serde_json::from_str::<String>(name.get()).ok());
    let name = name.map(|name| format!("\"{}\"", brief(&name)));
    match (key.and_then(shown), name) {
        (Some(key), Some(name)) => Some(format!("user {key} {name}")),
        (Some(one), None) | (None, Some(one)) => Some(format!("user {one}")),
        (None, None) => None,
    }
}

/// Returns a key as it is written, a text without its quotation marks.
fn shown(key: &&RawValue) -> Option<String> {
    let written = key.get();
    let text = serde_json::from_str::<String>(written);
    Some(brief(text.as_deref().unwrap_or(written))).filter(|key| !key.is_empty() && key != "null")
}

fn brief(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_named_by_its_id_and_username() {
        for (text, subject) in [
            (r#"{"id": 42, "username": "Ann", "email": "ann@mail.example"}"#, Some("user 42 \"Ann\"")),
            (r#"{"id": "0190c3a4", "surname": 1}"#, Some("user 0190c3a4")),
            (r#"{"username": "ann", "id": null}"#, Some("user \"ann\"")),
            (r#"{"email": "ann@mail.example"}"#, None),
            (r#"{"id": 99999999999999999999999, "created_at": 1e999}"#, Some("user 99999999999999999999999")),
            (r#"{"id": ""}"#, None),
            (r#"["ann"]"#, None),
            (r#"{"id": 42"#, None),
        ] {
            assert_eq!(of_line(text.as_bytes()).as_deref(), subject, "{text}");
        }
        assert_eq!(of_line(b"{\"id\": 7, \"username\": \"\xff\"}").as_deref(), Some("user 7 \"\u{fffd}\""));
        let long = format!(r#"{{"username": "{}"}}"#, "x".repeat(1 << 20));
        assert_eq!(of_line(long.as_bytes()).map(|subject| subject.chars().count()), Some(68));
    }

    #[test]
    fn a_record_is_named_by_its_model_and_never_by_a_token() {
        for (text, subject) in [
            (r#"{"model": "People.Member", "pk": 5, "fields": {"handle": "ann"}}"#, "user 5 \"ann\""),
            (r#"{"model": "people.member", "pk": 5, "fields": 7}"#, "user 5"),
            (r#"{"model": "authtoken.token", "pk": "secret", "fields": {"user": 5}}"#, "authtoken.token of user 5"),
            (
                r#"{"model": "authtoken.token", "pk": "secret", "fields": {"user": ["ann"]}}"#,
                "authtoken.token of user [\"ann\"]",
            ),
            (r#"{"model": "account.emailaddress", "pk": 9, "fields": {}}"#, "account.emailaddress 9"),
            (r#"{"model": "sessions.session", "pk": "secret"}"#, "sessions.session"),
        ] {
            assert_eq!(of_record(text.as_bytes(), "people.member", "handle").as_deref(), Some(subject), "{text}");
        }
    }
}
