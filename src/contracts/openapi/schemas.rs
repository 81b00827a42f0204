//! Schemas: of the fields that are taken, and of the bodies that are answered.

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, SchemaType};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema, SchemaFormat, Type};

use super::components::Components;
use super::examples;
use crate::http::endpoint::{FieldDescription, FieldKind, Limit, Member, Shape};

/// Returns the schema of a body with these fields. Other members are ignored.
pub(super) fn of_fields(fields: &[FieldDescription]) -> Schema {
    let taken = fields.iter().filter(|field| !field.read_only);
    let object = taken.fold(ObjectBuilder::new(), |object, field| {
        let object = object.property(field.name.clone(), of_field(field));
        if field.required { object.required(field.name.clone()) } else { object }
    });
    object.schema_type(Type::Object).build().into()
}

/// Returns the schema of a field.
pub(super) fn of_field(field: &FieldDescription) -> Schema {
    let format = match field.kind {
        FieldKind::Email => Some(SchemaFormat::Custom("email".to_owned())),
        FieldKind::Date => Some(SchemaFormat::KnownFormat(KnownFormat::Date)),
        FieldKind::String if field.name.contains("password") => Some(SchemaFormat::KnownFormat(KnownFormat::Password)),
        FieldKind::Integer => Some(SchemaFormat::KnownFormat(KnownFormat::Int64)),
        FieldKind::String | FieldKind::Boolean | FieldKind::Choice => None,
    };
    let kind = match field.kind {
        FieldKind::String | FieldKind::Email | FieldKind::Date | FieldKind::Choice => Type::String,
        FieldKind::Integer => Type::Integer,
        FieldKind::Boolean => Type::Boolean,
    };
    let number = |limit: &Option<Limit>| match limit {
        Some(Limit::Number(number)) => Some(*number),
        Some(Limit::Text(_)) | None => None,
    };
    let days = match (&field.min_value, &field.max_value) {
        (Some(Limit::Text(first)), Some(Limit::Text(last))) => format!(" From {first} to {last}."),
        _ => String::new(),
    };
    // JSON Schema cannot except the empty text from a least length.
    let (min_length, or_empty) = match field.min_length {
        Some(least) if field.may_be_blank => (None, format!(" At least {least} characters, or the empty text.")),
        least => (least, String::new()),
    };
    let help = field.help_text.map(|text| format!(" {text}")).unwrap_or_default();
    let object = ObjectBuilder::new()
        .schema_type(match field.is_nullable {
            true => [kind, Type::Null].into_iter().collect(),
            false => SchemaType::from(kind),
        })
        .format(format)
        .description(Some(format!("{}.{help}{days}{or_empty}", field.label)))
        .min_length(min_length)
        .max_length(field.max_length)
        .minimum(number(&field.min_value))
        .maximum(number(&field.max_value));
    match &field.choices {
        Some(choices) => {
            let null = field.is_nullable.then_some(Value::Null);
            let choices = choices.iter().map(|choice| Value::from(choice.value.clone()));
            object.enum_values(Some(choices.chain(null)))
        }
        None => object,
    }
    .build()
    .into()
}

/// Returns the schema of a body of this shape. Named shapes are put among the components of `contract`.
pub(super) fn of_shape(shape: &Shape, contract: &str, components: &mut Components) -> RefOr<Schema> {
    let plain = |kind: Type, format: Option<&str>| {
        let format = format.map(|format| SchemaFormat::Custom(format.to_owned()));
        RefOr::T(Schema::from(ObjectBuilder::new().schema_type(kind).format(format).build()))
    };
    match shape {
        Shape::Text => plain(Type::String, None),
        Shape::UserId => {
            let kinds: SchemaType = [Type::String, Type::Integer].into_iter().collect();
            RefOr::T(Schema::from(ObjectBuilder::new().schema_type(kinds).build()))
        }
        Shape::Url => plain(Type::String, Some("uri")),
        Shape::Moment => plain(Type::String, Some("date-time")),
        Shape::Day => plain(Type::String, Some("date")),
        Shape::Integer => plain(Type::Integer, None),
        Shape::Boolean => plain(Type::Boolean, None),
        Shape::AnyObject => plain(Type::Object, None),
        Shape::Nullable(shape) => nullable(of_shape(shape, contract, components)),
        Shape::List(shape) => RefOr::T(ArrayBuilder::new().items(of_shape(shape, contract, components)).build().into()),
        Shape::Named(name, shape) => {
            let schema = of_shape(shape, contract, components);
            Ref::from_schema_name(components.share_schema(name, contract, schema)).into()
        }
        Shape::Object(members) => {
            let object = members.iter().fold(ObjectBuilder::new().schema_type(Type::Object), |object, member| {
                let object = object.property(member.name.clone(), of_member(member, contract, components));
                if member.is_optional { object } else { object.required(member.name.clone()) }
            });
            RefOr::T(object.additional_properties(Some(AdditionalProperties::FreeForm(false))).build().into())
        }
    }
}

fn of_member(member: &Member, contract: &str, components: &mut Components) -> RefOr<Schema> {
    let mut schema = of_shape(&member.shape, contract, components);
    if let RefOr::T(Schema::Object(object)) = &mut schema
        && !matches!(member.shape, Shape::Object(_))
    {
        let example = member.example.clone().unwrap_or_else(|| examples::of_shape(&member.shape, &member.name));
        object.examples = vec![example];
    }
    schema
}

fn nullable(schema: RefOr<Schema>) -> RefOr<Schema> {
    match schema {
        RefOr::T(Schema::Object(mut object)) => {
            if let SchemaType::Type(kind) = object.schema_type {
                object.schema_type = [kind, Type::Null].into_iter().collect();
            }
            RefOr::T(Schema::Object(object))
        }
        other => other,
    }
}
