//! The parts of a hash's text: numbers, bytes in base64, parameters.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::passwords::import_hash_error::ImportHashError;

/// The fewest and the most bytes of a hash's output: 128 bits, and what a PHC string may have.
const OUTPUT_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

/// Some write the padding, others do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Splits a hash at its dollars, and names its scheme in errors.
#[derive(Clone, Copy)]
pub(super) struct Scheme(pub(super) &'static str);

impl Scheme {
    pub(super) fn malformed(self, part: &'static str) -> ImportHashError {
        ImportHashError::Malformed { scheme: self.0, part }
    }

    /// Splits `rest` into exactly `N` parts.
    pub(super) fn split<const N: usize>(self, rest: &str) -> Result<[&str; N], ImportHashError> {
        let parts: Vec<&str> = rest.split('$').collect();
        parts.try_into().map_err(|_| self.malformed("number of parts"))
    }

    /// Parses a decimal number as a computer writes it: no sign, no zero before it. [`u64::MAX`] stands for all larger
    /// ones, which are above every ceiling.
    pub(super) fn number(self, part: &'static str, text: &str) -> Result<u64, ImportHashError> {
        let is_canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        if text.is_empty() || !is_canonical {
            return Err(self.malformed(part));
        }
        Ok(text.parse().unwrap_or(u64::MAX))
    }

    /// Returns `given` if it is 1 to `maximum`.
    pub(super) fn cost(self, cost: &'static str, given: u64, maximum: u32) -> Result<u32, ImportHashError> {
        match u32::try_from(given) {
            Ok(0) => Err(self.malformed(cost)),
            Ok(given) if given <= maximum => Ok(given),
            _ => Err(ImportHashError::TooCostly { scheme: self.0, cost, given, maximum: maximum.into() }),
        }
    }

    /// Parses base64, with padding or without. Passlib writes `.` for `+`, and Firebase may use the alphabet for URLs.
    pub(super) fn bytes(self, part: &'static str, text: &str) -> Result<Vec<u8>, ImportHashError> {
        let text: String = text.chars().map(into_standard_alphabet).collect();
        let bytes = BASE64.decode(text).map_err(|_| self.malformed(part))?;
        if bytes.is_empty() { Err(self.malformed(part)) } else { Ok(bytes) }
    }

    /// Parses an output in base64.
    pub(super) fn output(self, text: &str) -> Result<Vec<u8>, ImportHashError> {
        let output = self.bytes("output", text)?;
        if OUTPUT_BYTES.contains(&output.len()) { Ok(output) } else { Err(self.malformed("output")) }
    }

    /// Parses a salt that is used as it is written.
    pub(super) fn text_salt(self, text: &str) -> Result<Vec<u8>, ImportHashError> {
        if text.is_empty() { Err(self.malformed("salt")) } else { Ok(text.into()) }
    }

    /// Parses parameters such as `ln=17,r=8,p=1`, which must be those of `names` in any order.
    pub(super) fn parameters<const N: usize>(
        self,
        names: [&'static str; N],
        text: &str,
    ) -> Result<[u64; N], ImportHashError> {
        let pairs: Vec<(&str, &str)> = text.split(',').filter_map(|pair| pair.split_once('=')).collect();
        if pairs.len() != N || text.split(',').count() != N {
            return Err(self.malformed("cost"));
        }
        let mut numbers = [0; N];
        for (number, name) in numbers.iter_mut().zip(names) {
            let (_, value) = pairs.iter().find(|(named, _)| *named == name).ok_or_else(|| self.malformed("cost"))?;
            *number = self.number("cost", value)?;
        }
        Ok(numbers)
    }
}

fn into_standard_alphabet(character: char) -> char {
    match character {
        '.' | '-' => '+',
        '_' => '/',
        other => other,
    }
}
