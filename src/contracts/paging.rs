//! `limit` and `offset` in the query of a list.

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
        let number = text.parse().map_err(|_| Fault::field(name, FieldFault::NotAnInteger))?;
        match range {
            range if number < *range.start() => {
                Err(Fault::field(name, FieldFault::NumberTooSmall { minimum: *range.start() }))
            }
            range if number > *range.end() => {
                Err(Fault::field(name, FieldFault::NumberTooLarge { maximum: *range.end() }))
            }
            _ => Ok(number),
        }
    };
    Ok(Page { limit: number("limit", 1..=largest, largest)?, offset: number("offset", 0..=largest_offset, 0)? })
}
