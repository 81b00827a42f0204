//! What a copy tells: which database it speaks of, how far it is, and what both databases hold at the end.

use std::fmt;

use super::checksum::Checksum;
use super::tables::Table;

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The database that is read.
    Source,
    /// The database that is written.
    Target,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "source",
            Self::Target => "target",
        })
    }
}

/// Where a copy stands: told about once for each thousand rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyProgress {
    /// What is being done.
    pub stage: CopyStage,
    /// The table it is done to.
    pub table: &'static str,
    /// Rows that are done with.
    pub rows: u64,
    /// Rows that the source has.
    pub of: u64,
}

/// What a copy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopyStage {
    /// Rows that an earlier copy left are compared with the source.
    Resuming,
    /// Rows are read and written.
    Copying,
    /// All rows of the target are read again.
    CheckingTarget,
    /// All rows of the source are read again.
    CheckingSource,
}

/// What both databases hold now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    /// Each table, those first that others refer to.
    pub tables: Vec<CopiedTable>,
    /// The rows that were written; less than all if an earlier copy was resumed.
    pub rows_written: u64,
}

/// A table that is the same in both databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// The sum of its rows' SHA-256, in hex.
    pub checksum: String,
}

impl CopiedTable {
    pub(super) fn of(table: &Table, sum: Checksum) -> Self {
        Self { name: table.name, rows: sum.rows, checksum: sum.to_string() }
    }
}
