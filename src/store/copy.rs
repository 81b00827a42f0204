//! Copies everything into another database, of the same engine or the other, and makes sure that nothing is lost.
//!
//! The source is read as it was at one instant. What has been copied is written down in the target together with the
//! rows, so a copy that was cut off goes on where it stopped. At the end the target's rows are compared with the
//! source's, and the source once more with itself: a copy of a database that has moved on would lose what came since.
//! `cli` calls this; it needs a thread that may block.

mod check;
mod checksum;
mod database;
mod error;
mod report;
mod tables;
mod target;

#[cfg(test)]
mod tests;

use self::check::Resumed;
use self::checksum::Checksum;
use self::database::Database;
use self::tables::{PAGE_ROWS, Table};
use self::target::{Standing, Target};
use crate::settings::DatabaseSettings;

pub(crate) use self::error::{CopyError, Misfit};
pub(crate) use self::report::{Copied, CopiedTable, CopyProgress, CopyStage, Side};
pub(super) use self::tables::TABLES;

/// What to do with what a copy that was not finished left in the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// Go on from there.
    Resume,
    /// Throw it away. Rows that are from no unfinished copy are never thrown away.
    Restart,
}

/// Copies every row of `from` into `to`, which must be empty or hold what an unfinished copy left, and compares them.
///
/// # Errors
///
/// Each [`CopyError`]. The target stays marked as unfinished, and no server starts on it, until a copy succeeds.
pub(crate) fn copy(
    from: &DatabaseSettings,
    to: &DatabaseSettings,
    beginning: Beginning,
    tell: &mut dyn FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    let mut source = Database::snapshot(from, Side::Source)?;
    source.must_fit()?;
    let mut target = Target::open(to)?;
    match (target.standing()?, beginning) {
        (Standing::Empty, _) => target.begin()?,
        (Standing::HalfMade, Beginning::Resume) => {}
        (Standing::HalfMade, Beginning::Restart) => {
            target.empty()?;
            target.begin()?;
        }
        (Standing::InUse(table), _) => return finished_before(&mut source, &mut target.database, table, tell),
    }
    if target.database.versions()? != source.versions()? {
        return Err(CopyError::Unfit { side: Side::Target, fact: Misfit::BegunByAnother });
    }

    let mut rows_written = 0;
    let mut sums = Vec::with_capacity(TABLES.len());
    for table in &TABLES {
        let resumed = check::resumed(&mut source, &mut target, table, tell)?;
        let sum = copy_table(&mut source, &mut target, table, &resumed, tell)?;
        rows_written += sum.rows - resumed.sum.rows;
        sums.push((table, sum));
    }
    for (table, sum) in &sums {
        check::target(&mut target.database, table, *sum, tell)?;
    }
    source.renew_snapshot()?;
    for (table, sum) in &sums {
        check::source_again(&mut source, table, *sum, tell)?;
    }
    target.finish()?;
    Ok(Copied { tables: sums.into_iter().map(|(table, sum)| CopiedTable::of(table, sum)).collect(), rows_written })
}

/// Compares all rows of two databases. Neither is changed.
///
/// # Errors
///
/// [`CopyError::Unlike`] for the first table that is not the same in both; others when they cannot be read.
pub(crate) fn compare(
    from: &DatabaseSettings,
    to: &DatabaseSettings,
    tell: &mut dyn FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    let mut source = Database::snapshot(from, Side::Source)?;
    let mut target = Database::snapshot(to, Side::Target)?;
    source.must_fit()?;
    target.must_fit()?;
    check::both(&mut source, &mut target, tell)
}

/// Writes the rows that come after those that were resumed, and adds up all.
fn copy_table(
    source: &mut Database,
    target: &mut Target,
    table: &Table,
    resumed: &Resumed,
    tell: &mut dyn FnMut(CopyProgress),
) -> Result<Checksum, CopyError> {
    let of = source.count(table)?;
    let mut last_key = resumed.last_key.clone();
    let mut sum = resumed.sum;
    loop {
        let page = source.read(table, &last_key, None)?;
        target.insert(table, page.as_ref(), &last_key)?;
        sum.add(page.checksum());
        tell(CopyProgress { stage: CopyStage::Copying, table: table.name, rows: sum.rows, of });
        match page.last_key() {
            Some(last) if page.rows() == PAGE_ROWS => last.clone_into(&mut last_key),
            _ => return Ok(sum),
        }
    }
}

/// A target that has rows and no mark is well if an earlier copy was finished, and nothing has changed since.
fn finished_before(
    source: &mut Database,
    target: &mut Database,
    in_use: &'static str,
    tell: &mut dyn FnMut(CopyProgress),
) -> Result<Copied, CopyError> {
    if target.versions()? != source.versions()? {
        return Err(CopyError::TargetInUse(in_use));
    }
    match check::both(source, target, tell) {
        Err(CopyError::Unlike { .. }) => Err(CopyError::TargetInUse(in_use)),
        outcome => outcome,
    }
}
