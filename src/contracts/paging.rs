//! `limit` and `offset` in the query of a list.

use std::num::{IntErrorKind, ParseIntError};
use std::ops::RangeInclusive;

use actix_web::HttpRequest;

use crate::http::endpoint::{FieldDescription, FieldKind, Limit};
use crate::http::faults::{Fault, FieldFault};
use crate::http::query::Parameters;

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) limit: u32,
    pub(super) offset: u32,
}

/// Describes `limit` and `offset`, as [`read_page`] reads them.
pub(super) fn describe_page(largest: u32, largest_offset: u32) -> Vec<FieldDescription> {
    let number = |name, label, least: u32, most: u32| {
        let (least, most) = (Limit::Number(least.into()), Limit::Number(most.into()));
        FieldDescription::optional(name, FieldKind::Integer, label).within(least, most)
    };
    let limit = number("limit", "The most entries of the answer", 1, largest);
    vec![limit, number("offset", "How many entries to leave out at the beginning", 0, largest_offset)]
}

/// Reads `limit` (1 to `largest`) and `offset` (0 to `largest_offset`) of a query. Without them it is the first page.
pub(super) fn read_page(request: &HttpRequest, largest: u32, largest_offset: u32) -> Result<Page, Fault> {
    let parameters = Parameters::of(request)?;
    let number = |name: &'static str, range: RangeInclusive<u32>, default: u32| {
        let Some(text) = parameters.get(name) else { return Ok(default) };
        let (minimum, maximum) = range.into_inner();
        let fault = match parse_integer(text) {
            None => FieldFault::NotAnInteger,
            Some(number) if number < i64::from(minimum) => FieldFault::NumberTooSmall { minimum },
            Some(number) => match u32::try_from(number) {
                Ok(number) if number <= maximum => return Ok(number),
                _ => FieldFault::NumberTooLarge { maximum },
            },
        };
        Err(Fault::field(name, fault))
    };
    Ok(Page { limit: number("limit", 1..=largest, largest)?, offset: number("offset", 0..=largest_offset, 0)? })
}

/// Parses an integer of any size. One of more than 64 bits becomes the largest or the smallest of these.
fn parse_integer(text: &str) -> Option<i64> {
    text.parse()
        .or_else(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Ok(i64::MAX),
            IntErrorKind::NegOverflow => Ok(i64::MIN),
            _ => Err(error),
        })
        .ok()
}
