//! Why a database was not copied. What to do about it, `cli` says.

use std::path::PathBuf;

use super::super::StoreError;
use super::report::Side;

/// Why a database was not copied, or two are not the same.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CopyError {
    /// There is no such file. (A target is made, but not if it is only to be compared.)
    #[error("there is no {side} at {}", path.display())]
    Missing {
        /// Which database.
        side: Side,
        /// The file that is not there.
        path: PathBuf,
    },
    /// A database cannot be read or written.
    #[error("the {side} cannot be used: {cause}")]
    Failed {
        /// Which database.
        side: Side,
        /// What is wrong with it.
        cause: StoreError,
    },
    /// A database has other tables than this program's, or some of its rows are missing.
    #[error("the {side} {fact}")]
    Unfit {
        /// Which database.
        side: Side,
        /// What is the matter with it.
        fact: Misfit,
    },
    /// The target has rows in this table, and they are from no unfinished copy.
    #[error("the target has rows of its own in `{0}`")]
    TargetInUse(&'static str),
    /// What an unfinished copy left is not what the source holds.
    #[error("what an unfinished copy left in the target's `{0}` is not what the source holds")]
    ResumedUnlike(&'static str),
    /// A constraint of the target's refuses rows that the source's tables took.
    #[error("the target does not take rows of `{table}`: {cause}")]
    Refused {
        /// The table they are of.
        table: &'static str,
        /// The driver's words, which hold no values.
        cause: StoreError,
    },
    /// Somebody else writes to the target.
    #[error("somebody else has written to the target's `{0}` meanwhile")]
    Disturbed(&'static str),
    /// A table is not the same in both databases.
    #[error(
        "`{table}` has {source_rows} rows in the source and {target_rows} in the target, and they are not the same"
    )]
    Unlike {
        /// The table.
        table: &'static str,
        /// The source's rows.
        source_rows: u64,
        /// The target's rows.
        target_rows: u64,
    },
    /// The source is not any more what was copied.
    #[error("the source's `{0}` was changed while it was copied")]
    SourceChanged(&'static str),
}

/// How the tables of a database differ from those that are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    /// It holds an unfinished copy.
    #[error("is a copy that was not finished")]
    HalfCopied,
    /// It has none.
    #[error("has no tables of Countersign's")]
    NoTables,
    /// They are newer than this program.
    #[error("has migrations that this program does not know")]
    TooNew,
    /// They are older than this program.
    #[error("has tables that are not up to date")]
    Outdated,
    /// It holds an unfinished copy, whose tables are those of another version.
    #[error("was begun by another version of this program")]
    BegunByAnother,
}
