//! A value of a declared field.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A value of a declared field, as it is stored and shown.
#[derive(Clone, Debug, PartialEq)]
pub enum ProfileValue {
    /// No value.
    Null,
    /// A text, one of the choices, or a day as `YYYY-MM-DD`.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// Any other JSON, which only another program can have stored. It fits no field.
    Other(Value),
}

impl From<&str> for ProfileValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ProfileValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for ProfileValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<bool> for ProfileValue {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

impl From<super::Date> for ProfileValue {
    fn from(date: super::Date) -> Self {
        Self::Text(date.to_string())
    }
}

impl From<Value> for ProfileValue {
    fn from(json: Value) -> Self {
        match json {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Boolean(truth),
            Value::String(text) => Self::Text(text),
            Value::Number(number) => number.as_i64().map_or(Self::Other(Value::Number(number)), Self::Integer),
            other => Self::Other(other),
        }
    }
}

impl fmt::Display for ProfileValue {
    /// The value as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).expect("values are JSON"))
    }
}

impl Serialize for ProfileValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Boolean(truth) => serializer.serialize_bool(*truth),
            Self::Other(json) => json.serialize(serializer),
        }
    }
}
