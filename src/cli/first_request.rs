//! The request that `countersign serve` shows in development: a registration that the site takes as it is set up.

use serde_json::{Value, json};

use crate::profile_fields::{Date, FieldType, ProfileField};
use crate::settings::{Settings, UsernamePolicy};

const PASSWORD: &str = "Kettle-Harbor-42";

/// Returns a command that registers a user at the first contract that takes registrations. `urls` are those of all
/// contracts that are on.
pub(super) fn how_to_register(settings: &Settings, urls: &[String]) -> Option<String> {
    if !settings.registration.enabled {
        return None;
    }
    let (name, base_path) = settings.contracts.enabled().find(|(name, _)| *name != "profiles")?;
    let url = urls.iter().find(|url| url.ends_with(base_path))?;
    let (path, body) = registration(settings, name);
    // An apostrophe ends a quoted word of the shell.
    let body = shown(&body).replace('\'', r"'\''");
    Some(format!("\nRegister somebody:\n  curl {url}{path} -H 'Content-Type: application/json' \\\n    -d '{body}'"))
}

/// Returns the path of a registration at this contract, and its body.
fn registration(settings: &Settings, contract: &str) -> (&'static str, Vec<(String, Value)>) {
    let contracts = &settings.contracts;
    let (path, password, repeated, takes_declared) = match contract {
        "accounts" => {
            let repeated = contracts.accounts.register_password_confirm.then_some("password_confirm");
            ("register/", "password", repeated, true)
        }
        "djoser" => {
            let djoser = &contracts.djoser;
            ("users/", "password", djoser.user_create_password_retype.then_some("re_password"), djoser.profile_fields)
        }
        "tutorial" => ("register/", "password", Some("password2"), true),
        _ => ("registration/", "password1", Some("password2"), true),
    };
    let mut body: Vec<(String, Value)> = Vec::new();
    if settings.users.username == UsernamePolicy::Required {
        body.push(("username".into(), json!("ann")));
    }
    body.push(("email".into(), json!("ann@example.org")));
    body.push((password.into(), json!(PASSWORD)));
    if let Some(repeated) = repeated {
        body.push((repeated.into(), json!(PASSWORD)));
    }
    let is_needed = |field: &&ProfileField| field.is_required() && takes_declared;
    body.extend(settings.profile_fields.iter().filter(is_needed).map(|field| (field.name().to_owned(), sample(field))));
    (path, body)
}

/// Returns a value that fits the field. A text may break the field's pattern: the answer then tells the pattern's field.
fn sample(field: &ProfileField) -> Value {
    match field.field_type() {
        FieldType::Text { min_length, max_length, .. } => {
            let length = "example".len().min(*max_length).max(*min_length);
            Value::String("example".chars().cycle().take(length).collect())
        }
        FieldType::Integer { min, max } => json!(1.clamp(*min, *max)),
        FieldType::Boolean => json!(true),
        FieldType::Date { min, max } => {
            let day = Date::parse("2000-01-01").unwrap_or(Date::MIN);
            Value::String(day.clamp(*min, *max).to_string())
        }
        FieldType::Choice(choices) => json!(choices.first()),
    }
}

/// Writes an object in one line, its members in this order and with blanks between them.
fn shown(body: &[(String, Value)]) -> String {
    let members: Vec<_> = body.iter().map(|(name, value)| format!("{}: {value}", json!(name))).collect();
    format!("{{{}}}", members.join(", "))
}
