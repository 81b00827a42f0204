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
mod tables;
mod target;

#[cfg(test)]
mod tests;

use diesel::result::QueryResult;

use self::check::Resumed;
use self::checksum::Checksum;
use self::database::Database;
use self::tables::{PAGE_ROWS, Table};
use self::target::{MARK, Standing, Target};
use super::connection::AnyConnection;
use crate::settings::DatabaseSettings;

pub use self::database::Side;
pub(super) use self::database::has_table;
pub use self::error::CopyError;
pub(super) use self::tables::TABLES;

/// What to do with what a copy that was not finished left in the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// Go on from there.
    Resume,
    /// Throw it away. Rows that are from no unfinished copy are never thrown away.
    Restart,
}

/// Where a copy stands: told about once for each thousand rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyProgress {
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
pub enum CopyStage {
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
pub struct Copied {
    /// Each table, those first that others refer to.
    pub tables: Vec<CopiedTable>,
    /// The rows that were written; less than all if an earlier copy was resumed.
    pub rows_written: u64,
}

/// A table that is the same in both databases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// The sum of its rows' SHA-256, in hex.
    pub checksum: String,
}

/// Copies every row of `from` into `to`, which must be empty or hold what an unfinished copy left, and compares them.
///
/// # Errors
///
/// Each [`CopyError`]. The target stays marked as unfinished, and no server starts on it, until a copy succeeds.
pub fn copy(
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
        return Err(CopyError::Unfit { side: Side::Target, fact: "was begun by another version of this program" });
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
pub fn compare(
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

/// Tells whether the database bears the mark of a copy that was begun and not finished.
pub(super) fn is_half_made(connection: &mut AnyConnection) -> QueryResult<bool> {
    has_table(connection, MARK)
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

impl CopiedTable {
    fn of(table: &Table, sum: Checksum) -> Self {
        Self { name: table.name, rows: sum.rows, checksum: sum.to_string() }
    }
}
