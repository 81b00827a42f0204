//! The one place where commands print: nothing that steers a terminal gets through, whoever wrote it.

use std::io::{self, Write as _};

pub(super) use crate::identity::printable;
use crate::identity::printable_lines;

/// Writes one line to standard output.
pub(super) fn print_line(line: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{}", printable(line))
}

/// Writes text that consists of lines to standard error.
pub(super) fn print_error(text: &str) -> io::Result<()> {
    writeln!(io::stderr(), "{}", printable_lines(text.trim_end()))
}
