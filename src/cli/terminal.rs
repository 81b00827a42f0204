//! The one place where commands print. Characters that control a terminal are escaped, wherever the text comes from.

use std::io::{self, Write as _};

pub(super) use crate::identity::printable;
use crate::identity::printable_lines;

/// Writes one line to standard output.
pub(super) fn print_line(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{}", printable(line))
}

/// Writes text of several lines to standard error.
pub(super) fn print_error(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{}", printable_lines(text.trim_end()))
}
