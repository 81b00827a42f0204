//! A day of the calendar.

use std::fmt;

use chrono::{Datelike, NaiveDate};

/// A day of the Gregorian calendar, from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(NaiveDate);

impl Date {
    /// The first day: 0001-01-01.
    pub const MIN: Self = Self(NaiveDate::from_ymd_opt(1, 1, 1).expect("a day of the calendar"));

    /// The last day: 9999-12-31.
    pub const MAX: Self = Self(NaiveDate::from_ymd_opt(9_999, 12, 31).expect("a day of the calendar"));

    /// Parses `YYYY-MM-DD`. Month and day may have one digit, as Django allows; only ASCII digits count.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let is_number =
            |part: &str, sizes: &[usize]| sizes.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.next().is_some() || !is_number(year, &[4]) || ![month, day].iter().all(|part| is_number(part, &[1, 2]))
        {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        (day.year() >= 1).then_some(Self(day))
    }
}

impl fmt::Display for Date {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for (text, expected) in [
            ("2024-02-29", Some("2024-02-29")),
            ("2024-2-9", Some("2024-02-09")),
            ("0001-01-01", Some("0001-01-01")),
            ("9999-12-31", Some("9999-12-31")),
            ("2023-02-29", None),
            ("1900-02-29", None),
            ("2000-02-29", Some("2000-02-29")),
            ("0000-01-01", None),
            ("10000-01-01", None),
            ("2024-00-01", None),
            ("2024-13-01", None),
            ("2024-01-32", None),
            ("24-01-01", None),
            ("2024-01-01T00:00:00", None),
            ("2024-01-01 ", None),
            ("+024-01-01", None),
            ("2024--1-1", None),
            ("2024-01", None),
            ("2024-01-01-01", None),
            ("\u{0662}\u{0660}24-01-01", None),
            ("2024-001-01", None),
            ("", None),
        ] {
            assert_eq!(Date::parse(text).map(|date| date.to_string()).as_deref(), expected, "{text:?}");
        }
    }
}
