//! The values of a line that JSON has no type for: ids and instants.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

use crate::clock::Timestamp;

/// An id: a text, or a whole number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) String);

/// An instant: as RFC 3339 has it, or in whole Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant(pub(super) Timestamp);

/// Since when something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// Since this instant.
    At(Timestamp),
    /// `true`: it holds, and the instant is not known.
    SomeTime,
    /// `false`: it does not hold.
    Never,
}

/// The instants that RFC 3339 can name: from the year 0001 to 9999.
const NAMEABLE: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = self.0.unix_seconds();
        if NAMEABLE.contains(&seconds) { serializer.collect_str(&self.0) } else { serializer.serialize_i64(seconds) }
    }
}

impl Serialize for Since {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::At(at) => Instant(*at).serialize(serializer),
            Self::SomeTime => serializer.serialize_bool(true),
            Self::Never => serializer.serialize_bool(false),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

const ID: &str = "a text or a whole number";

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(Scalars(ID))? {
            Scalar::Text(text) => Ok(Self(text)),
            Scalar::Number(number) => Ok(Self(number.to_string())),
            Scalar::Truth(_) => Err(wrong(ID)),
        }
    }
}

const INSTANT: &str = "an instant as 2026-11-29T12:00:00Z, or whole Unix seconds";

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let scalar = deserializer.deserialize_any(Scalars(INSTANT))?;
        scalar.instant().map(Self).ok_or_else(|| wrong(INSTANT))
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const SINCE: &str = "an instant as 2026-11-29T12:00:00Z, whole Unix seconds, true or false";
        match deserializer.deserialize_any(Scalars(SINCE))? {
            Scalar::Truth(true) => Ok(Self::SomeTime),
            Scalar::Truth(false) => Ok(Self::Never),
            scalar => scalar.instant().map(Self::At).ok_or_else(|| wrong(SINCE)),
        }
    }
}

fn wrong<E: Error>(expected: &str) -> E {
    E::custom(format_args!("wrong, expected {expected}"))
}

enum Scalar {
    Text(String),
    Number(i128),
    Truth(bool),
}

impl Scalar {
    fn instant(self) -> Option<Timestamp> {
        match self {
            Self::Text(text) => Timestamp::parse(&text),
            Self::Number(number) => i64::try_from(number).ok().map(Timestamp::from_unix_seconds),
            Self::Truth(_) => None,
        }
    }
}

struct Scalars(&'static str);

impl Visitor<'_> for Scalars {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number.into()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Truth(truth))
    }
}
