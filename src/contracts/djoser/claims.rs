//! Reads `uid` and `token` of a mailed link from a request.

use std::borrow::Cow;

use super::words;
use crate::http::Fault;
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::http::faults::Code;
use crate::http::fields::{Fields, Read, TextRule};
use crate::links::is_well_formed_uid;

/// Describes the fields of every link.
pub(super) fn link_fields() -> Vec<FieldDescription> {
    vec![
        FieldDescription::required("uid", FieldKind::String, "Uid"),
        FieldDescription::required("token", FieldKind::String, "Token"),
    ]
}

pub(super) fn read_uid<'a>(fields: &mut Fields<'a>) -> Read<Cow<'a, str>> {
    fields.text("uid", TextRule::TRIMMED)
}

pub(super) fn read_token<'a>(fields: &mut Fields<'a>) -> Read<Cow<'a, str>> {
    fields.text("token", TextRule::TRIMMED)
}

/// Returns the fault of a link that cannot be parsed.
pub(super) fn malformed(uid: &str) -> Fault {
    if is_well_formed_uid(uid) { words::invalid_token(Code::InvalidSignature) } else { words::invalid_uid() }
}
