//! Parses `Content-Type` into the format of a body.

use actix_web::http::header::{CONTENT_TYPE, HeaderMap};

use crate::http::faults::Fault;

/// The formats that the server reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// There is no body.
    Nothing,
    Json,
    Form,
    /// With its boundary, empty where the header names none.
    Multipart(Box<str>),
}

/// Returns the content type as it was sent, empty where there was none.
pub(super) fn sent(headers: &HeaderMap) -> &[u8] {
    headers.get(CONTENT_TYPE).map_or(b"", |value| value.as_bytes())
}

impl Language {
    /// Parses a content type. Letter case and other parameters than `charset` and `boundary` are ignored.
    pub(super) fn of(content_type: &[u8]) -> Option<Self> {
        if content_type == b"application/json" {
            return Some(Self::Json);
        }
        let text = std::str::from_utf8(content_type).ok()?;
        let media = text.split(';').next()?.trim();
        let named = |name: &str| media.eq_ignore_ascii_case(name);
        if named("application/json") {
            is_utf8(text).then_some(Self::Json)
        } else if named("application/x-www-form-urlencoded") {
            is_utf8(text).then_some(Self::Form)
        } else if named("multipart/form-data") {
            Some(Self::Multipart(parameter(text, "boundary").unwrap_or_default().into()))
        } else {
            None
        }
    }
}

/// Returns the refusal of an unsupported content type. It quotes the type, shortened to the size of a header.
pub(super) fn unsupported(content_type: &[u8]) -> Fault {
    let shown = &content_type[..content_type.len().min(256)];
    Fault::unsupported_media_type(&String::from_utf8_lossy(shown))
}

/// JSON and forms are UTF-8 (RFC 8259, 8.1; URL Standard, 5); a body with another charset would be decoded wrongly.
fn is_utf8(content_type: &str) -> bool {
    parameter(content_type, "charset")
        .is_none_or(|charset| ["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known)))
}

fn parameter<'a>(content_type: &'a str, wanted: &str) -> Option<&'a str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_of_the_contract_are_recognised() {
        for json in [
            "application/json",
            "Application/JSON",
            "application/json; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert_eq!(Language::of(json.as_bytes()), Some(Language::Json), "{json}");
        }
        assert_eq!(Language::of(b"application/x-www-form-urlencoded; charset=utf-8"), Some(Language::Form));
        let multipart = Language::of(b"multipart/form-data; boundary=\"a b\"");
        assert_eq!(multipart, Some(Language::Multipart("a b".into())));
    }

    #[test]
    fn nothing_else_is_guessed_at() {
        for other in [
            "",
            "text/plain",
            "application/vnd.api+json",
            "application/json; charset=utf-16",
            "json",
            "multipart/mixed",
        ] {
            assert_eq!(Language::of(other.as_bytes()), None, "{other}");
        }
    }
}
