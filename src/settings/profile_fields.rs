//! `[[profile_fields]]`: the fields that an operator declares. What they mean is in `profile_fields`.

use toml::Value;

use super::members::{Members, quoted};
use super::reader::Reader;
use crate::profile_fields::{
    Date, Declaration, Editable, FieldType, MAXIMUM_FIELDS, Pattern, ProfileField, ProfileFields, ProfileValue,
    Visibility,
};

const KEY: &str = "profile_fields";

/// The keys of fields of every type.
const COMMON_KEYS: &[&str] = &["name", "type", "required", "nullable", "default", "editable", "shown"];

/// Each type, and the keys of its fields alone.
const TYPES: &[(&str, &[&str])] = &[
    ("text", &["min_length", "max_length", "pattern"]),
    ("integer", &["min", "max"]),
    ("boolean", &[]),
    ("date", &["min", "max"]),
    ("choice", &["choices"]),
];

/// Words of other programs, and the key that has their meaning here.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("values", "choices"),
    ("options", "choices"),
    ("regex", "pattern"),
    ("min_value", "min"),
    ("max_value", "max"),
    ("null", "nullable"),
    ("kind", "type"),
    ("visibility", "shown"),
    ("visible", "shown"),
    ("optional", "required"),
    ("read_only", "editable"),
];

/// Reads the declared fields.
pub(super) fn read(reader: &mut Reader) -> ProfileFields {
    let tables = reader.tables(KEY, "[[profile_fields]] begins a field, with the lines name = \"…\" and type = \"…\"");
    if tables.len() > MAXIMUM_FIELDS {
        reader.refuse(KEY, format!("{} fields are declared; {MAXIMUM_FIELDS} are allowed", tables.len()));
        return ProfileFields::default();
    }
    let mut fields: Vec<ProfileField> = Vec::with_capacity(tables.len());
    let mut names: Vec<String> = Vec::new();
    for (position, table) in tables.iter().enumerate() {
        let mut members = Members::of(reader, KEY, (position, table), &[]);
        if let Some(name) = table.get("name").and_then(Value::as_str) {
            if names.iter().any(|earlier| earlier.eq_ignore_ascii_case(name)) {
                members.refuse("name", "two fields have this name; letters are compared in any case");
            }
            names.push(name.to_owned());
        }
        fields.extend(Declared { members }.read());
    }
    ProfileFields::new(fields).unwrap_or_default()
}

/// One table.
struct Declared<'a> {
    members: Members<'a>,
}

impl Declared<'_> {
    fn read(mut self) -> Option<ProfileField> {
        let words = TYPES.iter().map(|(name, _)| (*name, *name)).collect::<Vec<_>>();
        let type_name = self.members.word("type", &words);
        if self.members.get("type").is_none() {
            self.members.refuse("type", format!("allowed are {}", quoted(TYPES.iter().map(|(name, _)| *name))));
        }
        let name = self.members.get("name").and_then(Value::as_str);
        if name.is_none() {
            self.members.refuse("name", "a text in quotation marks is needed, as in \"date_of_birth\"");
        }
        self.members.refuse_other_keys((COMMON_KEYS, TYPES), type_name, "field of type", OTHER_NAMES);
        let field_type = type_name.and_then(|name| self.field_type(name));
        let required = self.members.flag("required").unwrap_or(false);
        let nullable = self.members.flag("nullable");
        let default = self.default();
        let editable = self.members.word(
            "editable",
            &[
                ("always", Editable::Always),
                ("at-registration", Editable::AtRegistration),
                ("after-registration", Editable::AfterRegistration),
                ("never", Editable::Never),
            ],
        );
        let shown = [("owner", Visibility::Owner), ("logged-in", Visibility::LoggedIn)];
        let visibility = self.members.word("shown", &shown);
        let is_faulty = self.members.is_faulty();
        let declaration = Declaration {
            name: name.unwrap_or_default().to_owned(),
            // Of a type that is at fault, the name and the rest are judged all the same.
            field_type: field_type.unwrap_or(FieldType::TEXT),
            required,
            nullable,
            default: default.filter(|_| !is_faulty),
            editable: editable.unwrap_or_default(),
            visibility: visibility.unwrap_or_default(),
        };
        match declaration.check() {
            Ok(field) => Some(field).filter(|_| !is_faulty),
            Err(faults) => {
                for fault in faults {
                    // A name that is no text was told.
                    if fault.key != "name" || name.is_some() {
                        self.members.refuse(fault.key, fault.requirement);
                    }
                }
                None
            }
        }
    }

    fn field_type(&mut self, name: &str) -> Option<FieldType> {
        Some(match name {
            "text" => {
                let FieldType::Text { min_length, max_length, .. } = FieldType::TEXT else { unreachable!("it is") };
                FieldType::Text {
                    min_length: self.length("min_length").unwrap_or(min_length),
                    max_length: self.length("max_length").unwrap_or(max_length),
                    pattern: self.members.member("pattern", |value| match value.as_str() {
                        Some(text) => Pattern::parse(text),
                        None => Err("a text in quotation marks is allowed".to_owned()),
                    }),
                }
            }
            "integer" => {
                let parse = |value: &Value| value.as_integer().ok_or_else(|| "a whole number is allowed".to_owned());
                let largest = FieldType::LARGEST_INTEGER;
                let (min, max) = (self.members.member("min", parse), self.members.member("max", parse));
                FieldType::Integer { min: min.unwrap_or(-largest), max: max.unwrap_or(largest) }
            }
            "boolean" => FieldType::Boolean,
            "date" => {
                let parse = |value: &Value| {
                    let date = text_of(value).and_then(|text| Date::parse(&text));
                    date.ok_or_else(|| "a day is allowed, as in 1990-12-31".to_owned())
                };
                let (min, max) = (self.members.member("min", parse), self.members.member("max", parse));
                FieldType::Date { min: min.unwrap_or(Date::MIN), max: max.unwrap_or(Date::MAX) }
            }
            _ => FieldType::Choice(self.choices()?),
        })
    }

    fn choices(&mut self) -> Option<Vec<String>> {
        const ALLOWED: &str = "a list of texts is allowed, as in [\"one\", \"two\"]";
        if self.members.get("choices").is_none() {
            self.members.refuse("choices", ALLOWED);
        }
        self.members.member("choices", |value| {
            let items = value.as_array().ok_or_else(|| ALLOWED.to_owned())?;
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| ALLOWED.to_owned()));
            texts.collect()
        })
    }

    fn length(&mut self, key: &'static str) -> Option<usize> {
        self.members.member(key, |value| {
            let length = value.as_integer().and_then(|number| usize::try_from(number).ok());
            length.ok_or_else(|| format!("allowed are whole numbers up to {}", FieldType::LONGEST_TEXT))
        })
    }

    fn default(&mut self) -> Option<ProfileValue> {
        self.members.member("default", |value| match value {
            Value::Integer(number) => Ok((*number).into()),
            Value::Boolean(truth) => Ok((*truth).into()),
            value => text_of(value)
                .map(ProfileValue::from)
                .ok_or_else(|| "a text, a whole number, true, false or a day is allowed".to_owned()),
        })
    }
}

/// Returns a text, or a day that TOML writes without quotation marks.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Datetime(instant) => Some(instant.to_string()),
        _ => None,
    }
}
