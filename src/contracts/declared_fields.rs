//! The fields that the operator has declared, at every contract: read from bodies by the rules and with the sentences
//! of Django REST framework, and described for OPTIONS.
//!
//! Whether a value fits is decided in `profile_fields`. An absent field stays as it is, in forms as well; an empty
//! input of a form means that the user gave nothing.

use crate::http::endpoint::{FieldDescription, FieldKind, Limit};
use crate::http::faults::{Code, Fault, FieldFault};
use crate::http::fields::{Fields, Sent};
use crate::profile_fields::{
    Bound, CheckedValues, FieldType, MAXIMUM_DOCUMENT_BYTES, ProfileField, ProfileFields, ProfileValue, ValueFault,
};

/// The most characters of a refused choice that its error repeats.
const REPEATED_CHARACTERS: usize = 100;

/// Whether a request replaces the whole of a record (PUT), which must give what is required, or a part of it (PATCH).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Part,
}

/// Reads the fields that a registration takes.
pub(super) fn read_at_registration(fields: &mut Fields<'_>, declared: &ProfileFields) -> CheckedValues {
    read(fields, declared.iter().filter(|field| field.is_taken_at_registration()), Extent::Whole)
}

/// Reads the fields that a registered user may change.
pub(super) fn read_changes(fields: &mut Fields<'_>, declared: &ProfileFields, extent: Extent) -> CheckedValues {
    read(fields, declared.iter().filter(|field| field.is_changeable()), extent)
}

/// Describes the fields that a registration takes.
pub(super) fn describe_at_registration(declared: &ProfileFields) -> impl Iterator<Item = FieldDescription> {
    declared.iter().filter(|field| field.is_taken_at_registration()).map(described)
}

/// Describes the fields of a record; those that users cannot change are read-only.
pub(super) fn describe_record(declared: &ProfileFields) -> impl Iterator<Item = FieldDescription> {
    declared.iter().map(|field| match field.is_changeable() {
        true => described(field),
        false => limited(field, FieldDescription::read_only(field.name().to_owned(), kind(field), label(field))),
    })
}

/// Returns the fault of values that are more than is stored of a user.
pub(super) fn too_large() -> Fault {
    let message = format!("The profile is too large. At most {MAXIMUM_DOCUMENT_BYTES} bytes are stored.");
    Fault::non_field(FieldFault::Told { code: Code::MaxLength, message: message.into() })
}

fn read<'f>(fields: &mut Fields<'_>, taken: impl Iterator<Item = &'f ProfileField>, extent: Extent) -> CheckedValues {
    let mut values = CheckedValues::default();
    for field in taken {
        let read = match fields.sent(field.name()) {
            Some(sent) => read_value(field, sent),
            None => Ok(None),
        };
        let faults = match read {
            Ok(Some((value, shape))) => {
                let judged = values.add(field, value).err().unwrap_or_default();
                // The original compares with the pattern after it has judged the characters.
                let (last, first): (Vec<_>, Vec<_>) =
                    judged.into_iter().partition(|fault| *fault == ValueFault::PatternMismatch);
                first.into_iter().map(Into::into).chain(shape).chain(last.into_iter().map(Into::into)).collect()
            }
            Ok(None) if field.is_required() && extent == Extent::Whole => vec![FieldFault::Required],
            Ok(None) => Vec::new(),
            Err(fault) => vec![fault],
        };
        for fault in faults {
            fields.refuse(field.name().to_owned(), fault);
        }
    }
    values
}

/// A value that was sent, and what is wrong with its characters.
type SentValue = (ProfileValue, Option<FieldFault>);

/// Returns the value that a member has for a field; `None` where it counts as absent.
fn read_value(field: &ProfileField, sent: Sent<'_>) -> Result<Option<SentValue>, FieldFault> {
    let plain = |value: ProfileValue| Ok(Some((value, None)));
    if sent.is_null() {
        return plain(ProfileValue::Null);
    }
    // Of a text it is a value: the empty text.
    if sent.is_empty_input() && !field.may_be_blank() {
        if field.is_nullable() {
            return plain(ProfileValue::Null);
        }
        if !field.is_required() {
            return Ok(None);
        }
    }
    match field.field_type() {
        FieldType::Text { .. } => {
            let text = sent.into_text()?;
            Ok(Some((text.content.into_owned().into(), text.fault)))
        }
        FieldType::Integer { .. } => {
            let integer = sent.into_integer()?;
            // Beyond every bound that a field can have.
            let beyond = if integer.digits().starts_with('-') { i64::MIN } else { i64::MAX };
            plain(integer.digits().parse().unwrap_or(beyond).into())
        }
        FieldType::Boolean => match sent.as_boolean() {
            Some(truth) => plain(truth.into()),
            None => match sent.into_exact_text().as_deref() {
                Some(text) if field.is_nullable() && (text.is_empty() || text.eq_ignore_ascii_case("null")) => {
                    plain(ProfileValue::Null)
                }
                _ => Err(FieldFault::NotABoolean),
            },
        },
        FieldType::Date { .. } => match sent.into_exact_text() {
            Some(text) => plain(text.into_owned().into()),
            None => Err(ValueFault::NotADate.into()),
        },
        FieldType::Choice(choices) => match sent.into_shown_text() {
            Some(text) if !choices.iter().any(|choice| *choice == text) => Err(no_choice(&text)),
            Some(text) => plain(text.into_owned().into()),
            None => Err(ValueFault::NotAChoice.into()),
        },
    }
}

fn no_choice(text: &str) -> FieldFault {
    let end = text.char_indices().nth(REPEATED_CHARACTERS).map(|(end, _)| end);
    let message = match end {
        Some(end) => format!("\"{}…\" is not a valid choice.", &text[..end]),
        None => format!("\"{text}\" is not a valid choice."),
    };
    FieldFault::Told { code: Code::InvalidChoice, message: message.into() }
}

impl From<ValueFault> for FieldFault {
    fn from(fault: ValueFault) -> Self {
        let told = |code, message: String| Self::Told { code, message: message.into() };
        match fault {
            ValueFault::Null => Self::Null,
            ValueFault::Blank => Self::Blank,
            ValueFault::NotText => Self::NotText,
            ValueFault::NotAnInteger => Self::NotAnInteger,
            ValueFault::NotABoolean => Self::NotABoolean,
            ValueFault::NotADate => {
                Self::told(Code::Invalid, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.")
            }
            ValueFault::NotAChoice => Self::told(Code::InvalidChoice, "This is not a valid choice."),
            ValueFault::TooLong { maximum } => Self::TooLong { maximum },
            ValueFault::TooShort { minimum } => {
                told(Code::MinLength, format!("Ensure this field has at least {minimum} characters."))
            }
            ValueFault::NullCharacter => Self::NullCharacter,
            ValueFault::PatternMismatch => Self::told(Code::Invalid, "This value does not match the required pattern."),
            ValueFault::TooSmall { minimum } => {
                told(Code::MinValue, format!("Ensure this value is greater than or equal to {minimum}."))
            }
            ValueFault::TooLarge { maximum } => {
                told(Code::MaxValue, format!("Ensure this value is less than or equal to {maximum}."))
            }
        }
    }
}

fn described(field: &ProfileField) -> FieldDescription {
    let (name, kind, label) = (field.name().to_owned(), kind(field), label(field));
    let described = match field.is_required() {
        true => FieldDescription::required(name, kind, label),
        false => FieldDescription::optional(name, kind, label),
    };
    limited(field, described)
}

fn kind(field: &ProfileField) -> FieldKind {
    match field.field_type() {
        FieldType::Text { .. } => FieldKind::String,
        FieldType::Integer { .. } => FieldKind::Integer,
        FieldType::Boolean => FieldKind::Boolean,
        FieldType::Date { .. } => FieldKind::Date,
        FieldType::Choice(_) => FieldKind::Choice,
    }
}

/// Returns the name as Django makes a label of it: `date_of_birth` is "Date of birth".
fn label(field: &ProfileField) -> String {
    let words = field.name().replace('_', " ");
    let words = words.trim();
    words.chars().take(1).flat_map(char::to_uppercase).chain(words.chars().skip(1)).collect()
}

fn limited(field: &ProfileField, described: FieldDescription) -> FieldDescription {
    let limit = |bound: Bound| match bound {
        Bound::Integer(number) => Limit::Number(number),
        Bound::Date(date) => Limit::Text(date.to_string()),
    };
    let described = if field.is_nullable() { described.or_null() } else { described };
    let described = if field.may_be_blank() { described.or_blank() } else { described };
    match field.field_type() {
        FieldType::Text { min_length: 0, max_length, .. } => described.at_most(*max_length),
        FieldType::Text { min_length, max_length, .. } => described.at_least(*min_length).at_most(*max_length),
        FieldType::Integer { min, max } => described.within(limit(Bound::Integer(*min)), limit(Bound::Integer(*max))),
        FieldType::Date { min, max } => described.within(limit(Bound::Date(*min)), limit(Bound::Date(*max))),
        FieldType::Boolean => described,
        FieldType::Choice(choices) => described.out_of(choices),
    }
}
