//! Reads the cookies of a request.

use actix_web::http::header::{COOKIE, HeaderMap};

/// The most cookies of one name that are checked per request. A browser has two of one name if it keeps one for all
/// sites and one for the site that embeds it, or one for each of two paths.
pub(super) const LOOKED_AT: usize = 4;

/// Returns the values of all cookies of this name.
pub(super) fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    let pairs = headers.get_all(COOKIE).flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (found, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
        let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value);
        (found == name.as_bytes()).then_some(unquoted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn values_of(sent: &[&[u8]]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for header in sent {
            headers.append(COOKIE, HeaderValue::from_bytes(header).unwrap());
        }
        values(&headers, "id").map(|value| String::from_utf8_lossy(value).into_owned()).collect()
    }

    #[test]
    fn other_cookies_do_not_matter_whatever_is_in_them() {
        for sent in [
            b"id=a" as &[u8],
            b"theme=caf\xe9; id=a",
            b"\xff\xfe=\xfd; id=a; more=\x80",
            b"nonsense; id=a",
            b"; ;; id=a;",
            b"=x; id = a ;y=",
            b"x=\"; id=a; y=\"",
            b"id=\"a\"",
            b"xid=b; ids=b; ID=b; id=a",
            b"x=id=b; id=a",
        ] {
            assert_eq!(values_of(&[sent]), ["a"], "{}", String::from_utf8_lossy(sent));
        }
    }

    #[test]
    fn all_of_one_name_are_found() {
        assert_eq!(values_of(&[b"id=a; x=y; id=b", b"id=c"]), ["a", "b", "c"]);
        assert_eq!(values_of(&[b"id=; id=\"", b"id=\"\""]), ["", "\"", ""]);
        assert!(values_of(&[b"x=y"]).is_empty() && values_of(&[]).is_empty());
        let many = format!("{}id=a", "x=y; ".repeat(5_000));
        assert_eq!(values_of(&[many.as_bytes()]), ["a"]);
    }
}
