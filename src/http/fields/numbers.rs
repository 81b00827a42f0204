//! Reads and writes numbers as Python does, the language of the contract's reference: both must accept the same links.

use std::borrow::Cow;

use super::characters::is_blank;
use super::quoted::unquote;
use crate::http::faults::FieldFault;
use crate::http::members::Value;

const MAX_CHARS: usize = 1000;

/// An integer of any size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Integer<'a> {
    digits: Cow<'a, str>,
}

impl<'a> Integer<'a> {
    /// Returns the canonical text: no sign but a minus, no leading zeros.
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }

    pub(super) fn read(value: Value<'a>) -> Result<Self, FieldFault> {
        let text = match value {
            Value::Number(raw) => return Self::of_text(shown(raw)).ok_or(FieldFault::NotAnInteger),
            Value::Quoted(raw) => unquote(raw).content,
            Value::Text(text) => text,
            Value::Null => return Err(FieldFault::Null),
            Value::Boolean(_) | Value::Container | Value::File => return Err(FieldFault::NotAnInteger),
        };
        if text.len() > MAX_CHARS && text.chars().nth(MAX_CHARS).is_some() {
            return Err(FieldFault::IntegerTooLong);
        }
        Self::of_text(text).ok_or(FieldFault::NotAnInteger)
    }

    /// Parses text as Python's `int` does, after removing a point followed only by zeros. Blanks around, one sign and
    /// single underscores between digits are allowed. Only ASCII digits are.
    fn of_text(text: Cow<'a, str>) -> Option<Self> {
        if let [b'1'..=b'9', rest @ ..] = text.as_bytes()
            && rest.iter().all(u8::is_ascii_digit)
        {
            return Some(Self { digits: text });
        }
        let text = without_zero_fraction(&text).trim_matches(is_blank);
        let (sign, digits) = match text.as_bytes().first()? {
            b'-' => ("-", &text[1..]),
            b'+' => ("", &text[1..]),
            _ => ("", text),
        };
        let mut significant = String::with_capacity(digits.len() + 1);
        significant.push_str(sign);
        for group in digits.split('_') {
            if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let is_leading = significant.len() == sign.len();
            significant.push_str(if is_leading { group.trim_start_matches('0') } else { group });
        }
        if significant.len() == sign.len() {
            return Some(Self { digits: Cow::Borrowed("0") });
        }
        Some(Self { digits: Cow::Owned(significant) })
    }
}

/// Removes what the regular expression `\.0*\s*$` matches.
fn without_zero_fraction(text: &str) -> &str {
    let shorter = text.trim_end_matches(is_blank).trim_end_matches('0');
    shorter.strip_suffix('.').unwrap_or(text)
}

/// Returns a JSON number as Python's `str` writes it: integers digit by digit, others as the shortest text that parses
/// to the same number.
pub(super) fn shown(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit()) {
        return Cow::Borrowed(if raw == "-0" { "0" } else { raw });
    }
    let value: f64 = raw.parse().expect("every JSON number reads as a float");
    Cow::Owned(shown_float(value))
}

fn shown_float(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("`{:e}` writes an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent of a float is small");
    if (-4..16).contains(&exponent) {
        // Python writes `1.0` where Rust writes `1`; both choose the shortest digits.
        let plain = value.to_string();
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_python_shows_them() {
        for (raw, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-12", "-12"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.0", "1.0"),
            ("1.50", "1.5"),
            ("-0.0", "-0.0"),
            ("1e5", "100000.0"),
            ("1E+5", "100000.0"),
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("1.25e22", "1.25e+22"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1.5e-7", "1.5e-07"),
            ("1e-300", "1e-300"),
            ("0.1", "0.1"),
            ("9007199254740993.0", "9007199254740992.0"),
            ("1e400", "inf"),
            ("-1e400", "-inf"),
            ("1e-400", "0.0"),
            ("5e-324", "5e-324"),
        ] {
            assert_eq!(shown(raw), expected, "{raw}");
        }
    }

    #[test]
    fn integers_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("123", Some("123")),
            (" 0123 ", Some("123")),
            ("123.0", Some("123")),
            ("123.", Some("123")),
            ("123.000 \n", Some("123")),
            ("+7", Some("7")),
            ("-7", Some("-7")),
            ("-0", Some("0")),
            ("000", Some("0")),
            ("100", Some("100")),
            ("1_000", Some("1000")),
            ("0_1", Some("1")),
            ("\u{2003}5\u{1f}", Some("5")),
            ("99999999999999999999", Some("99999999999999999999")),
            ("", None),
            ("-", None),
            ("_1", None),
            ("1_", None),
            ("1__0", None),
            ("- 1", None),
            ("+-1", None),
            (".0", None),
            ("1.5", None),
            ("1.0.0", None),
            ("1e9", None),
            ("0x10", None),
            ("soon", None),
            ("1 2", None),
        ] {
            assert_eq!(Integer::of_text(text.into()).as_ref().map(Integer::digits), expected, "{text:?}");
        }
    }

    #[test]
    fn an_integer_knows_whether_it_fits() {
        let value = |text: &'static str| Integer::of_text(text.into()).expect("digits").digits().parse::<i64>().ok();
        assert_eq!(value("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(value("9223372036854775808"), None);
    }
}
