//! Decodes JSON strings, also those with half a surrogate pair.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Visitor};

use super::characters::has_byte;

/// A text that was found in a member.
pub(super) struct Text<'a> {
    /// The text, with U+FFFD for each half of a surrogate pair.
    pub(super) content: Cow<'a, str>,
    /// The first half of a surrogate pair without its other half.
    pub(super) surrogate: Option<u16>,
}

/// Decodes a string, quotes included, whose syntax was checked before.
pub(super) fn unquote(raw: &str) -> Text<'_> {
    let inner = &raw[1..raw.len() - 1];
    if !has_byte(inner, b'\\') {
        return Text { content: Cow::Borrowed(inner), surrogate: None };
    }
    // Read as bytes, serde_json accepts lone halves and encodes them like other characters (WTF-8); as text it refuses
    // them.
    let bytes = serde_json::Deserializer::from_str(raw)
        .deserialize_bytes(Bytes)
        .expect("the syntax of the whole body was checked when it was read");
    match String::from_utf8(bytes) {
        Ok(content) => Text { content: Cow::Owned(content), surrogate: None },
        Err(wtf8) => without_surrogates(wtf8.as_bytes()),
    }
}

/// Replaces lone halves, which WTF-8 writes as `ED A0..BF xx`, by U+FFFD, and returns the first.
fn without_surrogates(wtf8: &[u8]) -> Text<'static> {
    let mut surrogate = None;
    let mut content = String::with_capacity(wtf8.len());
    let mut rest = wtf8;
    while !rest.is_empty() {
        let valid = match std::str::from_utf8(rest) {
            Ok(valid) => valid,
            Err(fault) => std::str::from_utf8(&rest[..fault.valid_up_to()]).expect("valid up to here"),
        };
        content.push_str(valid);
        rest = &rest[valid.len()..];
        if let [0xED, middle, last, after @ ..] = rest {
            let half = 0xD000 | u16::from(middle & 0x3F) << 6 | u16::from(last & 0x3F);
            surrogate.get_or_insert(half);
            content.push(char::REPLACEMENT_CHARACTER);
            rest = after;
        } else {
            break;
        }
    }
    Text { content: Cow::Owned(content), surrogate }
}

struct Bytes;

impl<'de> Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }
}
