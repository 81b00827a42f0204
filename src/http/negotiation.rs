//! Content negotiation: plain JSON, or `application/problem+json` for errors.
//!
//! HTML is never served: a client that accepts nothing else is answered 406.

use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};

/// How an error is written. Success is always `application/json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Representation {
    /// `{"detail": …}` or `{"field": […]}`: the form that the contract defines.
    #[default]
    Json,
    /// RFC 9457 problem details.
    Problem,
}

/// The client accepts neither of our media types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAcceptable;

/// Returns the format that the `Accept` headers ask for. Without such a header it is JSON, according to RFC 9110.
///
/// Problem details are chosen if their quality is higher than that of JSON, or if they are named and JSON is only
/// covered by a wildcard.
///
/// # Errors
///
/// [`NotAcceptable`] where neither type has a quality above zero.
pub(crate) fn representation(headers: &HeaderMap) -> Result<Representation, NotAcceptable> {
    let mut sent = headers.get_all(ACCEPT);
    let Some(first) = sent.next() else { return Ok(Representation::Json) };
    let second = sent.next();
    if second.is_none() && matches!(first.as_bytes(), b"*/*" | b"application/json") {
        return Ok(Representation::Json);
    }
    weigh([first].into_iter().chain(second).chain(sent))
}

/// How strongly a client prefers a media type: quality in thousandths, then how precisely it was named.
#[derive(Clone, Copy, Default)]
struct Wish {
    quality: u16,
    precision: Precision,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    #[default]
    Unmentioned,
    AnyType,
    AnySubtype,
    Named,
}

impl Wish {
    /// The most precise range decides about a type (RFC 9110, 12.5.1); of equally precise ranges the one with the
    /// higher quality.
    fn consider(&mut self, quality: u16, precision: Precision) {
        if precision > self.precision || (precision == self.precision && quality > self.quality) {
            *self = Self { quality, precision };
        }
    }
}

fn weigh<'a>(sent: impl Iterator<Item = &'a HeaderValue>) -> Result<Representation, NotAcceptable> {
    let (mut json, mut problem) = (Wish::default(), Wish::default());
    for range in sent.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let mut parts = range.split(';');
        let media = parts.next().unwrap_or_default().trim();
        let quality = quality(parts);
        let named = |name: &str| media.eq_ignore_ascii_case(name);
        if named("application/json") {
            json.consider(quality, Precision::Named);
        } else if named("application/problem+json") {
            problem.consider(quality, Precision::Named);
        } else if named("application/*") || named("*/*") {
            let precision = if media.starts_with('*') { Precision::AnyType } else { Precision::AnySubtype };
            json.consider(quality, precision);
            problem.consider(quality, precision);
        }
    }
    match (json, problem) {
        (Wish { quality: 0, .. }, Wish { quality: 0, .. }) => Err(NotAcceptable),
        _ if (problem.quality, problem.precision) > (json.quality, json.precision) => Ok(Representation::Problem),
        _ => Ok(Representation::Json),
    }
}

/// Returns the `q` among a range's parameters in thousandths; 1000 where it is missing or invalid.
fn quality<'a>(parameters: impl Iterator<Item = &'a str>) -> u16 {
    for parameter in parameters {
        if let Some((name, value)) = parameter.split_once('=')
            && name.trim().eq_ignore_ascii_case("q")
        {
            let parsed = value.trim().parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality));
            // In range by the filter, so the cast neither wraps nor saturates.
            return parsed.map_or(1000, |quality| (quality * 1000.0).round() as u16);
        }
    }
    1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &[&str]) -> Result<Representation, NotAcceptable> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, HeaderValue::from_str(value).expect("a test's header is visible"));
        }
        representation(&headers)
    }

    #[test]
    fn json_is_the_answer_to_everything_that_covers_it() {
        for accept in [
            "*/*",
            "application/json",
            "application/*",
            "APPLICATION/JSON",
            "application/json; indent=4",
            "text/html, application/xhtml+xml, */*;q=0.8",
            "application/json, application/problem+json",
            "application/problem+json;q=0.5, application/json",
            "application/problem+json;q=0, */*;q=0.1",
            "application/json;q=nonsense",
            "application/json ; q=0.001",
        ] {
            assert_eq!(asked(&[accept]), Ok(Representation::Json), "{accept}");
        }
        assert_eq!(asked(&[]), Ok(Representation::Json));
        assert_eq!(asked(&["text/html", "application/json"]), Ok(Representation::Json));
    }

    #[test]
    fn problem_details_go_to_those_who_prefer_them() {
        for accept in [
            "application/problem+json",
            "application/problem+json, application/json;q=0.9",
            "application/problem+json, */*",
            "application/json;q=0, application/*",
        ] {
            assert_eq!(asked(&[accept]), Ok(Representation::Problem), "{accept}");
        }
    }

    #[test]
    fn who_accepts_neither_is_told_so() {
        for accept in [
            "text/html",
            "application/xml",
            "",
            "text/*",
            "*/*;q=0",
            "application/json;q=0",
            "json",
            "application/json;q=0.0, text/html",
        ] {
            assert_eq!(asked(&[accept]), Err(NotAcceptable), "{accept}");
        }
    }
}
