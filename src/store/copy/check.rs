//! Compares what was copied with what it was copied from.

use super::checksum::Checksum;
use super::database::Database;
use super::error::CopyError;
use super::report::{Copied, CopiedTable, CopyProgress, CopyStage};
use super::tables::{TABLES, Table};
use super::target::Target;

type Tell<'a> = &'a mut dyn FnMut(CopyProgress);

/// How far an earlier copy got with a table.
pub(super) struct Resumed {
    /// The key it got to; empty before the first.
    pub last_key: String,
    /// The rows up to there, which both databases hold.
    pub sum: Checksum,
}

/// Makes sure that what an earlier copy left is what the source holds.
pub(super) fn resumed(
    source: &mut Database,
    target: &mut Target,
    table: &Table,
    tell: Tell<'_>,
) -> Result<Resumed, CopyError> {
    let last_key = target.last_key(table)?;
    let left = target.database.checksum(table, None, CopyStage::Resuming, tell)?;
    let sum = match last_key.as_str() {
        "" => Checksum::default(),
        key => source.checksum(table, Some(key), CopyStage::Resuming, tell)?,
    };
    if left == sum { Ok(Resumed { last_key, sum }) } else { Err(CopyError::ResumedUnlike(table.name)) }
}

/// Makes sure that the target holds what was read from the source.
pub(super) fn target(target: &mut Database, table: &Table, copied: Checksum, tell: Tell<'_>) -> Result<(), CopyError> {
    let found = target.checksum(table, None, CopyStage::CheckingTarget, tell)?;
    if found == copied {
        return Ok(());
    }
    Err(CopyError::Unlike { table: table.name, source_rows: copied.rows, target_rows: found.rows })
}

/// Makes sure that the source still holds what was read from it.
pub(super) fn source_again(
    source: &mut Database,
    table: &Table,
    copied: Checksum,
    tell: Tell<'_>,
) -> Result<(), CopyError> {
    let found = source.checksum(table, None, CopyStage::CheckingSource, tell)?;
    if found == copied { Ok(()) } else { Err(CopyError::SourceChanged(table.name)) }
}

/// Compares two databases that are said to hold the same.
pub(super) fn both(source: &mut Database, target: &mut Database, tell: Tell<'_>) -> Result<Copied, CopyError> {
    let mut tables = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let sum = source.checksum(table, None, CopyStage::CheckingSource, tell)?;
        self::target(target, table, sum, tell)?;
        tables.push(CopiedTable::of(table, sum));
    }
    Ok(Copied { tables, rows_written: 0 })
}
