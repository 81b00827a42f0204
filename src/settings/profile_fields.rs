//! `[[profile_fields]]`: the fields that an operator declares. What they mean is in `profile_fields`.

use toml::{Table, Value};

use super::reader::Reader;
use super::suggestion::nearest;
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
        let name = table.get("name").and_then(Value::as_str);
        let key = match name {
            Some(name) => format!("{KEY}.{name}"),
            None => format!("{KEY}[{}]", position + 1),
        };
        let mut declared = Declared { reader, table, key, is_faulty: false };
        if let Some(name) = name {
            if names.iter().any(|earlier| earlier.eq_ignore_ascii_case(name)) {
                declared.refuse("name", "two fields have this name; letters are compared in any case");
            }
            names.push(name.to_owned());
        }
        fields.extend(declared.read());
    }
    ProfileFields::new(fields).unwrap_or_default()
}

/// One table, and the place of its faults.
struct Declared<'a> {
    reader: &'a mut Reader,
    table: &'a Table,
    key: String,
    is_faulty: bool,
}

impl Declared<'_> {
    fn read(mut self) -> Option<ProfileField> {
        let type_name = self.word("type", &TYPES.iter().map(|(name, _)| (*name, *name)).collect::<Vec<_>>());
        if self.table.get("type").is_none() {
            self.refuse("type", format!("allowed are {}", quoted(TYPES.iter().map(|(name, _)| *name))));
        }
        if self.table.get("name").and_then(Value::as_str).is_none() {
            self.refuse("name", "a text in quotation marks is needed, as in \"date_of_birth\"");
        }
        self.refuse_other_keys(type_name);
        let field_type = type_name.and_then(|name| self.field_type(name));
        let required = self.flag("required").unwrap_or(false);
        let nullable = self.flag("nullable");
        let default = self.default();
        let editable = self.word(
            "editable",
            &[
                ("always", Editable::Always),
                ("at-registration", Editable::AtRegistration),
                ("after-registration", Editable::AfterRegistration),
                ("never", Editable::Never),
            ],
        );
        let visibility = self.word("shown", &[("owner", Visibility::Owner), ("logged-in", Visibility::LoggedIn)]);
        let declaration = Declaration {
            name: self.table.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            // Of a type that is at fault, the name and the rest are judged all the same.
            field_type: field_type.unwrap_or(FieldType::TEXT),
            required,
            nullable,
            default: default.filter(|_| !self.is_faulty),
            editable: editable.unwrap_or_default(),
            visibility: visibility.unwrap_or_default(),
        };
        match declaration.check() {
            Ok(field) => Some(field).filter(|_| !self.is_faulty),
            Err(faults) => {
                for fault in faults {
                    // A name that is no text was told.
                    if fault.key != "name" || self.table.get("name").is_some_and(Value::is_str) {
                        self.refuse(fault.key, fault.requirement);
                    }
                }
                None
            }
        }
    }

    /// Refuses keys that do not exist, or not for fields of this type.
    fn refuse_other_keys(&mut self, type_name: Option<&str>) {
        let own = TYPES.iter().find(|(name, _)| Some(*name) == type_name).map_or(&[][..], |(_, keys)| keys);
        let mut all: Vec<&str> = COMMON_KEYS.to_vec();
        all.extend(TYPES.iter().flat_map(|(_, keys)| *keys));
        for key in self.table.keys() {
            if COMMON_KEYS.contains(&key.as_str()) || own.contains(&key.as_str()) {
                continue;
            }
            if all.contains(&key.as_str()) {
                // Of an unknown type, the type is told.
                if let Some(type_name) = type_name {
                    let owners = TYPES.iter().filter(|(_, keys)| keys.contains(&key.as_str())).map(|(name, _)| *name);
                    let owners = quoted(owners);
                    self.refuse(
                        key,
                        format!("a field of type {type_name:?} has no such key, one of type {owners} has"),
                    );
                }
                continue;
            }
            self.is_faulty = true;
            let other_name = OTHER_NAMES.iter().find(|(other, _)| other == key).map(|(_, known)| *known);
            let suggestion = other_name.or_else(|| nearest(key, &all));
            self.reader.refuse_unknown_member(KEY, &format!("{}.{key}", self.key), suggestion);
        }
    }

    fn field_type(&mut self, name: &str) -> Option<FieldType> {
        Some(match name {
            "text" => {
                let FieldType::Text { min_length, max_length, .. } = FieldType::TEXT else { unreachable!("it is") };
                FieldType::Text {
                    min_length: self.length("min_length").unwrap_or(min_length),
                    max_length: self.length("max_length").unwrap_or(max_length),
                    pattern: self.member("pattern", |value| match value.as_str() {
                        Some(text) => Pattern::parse(text),
                        None => Err("a text in quotation marks is allowed".to_owned()),
                    }),
                }
            }
            "integer" => {
                let parse = |value: &Value| value.as_integer().ok_or_else(|| "a whole number is allowed".to_owned());
                let largest = FieldType::LARGEST_INTEGER;
                let (min, max) = (self.member("min", parse), self.member("max", parse));
                FieldType::Integer { min: min.unwrap_or(-largest), max: max.unwrap_or(largest) }
            }
            "boolean" => FieldType::Boolean,
            "date" => {
                let parse = |value: &Value| {
                    let date = text_of(value).and_then(|text| Date::parse(&text));
                    date.ok_or_else(|| "a day is allowed, as in 1990-12-31".to_owned())
                };
                let (min, max) = (self.member("min", parse), self.member("max", parse));
                FieldType::Date { min: min.unwrap_or(Date::MIN), max: max.unwrap_or(Date::MAX) }
            }
            _ => FieldType::Choice(self.choices()?),
        })
    }

    fn choices(&mut self) -> Option<Vec<String>> {
        const ALLOWED: &str = "a list of texts is allowed, as in [\"one\", \"two\"]";
        if self.table.get("choices").is_none() {
            self.refuse("choices", ALLOWED);
        }
        self.member("choices", |value| {
            let items = value.as_array().ok_or_else(|| ALLOWED.to_owned())?;
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| ALLOWED.to_owned()));
            texts.collect()
        })
    }

    fn length(&mut self, key: &'static str) -> Option<usize> {
        self.member(key, |value| {
            let length = value.as_integer().and_then(|number| usize::try_from(number).ok());
            length.ok_or_else(|| format!("allowed are whole numbers up to {}", FieldType::LONGEST_TEXT))
        })
    }

    fn default(&mut self) -> Option<ProfileValue> {
        self.member("default", |value| match value {
            Value::Integer(number) => Ok((*number).into()),
            Value::Boolean(truth) => Ok((*truth).into()),
            value => text_of(value)
                .map(ProfileValue::from)
                .ok_or_else(|| "a text, a whole number, true, false or a day is allowed".to_owned()),
        })
    }

    fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.member(key, |value| value.as_bool().ok_or_else(|| "allowed are true and false".to_owned()))
    }

    fn word<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        self.member(key, |value| {
            let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
            found
                .map(|(_, meaning)| *meaning)
                .ok_or_else(|| format!("allowed are {}", quoted(words.iter().map(|(word, _)| *word))))
        })
    }

    /// Reads a member of the table, if it has it.
    fn member<T>(&mut self, key: &str, parse: impl Fn(&Value) -> Result<T, String>) -> Option<T> {
        match parse(self.table.get(key)?) {
            Ok(value) => Some(value),
            Err(requirement) => {
                self.refuse(key, requirement);
                None
            }
        }
    }

    fn refuse(&mut self, key: &str, requirement: impl Into<String>) {
        self.is_faulty = true;
        self.reader.refuse_member(KEY, &format!("{}.{key}", self.key), self.table.get(key), requirement);
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

fn quoted(words: impl Iterator<Item = &'static str>) -> String {
    words.map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}
