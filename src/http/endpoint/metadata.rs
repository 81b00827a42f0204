//! The description of an endpoint in the answer to OPTIONS: its fields, for tools that build forms.

use std::borrow::Cow;

use actix_web::http::Method;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The description of one field.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldDescription {
    #[serde(skip)]
    pub(crate) name: Cow<'static, str>,
    #[serde(rename = "type")]
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) label: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) help_text: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min_value: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_value: Option<Limit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) choices: Option<Vec<Choice>>,
    /// Whether `null` is a value. OPTIONS does not say it, as Django REST framework does not.
    #[serde(skip)]
    pub(crate) is_nullable: bool,
    /// Whether the empty text is a value, whatever `min_length` is. OPTIONS does not say it.
    #[serde(skip)]
    pub(crate) may_be_blank: bool,
}

/// The smallest or the largest value of a field.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Limit {
    /// Of numbers.
    Number(i64),
    /// Of days.
    Text(String),
}

/// A choice, and how people read it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) value: String,
    display_name: String,
}

/// The type of a field's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldKind {
    /// Text.
    String,
    /// An e-mail address.
    Email,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// One of several texts.
    Choice,
}

impl FieldDescription {
    /// Returns a required field.
    pub(crate) fn required(
        name: impl Into<Cow<'static, str>>,
        kind: FieldKind,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            name: name.into(),
            kind,
            required: true,
            read_only: false,
            label: label.into(),
            help_text: None,
            min_length: None,
            max_length: None,
            min_value: None,
            max_value: None,
            choices: None,
            is_nullable: false,
            may_be_blank: false,
        }
    }

    /// Returns an optional field.
    pub(crate) fn optional(
        name: impl Into<Cow<'static, str>>,
        kind: FieldKind,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { required: false, ..Self::required(name, kind, label) }
    }

    /// Returns a read-only field, which is ignored when sent.
    pub(crate) fn read_only(
        name: impl Into<Cow<'static, str>>,
        kind: FieldKind,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { read_only: true, ..Self::optional(name, kind, label) }
    }

    /// Sets the maximum number of characters.
    #[must_use]
    pub(crate) fn at_most(self, chars: usize) -> Self {
        Self { max_length: Some(chars), ..self }
    }

    /// Sets the minimum number of characters.
    #[must_use]
    pub(crate) fn at_least(self, chars: usize) -> Self {
        Self { min_length: Some(chars), ..self }
    }

    /// Sets the smallest and the largest value.
    #[must_use]
    pub(crate) fn within(self, min: Limit, max: Limit) -> Self {
        Self { min_value: Some(min), max_value: Some(max), ..self }
    }

    /// Sets the choices.
    #[must_use]
    pub(crate) fn out_of(self, choices: &[String]) -> Self {
        let choice = |value: &String| Choice { value: value.clone(), display_name: value.clone() };
        Self { choices: Some(choices.iter().map(choice).collect()), ..self }
    }

    /// Says that `null` is a value.
    #[must_use]
    pub(crate) fn or_null(self) -> Self {
        Self { is_nullable: true, ..self }
    }

    /// Says that the empty text is a value.
    #[must_use]
    pub(crate) fn or_blank(self) -> Self {
        Self { may_be_blank: true, ..self }
    }

    /// Says that the field may be left out.
    #[must_use]
    pub(crate) fn made_optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// Adds a help text for the user.
    #[must_use]
    pub(crate) fn help(self, text: &'static str) -> Self {
        Self { help_text: Some(text), ..self }
    }
}

/// The whole answer to OPTIONS.
#[derive(Debug, Serialize)]
pub(super) struct Metadata {
    name: &'static str,
    description: &'static str,
    renders: [&'static str; 1],
    parses: [&'static str; 3],
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_map")]
    actions: Vec<(&'static str, Action)>,
}

#[derive(Debug)]
struct Action(Vec<FieldDescription>);

impl Metadata {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            description: "",
            renders: ["application/json"],
            parses: ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
            actions: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, method: &'static str, fields: Vec<FieldDescription>) {
        self.actions.push((method, Action(fields)));
    }

    /// Removes and returns the fields that `method` accepts.
    pub(super) fn take(&mut self, method: &Method) -> Option<Vec<FieldDescription>> {
        let at = self.actions.iter().position(|(known, _)| *known == method.as_str())?;
        Some(self.actions.swap_remove(at).1.0)
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("names and texts are always JSON")
    }
}

fn as_map<S: Serializer>(actions: &[(&'static str, Action)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(actions.iter().map(|(method, action)| (method, action)))
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(Some(self.0.len()))?;
        for field in &self.0 {
            fields.serialize_entry(&*field.name, field)?;
        }
        fields.end()
    }
}
