//! `application/json`: an object's members, each in its JSON spelling.
//!
//! One pass over the text checks the syntax of all of it and remembers where each member is; nothing is copied.
//! `fields` decides what a member means (a number as text, a text as a number).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::http::faults::{Fault, FieldFault};
use crate::http::members::{Members, Value};

/// The deepest nesting of lists and objects, the outermost included: serde_json's own limit for trees.
const MAX_DEPTH: usize = 128;

/// Reads the members of a JSON object, duplicates included.
///
/// # Errors
///
/// `JSON parse error - …` for broken syntax, invalid UTF-8, or too deep nesting; the contract's sentences for JSON that
/// is not an object.
pub(super) fn members(bytes: &[u8]) -> Result<Members<'_>, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|fault| {
        let offset = fault.valid_up_to();
        broken(&format_args!("invalid UTF-8 at byte {offset}"))
    })?;
    if text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') {
        let Object(members) = serde_json::from_str(text).map_err(|fault| broken(&fault))?;
        return Ok(members);
    }
    let value: &RawValue = serde_json::from_str(text).map_err(|fault| broken(&fault))?;
    Err(not_an_object(value.get()))
}

fn broken(what: &dyn fmt::Display) -> Fault {
    Fault::parse_error(format!("JSON parse error - {what}"))
}

/// Returns the fault for a value that is not an object, with the type's name in Python, the language of the contract's
/// reference.
fn not_an_object(value: &str) -> Fault {
    let kind = match value.as_bytes().first() {
        Some(b'n') => return Fault::non_field(FieldFault::NoData),
        Some(b'[') if is_too_deep(value, MAX_DEPTH) => return broken(&TOO_DEEP),
        Some(b'[') => "list",
        Some(b'"') => "str",
        Some(b't' | b'f') => "bool",
        _ if value.contains(['.', 'e', 'E']) => "float",
        _ => "int",
    };
    Fault::non_field(FieldFault::NotAnObject(kind))
}

const TOO_DEEP: &str = "nesting deeper than 128 levels";

struct Object<'a>(Members<'a>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut members = Vec::with_capacity(8);
        while map.next_key_seed(NextMember(&mut members))?.is_some() {
            let raw = map.next_value::<&RawValue>()?.get();
            let value = &mut members.last_mut().expect("its name was added").1;
            *value = recognise(raw);
            if matches!(value, Value::Container) && is_too_deep(raw, MAX_DEPTH - 1) {
                return Err(serde::de::Error::custom(TOO_DEEP));
            }
        }
        Ok(Object(members))
    }
}

/// Adds a member by its name, without checking the name.
struct NextMember<'m, 'a>(&'m mut Members<'a>);

impl<'de> DeserializeSeed<'de> for NextMember<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // Read as bytes, because serde_json refuses half a surrogate pair in text and the contract does not.
        deserializer.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for NextMember<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<(), E> {
        self.0.push((Cow::Borrowed(name), Value::Null));
        Ok(())
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<(), E> {
        self.0.push((Cow::Owned(name.to_owned()), Value::Null));
        Ok(())
    }
}

/// Recognises a value's type by its first character; its syntax was checked.
fn recognise(raw: &str) -> Value<'_> {
    match raw.as_bytes().first() {
        Some(b'"') => Value::Quoted(raw),
        Some(b'n') => Value::Null,
        Some(b't') => Value::Boolean(true),
        Some(b'f') => Value::Boolean(false),
        Some(b'[' | b'{') => Value::Container,
        _ => Value::Number(raw),
    }
}

/// Counts brackets outside of strings: serde_json skips ignored values without recursion, and so without a limit.
fn is_too_deep(raw: &str, allowed: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > allowed {
                    return true;
                }
            }
            b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
    false
}
