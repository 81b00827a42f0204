//! How far the local time of a site was ahead of UTC.

/// Parses an offset such as `+02:00` or `-09:30` into seconds.
pub(super) fn parse_utc_offset(text: &str) -> Result<i32, String> {
    let requirement = || "allowed are \"-14:00\" to \"+14:00\", with a sign, as in \"+02:00\"".to_owned();
    let (sign, clock) = match text.split_at_checked(1) {
        Some(("+", clock)) => (1, clock),
        Some(("-", clock)) => (-1, clock),
        _ => return Err(requirement()),
    };
    let number = |part: &str| {
        let is_number = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = clock.split_once(':').ok_or_else(requirement)?;
    match (number(hours), number(minutes)) {
        (Some(hours @ 0..=13), Some(minutes @ 0..=59)) | (Some(hours @ 14), Some(minutes @ 0)) => {
            Ok(sign * (hours * 3_600 + minutes * 60))
        }
        _ => Err(requirement()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_has_a_sign_hours_and_minutes() {
        for (text, seconds) in [("+00:00", 0), ("+02:00", 7_200), ("-09:30", -34_200), ("+14:00", 50_400)] {
            assert_eq!(parse_utc_offset(text), Ok(seconds), "{text}");
        }
        for text in ["", "Z", "02:00", "+2:00", "+02", "+0200", "+14:01", "+15:00", "+02:60", "+-1:00", "é02:00"] {
            assert!(parse_utc_offset(text).is_err(), "{text}");
        }
    }
}
