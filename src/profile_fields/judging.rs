//! Judges values. Every value of a declared field is judged here before it is stored.

use std::fmt;

use super::{Date, FieldType, ProfileField, ProfileValue};
use crate::identity::trim;

/// What is wrong with a value of a declared field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    /// It is null, and must not be.
    #[error("it must not be null")]
    Null,
    /// It is empty, and must not be.
    #[error("it must not be empty")]
    Blank,
    /// It is not a text.
    #[error("it must be a text")]
    NotText,
    /// It is not an integer.
    #[error("it must be a whole number")]
    NotAnInteger,
    /// It is neither true nor false.
    #[error("it must be true or false")]
    NotABoolean,
    /// It is not a day as `YYYY-MM-DD`.
    #[error("it must be a day as YYYY-MM-DD")]
    NotADate,
    /// It is none of the choices.
    #[error("it must be one of the choices")]
    NotAChoice,
    /// It has more characters than allowed.
    #[error("it must have {maximum} characters at most")]
    TooLong {
        /// The most.
        maximum: usize,
    },
    /// It has fewer characters than allowed.
    #[error("it must have {minimum} characters at least")]
    TooShort {
        /// The least.
        minimum: usize,
    },
    /// It contains a NUL.
    #[error("it must not contain the character NUL")]
    NullCharacter,
    /// It does not match the pattern.
    #[error("it must match the field's pattern")]
    PatternMismatch,
    /// It is smaller, or earlier, than allowed.
    #[error("it must be {minimum} at least")]
    TooSmall {
        /// The smallest.
        minimum: Bound,
    },
    /// It is larger, or later, than allowed.
    #[error("it must be {maximum} at most")]
    TooLarge {
        /// The largest.
        maximum: Bound,
    },
}

/// An end of what a field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Of whole numbers.
    Integer(i64),
    /// Of days.
    Date(Date),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

impl ProfileField {
    /// Judges a value, and returns it in the form in which it is stored: a text without the blanks around it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn check(&self, value: ProfileValue) -> Result<ProfileValue, Vec<ValueFault>> {
        if value == ProfileValue::Null {
            return if self.is_nullable { Ok(value) } else { Err(vec![ValueFault::Null]) };
        }
        match (&self.field_type, value) {
            (FieldType::Text { min_length, max_length, pattern }, ProfileValue::Text(text)) => {
                let text = trim(&text);
                if text.is_empty() {
                    let blank =
                        if self.may_be_blank() { Ok(String::new().into()) } else { Err(vec![ValueFault::Blank]) };
                    return blank;
                }
                let length = text.chars().count();
                let faults = [
                    (length > *max_length).then_some(ValueFault::TooLong { maximum: *max_length }),
                    (length < *min_length).then_some(ValueFault::TooShort { minimum: *min_length }),
                    text.contains('\0').then_some(ValueFault::NullCharacter),
                    // A text that is too long is not worth the time.
                    pattern
                        .as_ref()
                        .filter(|pattern| length <= *max_length && !pattern.matches(text))
                        .map(|_| ValueFault::PatternMismatch),
                ];
                accepted(text.into(), faults)
            }
            (FieldType::Text { .. }, _) => Err(vec![ValueFault::NotText]),
            (FieldType::Integer { min, max }, ProfileValue::Integer(number)) => {
                accepted(number.into(), outside(Bound::Integer, number, *min, *max))
            }
            (FieldType::Integer { .. }, _) => Err(vec![ValueFault::NotAnInteger]),
            (FieldType::Boolean, value @ ProfileValue::Boolean(_)) => Ok(value),
            (FieldType::Boolean, _) => Err(vec![ValueFault::NotABoolean]),
            (FieldType::Date { min, max }, ProfileValue::Text(text)) => match Date::parse(&text) {
                Some(date) => accepted(date.into(), outside(Bound::Date, date, *min, *max)),
                None => Err(vec![ValueFault::NotADate]),
            },
            (FieldType::Date { .. }, _) => Err(vec![ValueFault::NotADate]),
            (FieldType::Choice(choices), ProfileValue::Text(text)) if choices.contains(&text) => Ok(text.into()),
            (FieldType::Choice(_), _) => Err(vec![ValueFault::NotAChoice]),
        }
    }

    /// Parses the text of a command line's argument without the blanks around it, and judges the value.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn parse(&self, text: &str) -> Result<ProfileValue, Vec<ValueFault>> {
        let text = trim(text);
        let value = match self.field_type {
            FieldType::Integer { .. } => text.parse().map(ProfileValue::Integer).ok(),
            FieldType::Boolean => text.parse().map(ProfileValue::Boolean).ok(),
            _ => None,
        };
        self.check(value.unwrap_or_else(|| text.into()))
    }
}

fn outside<T: PartialOrd + Copy>(bound: fn(T) -> Bound, value: T, min: T, max: T) -> [Option<ValueFault>; 2] {
    [
        (value > max).then(|| ValueFault::TooLarge { maximum: bound(max) }),
        (value < min).then(|| ValueFault::TooSmall { minimum: bound(min) }),
    ]
}

fn accepted<const N: usize>(
    value: ProfileValue,
    faults: [Option<ValueFault>; N],
) -> Result<ProfileValue, Vec<ValueFault>> {
    let faults: Vec<_> = faults.into_iter().flatten().collect();
    if faults.is_empty() { Ok(value) } else { Err(faults) }
}
