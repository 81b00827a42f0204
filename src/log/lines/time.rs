//! The time of a line: UTC to the microsecond, as `2026-11-29T22:27:01.012345Z`.

use std::cell::RefCell;
use std::fmt;
use std::time::Duration;

use tracing_subscriber::fmt::format::Writer;

use crate::clock::{Timestamp, wall_clock};

thread_local! {
    /// The second of this thread's last line, and its text up to the point: a calendar costs more than all the rest of
    /// a line, and many lines share a second.
    static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// Writes the present time.
pub(super) fn write_now(writer: &mut Writer<'_>) -> fmt::Result {
    write(writer, wall_clock())
}

fn write(writer: &mut Writer<'_>, since_1970: Duration) -> fmt::Result {
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != since_1970.as_secs() || text.is_empty() {
            *second = since_1970.as_secs();
            let timestamp = Timestamp::from_unix_seconds(i64::try_from(*second).unwrap_or(i64::MAX));
            *text = timestamp.to_string().trim_end_matches('Z').to_owned();
        }
        writer.write_str(text)
    })?;
    write!(writer, ".{:06}Z", since_1970.subsec_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_microsecond_whatever_was_written_before() {
        let times = [
            (1_764_455_221, 12_345, "2025-11-29T22:27:01.012345Z"),
            (1_764_455_221, 999_999, "2025-11-29T22:27:01.999999Z"),
            (1_764_455_222, 0, "2025-11-29T22:27:02.000000Z"),
            (0, 7, "1970-01-01T00:00:00.000007Z"),
            (1_764_455_221, 12_345, "2025-11-29T22:27:01.012345Z"),
        ];
        for (seconds, micros, text) in times {
            let mut written = String::new();
            write(&mut Writer::new(&mut written), Duration::new(seconds, micros * 1_000)).unwrap();
            assert_eq!(written, text);
        }
    }
}
