//! Declared fields of every type.

use countersign::Settings;
use countersign::profile_fields::{Date, Declaration, FieldType, Pattern, ProfileFields};
use serde_json::{Value, json};

/// A field of every type.
pub fn of_every_type() -> Vec<Declaration> {
    let date = |text| Date::parse(text).expect("a day");
    let pattern = Pattern::parse("[^!]*").ok();
    vec![
        Declaration::new("bio", FieldType::Text { min_length: 2, max_length: 10, pattern }),
        Declaration::new("age", FieldType::Integer { min: 0, max: 150 }),
        Declaration { default: Some(false.into()), ..Declaration::new("newsletter", FieldType::Boolean) },
        Declaration::new("born_on", FieldType::Date { min: date("1900-01-01"), max: date("2030-12-31") }),
        Declaration::new("role", FieldType::Choice(vec!["student".to_owned(), "Lehrkraft für Öl".to_owned()])),
    ]
}

/// A value of each of them.
pub fn values_of_every_type() -> Value {
    json!({ "bio": "hello", "age": 31, "newsletter": true, "born_on": "1990-12-31", "role": "student" })
}

/// Sets the declared fields.
pub fn declare(settings: &mut Settings, declarations: Vec<Declaration>) {
    let fields = declarations.into_iter().map(|declaration| declaration.check().expect("a sound declaration"));
    settings.profile_fields = ProfileFields::new(fields.collect()).expect("sound fields");
}

/// Returns an object with further members.
pub fn with_members(mut body: Value, members: &Value) -> Value {
    let members = members.as_object().expect("an object").clone();
    body.as_object_mut().expect("an object").extend(members);
    body
}
