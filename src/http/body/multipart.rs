//! `multipart/form-data` (RFC 7578) over a body that is wholly in memory.
//!
//! Written by hand, since over a bounded buffer the grammar of RFC 2046 is a page. The crate `multer` (3.1, tried)
//! would save a third of it and answer otherwise: it loses the part after one without headers, refuses a value that
//! holds the beginning of a delimiter, takes a file named by `filename*` for text, and a malformed disposition for a
//! part without a name.

use std::borrow::Cow;

use actix_web::http::header::{ContentDisposition, HeaderValue};

use crate::http::faults::Fault;
use crate::http::members::{Members, Name, Value};

/// Reads every named part. A part without a name is skipped, as is a file nobody chose.
///
/// # Errors
///
/// `Multipart form parse error - …`: no boundary, no part, or an end that never comes.
pub(super) fn members<'a>(bytes: &'a [u8], boundary: &str) -> Result<Members<'a>, Fault> {
    if boundary.is_empty() || boundary.len() > 70 {
        return Err(broken("the content type names no boundary of 1 to 70 characters"));
    }
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter may open the body, where no line ends before it.
    let opening = &delimiter.as_bytes()[2..];
    let (mut rest, mut is_last) = match bytes.strip_prefix(opening).and_then(after_delimiter) {
        Some(opened) => opened,
        None => split_at_delimiter(bytes, delimiter.as_bytes()).ok_or_else(|| broken("the boundary never occurs"))?.1,
    };
    let mut members = Members::new();
    while !is_last {
        let (part, next) =
            split_at_delimiter(rest, delimiter.as_bytes()).ok_or_else(|| broken("the closing boundary is missing"))?;
        members.extend(member(part)?);
        (rest, is_last) = next;
    }
    Ok(members)
}

fn broken(what: &'static str) -> Fault {
    Fault::parse_error(format!("Multipart form parse error - {what}"))
}

/// What follows a delimiter, and whether that delimiter was the last.
type AfterDelimiter<'a> = (&'a [u8], bool);

/// Returns what stands before the next delimiter, and what after it.
fn split_at_delimiter<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], AfterDelimiter<'a>)> {
    // A part without headers and content begins where the line of its delimiter ended.
    (0..bytes.len()).find_map(|start| {
        let after = after_delimiter(bytes[start..].strip_prefix(delimiter)?)?;
        Some((&bytes[..start], after))
    })
}

/// Returns the rest after a delimiter, if what was found is one: `--`, or blanks and the end of the line, must follow.
fn after_delimiter(rest: &[u8]) -> Option<AfterDelimiter<'_>> {
    if let Some(epilogue) = rest.strip_prefix(b"--") {
        return Some((epilogue, true));
    }
    let line_end = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    // The line end stays: it is the one before the first header, and the one before an immediate next delimiter.
    rest[line_end..].starts_with(b"\r\n").then_some((&rest[line_end..], false))
}

/// Returns the member a part makes, if it makes one. `part` begins with the line end of its delimiter.
fn member(part: &[u8]) -> Result<Option<(Name<'_>, Value<'_>)>, Fault> {
    let end = part.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let end = end.ok_or_else(|| broken("a part's headers do not end"))?;
    let (headers, content) = (&part[..end], &part[end + 4..]);
    let Some(disposition) = disposition(headers)? else { return Ok(None) };
    let Some(name) = disposition.get_name() else { return Ok(None) };
    let is_chosen = disposition.get_filename().is_some_and(|filename| !filename.is_empty());
    let value = if is_chosen || disposition.get_filename_ext().is_some() {
        Value::File
    } else if disposition.get_filename().is_some() {
        return Ok(None);
    } else {
        Value::Text(String::from_utf8_lossy(content))
    };
    Ok(Some((Cow::Owned(name.as_bytes().to_owned()), value)))
}

fn disposition(headers: &[u8]) -> Result<Option<ContentDisposition>, Fault> {
    for line in headers.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if line[..colon].trim_ascii().eq_ignore_ascii_case(b"content-disposition") {
            let parsed = HeaderValue::from_bytes(line[colon + 1..].trim_ascii())
                .ok()
                .and_then(|value| ContentDisposition::from_raw(&value).ok());
            return parsed.map(Some).ok_or_else(|| broken("a part's content disposition is malformed"));
        }
    }
    Ok(None)
}
