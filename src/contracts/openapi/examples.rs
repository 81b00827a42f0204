//! The values of examples, chosen by the names of fields.

use serde_json::{Value, json};

use crate::http::endpoint::{FieldDescription, FieldKind, Limit, Shape};

/// Returns a value that the field accepts.
pub(super) fn of_field(field: &FieldDescription) -> Value {
    if let Some(first) = field.choices.as_ref().and_then(|choices| choices.first()) {
        return first.value.clone().into();
    }
    match (field.kind, &field.min_value) {
        (FieldKind::Integer, _) if field.name == "timestamp" => json!(1_764_410_000),
        (FieldKind::Integer, Some(Limit::Number(least))) => json!((*least).max(1)),
        (FieldKind::Integer, _) => json!(1),
        (FieldKind::Boolean, _) => json!(false),
        (FieldKind::Date, Some(Limit::Text(least))) if least.as_str() > "2000-02-29" => json!(least),
        (FieldKind::Date, _) => json!("2000-02-29"),
        (FieldKind::Email, _) => json!("ann@example.org"),
        (FieldKind::String | FieldKind::Choice, _) => text(&field.name).into(),
    }
}

/// Returns an object with a value for each required field, and for the address. If nothing is required, it has the first
/// fields.
pub(super) fn of_fields(fields: &[FieldDescription]) -> Value {
    let taken = || fields.iter().filter(|field| !field.read_only);
    let mut shown: Vec<_> = taken().filter(|field| field.required || field.name == "email").collect();
    if !shown.iter().any(|field| field.required) {
        shown = taken().take(2).collect();
    }
    shown.into_iter().map(|field| (field.name.to_string(), of_field(field))).collect()
}

/// Returns a value of this shape. `name` is that of the member whose value it is.
pub(super) fn of_shape(shape: &Shape, name: &str) -> Value {
    match shape {
        Shape::Text | Shape::UserId => text(name).into(),
        Shape::Url => "https://accounts.example.org/authorize?client_id=countersign".into(),
        Shape::Moment => "2026-11-29T10:00:00Z".into(),
        Shape::Day => "2000-02-29".into(),
        Shape::Integer => 1.into(),
        Shape::Boolean => true.into(),
        Shape::Nullable(shape) | Shape::Named(_, shape) => of_shape(shape, name),
        Shape::List(shape) => vec![of_shape(shape, name)].into(),
        Shape::Object(members) => {
            let value = |example: &Option<Value>, shape, name| example.clone().unwrap_or_else(|| of_shape(shape, name));
            let members =
                members.iter().map(|member| (&*member.name, value(&member.example, &member.shape, &member.name)));
            members.map(|(name, value)| (name.to_owned(), value)).collect()
        }
        Shape::AnyObject => json!({}),
    }
}

fn text(name: &str) -> &'static str {
    match name {
        "id" | "pk" | "user_id" => "01a200c4-4340-7e7e-b5b2-0cb59e35992d",
        "username" | "login" | "new_username" | "re_new_username" | "user" => "ann",
        "email" | "new_email" | "re_new_email" => "ann@example.org",
        "first_name" => "Ann",
        "last_name" => "Example",
        "signature" => "5f0c8a3b9d7e64f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819",
        "uid" => "MDFhMjAwYzQtNDM0MC03ZTdlLWI1YjItMGNiNTllMzU5OTJk",
        "key" => "MDFhMjAwYzQ:1764410000:dGhlIE1BQyBvZiB0aGUgbGluaywgYXMgYmFzZTY0dXJs",
        "access" | "refresh" | "access_token" | "id_token" => {
            "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjoiMDFhMiJ9.c2lnbmF0dXJl"
        }
        "token" | "auth_token" => "9f2c4e6a8b0d1f3357799bbddff0024466880aaccee12345",
        "code" => "4/0AfJohXn",
        "state" => "v1.MTc2NDQxMDAwMA.c2lnbmF0dXJl",
        "redirect_uri" => "https://app.example/logged-in",
        name if name.contains("password") => "Kettle-Harbor-42",
        _ => "text",
    }
}
