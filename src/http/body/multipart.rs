//! Parses `multipart/form-data` (RFC 7578) from a body that is completely in memory.
//!
//! The parser is our own: for a body in memory, the grammar of RFC 2046 fits on one page. The crate `multer` (3.1,
//! tried) would save a third of the code, but differs in four cases. It loses the part after one without headers. It
//! refuses a value that contains the beginning of a delimiter. It treats a file named by `filename*` as text. It treats
//! a malformed disposition as a part without a name.

use std::borrow::Cow;

use actix_web::http::header::{ContentDisposition, HeaderValue};

use crate::http::faults::Fault;
use crate::http::members::{Members, Name, Value};

/// Returns every named part. Parts without a name are skipped, and so are file inputs without a chosen file.
///
/// # Errors
///
/// `Multipart form parse error - …`: the boundary, a part or the closing boundary is missing.
pub(super) fn members<'a>(bytes: &'a [u8], boundary: &str) -> Result<Members<'a>, Fault> {
    if boundary.is_empty() || boundary.len() > 70 {
        return Err(broken("the content type names no boundary of 1 to 70 characters"));
    }
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter may begin the body, so no line end precedes it.
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

/// The bytes after a delimiter, and whether that delimiter was the last.
type AfterDelimiter<'a> = (&'a [u8], bool);

/// Returns the bytes before the next delimiter, and the bytes after it.
fn split_at_delimiter<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], AfterDelimiter<'a>)> {
    // A part without headers and content begins with the line end of its own delimiter.
    (0..bytes.len()).find_map(|start| {
        let after = after_delimiter(bytes[start..].strip_prefix(delimiter)?)?;
        Some((&bytes[..start], after))
    })
}

/// Returns the bytes after a boundary, if it is a delimiter: `--`, or blanks and a line end, must follow.
fn after_delimiter(rest: &[u8]) -> Option<AfterDelimiter<'_>> {
    if let Some(epilogue) = rest.strip_prefix(b"--") {
        return Some((epilogue, true));
    }
    let line_end = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    // The line end is not consumed: it also begins the first header, or an immediate next delimiter.
    rest[line_end..].starts_with(b"\r\n").then_some((&rest[line_end..], false))
}

/// Returns the member in a part, if it has one. `part` begins with the line end of its delimiter.
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
