//! Reads `uid` and `token` of a mailed link from a request.

use std::borrow::Cow;

use super::words;
use crate::http::Fault;
use crate::http::faults::Code;
use crate::http::fields::{Fields, Read, TextRule};
use crate::links::is_well_formed_uid;

pub(super) fn read<'a>(fields: &mut Fields<'a>, name: &'static str) -> Read<Cow<'a, str>> {
    fields.text(name, TextRule::TRIMMED)
}

/// Returns the fault of a link that cannot be parsed.
pub(super) fn malformed(uid: &str) -> Fault {
    let field = if is_well_formed_uid(uid) { "token" } else { "uid" };
    words::invalid_value(field, Code::InvalidSignature)
}
