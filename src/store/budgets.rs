//! Rate limits ("budgets") of accounts and networks. They are counted in the database, so they hold across restarts and
//! replicas.
//!
//! Each budget is stored as one instant: the time at which it is full again (the generic cell rate algorithm). A
//! request moves the instant forward by the cost of one request. A request that would move it beyond the budget's size
//! is refused and costs nothing.
//!
//! A stored instant may lie further ahead than a used-up budget's: the limit was lower, or a clock was ahead. It then
//! counts as the instant of a used-up budget, so that no limit lasts longer than the settings say.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::connection::AnyConnection;
use super::purge::BATCH;
use super::schema::budgets;
use super::{Store, StoreError};
use crate::clock::{Seconds, Timestamp};

/// A budget: its key, refill rate and size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// SHA-256, in hex, of what is counted and for whom.
    pub digest: String,
    /// How long the budget takes to regain one request, in milliseconds.
    pub refill_ms: i64,
    /// How many requests it holds.
    pub burst: u32,
}

impl Budget {
    /// Returns how long it takes to regain all requests.
    fn depth_ms(&self) -> i64 {
        self.refill_ms.saturating_mul(i64::from(self.burst))
    }

    /// Returns when the budget is full again: now for a new one, and at the latest when a used-up one would be.
    fn whole_again_at(&self, stored: Option<i64>, now_ms: i64) -> i64 {
        stored.unwrap_or(now_ms).clamp(now_ms, now_ms.saturating_add(self.depth_ms()))
    }
}

/// A mark with an expiry, such as a trusted network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// SHA-256, in hex, of what it is about.
    pub digest: String,
    /// The end.
    pub until: Timestamp,
}

/// The outcome of spending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spending {
    /// Every budget had a request left.
    Paid {
        /// The budgets that one request was taken from.
        budgets: Vec<Budget>,
    },
    /// A budget was used up; nothing was spent.
    Refused {
        /// When all budgets will have a request left.
        retry_after: Seconds,
    },
}

/// A budget that is skipped while a mark is valid.
#[derive(Clone, Debug)]
pub struct Exempt {
    /// SHA-256, in hex, of what the mark is about.
    pub mark: String,
    /// The budget that counts without the mark.
    pub budget: Budget,
}

/// The refund after a correct password.
#[derive(Clone, Debug)]
pub struct Restitution {
    /// The budgets that this attempt was taken from.
    pub paid: Vec<Budget>,
    /// The digest of the budget that counts only the client's own network. It is refilled, and its number of counted
    /// attempts is given back to the other budgets.
    pub own: Option<String>,
    /// The network that becomes trusted, and until when.
    pub trust: Option<Mark>,
}

impl Store {
    /// Spends one request from all `budgets`, or from none if one of them is used up.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn spend(
        &self,
        budgets: Vec<Budget>,
        unless_marked: Option<Exempt>,
        now: Timestamp,
    ) -> Result<Spending, StoreError> {
        self.lanes
            .write(move |connection| {
                let mut asked = budgets.clone();
                if let Some(Exempt { mark, budget }) = &unless_marked
                    && !is_spent(connection, mark, now)?
                {
                    asked.push(budget.clone());
                }
                spend(connection, asked, now)
            })
            .await
    }

    /// Gives one request back to each budget.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn give_back(&self, budgets: Vec<Budget>) -> Result<(), StoreError> {
        self.lanes.write(move |connection| credit(connection, &budgets)).await
    }

    /// Runs the statements of [`Store::give_back`] for the same number of budgets, and changes nothing.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn give_nothing_back(&self, budgets: Vec<Budget>) -> Result<(), StoreError> {
        let nobodys = |budget: Budget| Budget { digest: String::new(), ..budget };
        self.give_back(budgets.into_iter().map(nobodys).collect()).await
    }

    /// Gives back the cost of attempts after a successful one.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn make_good(&self, restitution: Restitution, now: Timestamp) -> Result<(), StoreError> {
        self.lanes.write(move |connection| make_good(connection, &restitution, now)).await
    }

    /// Deletes full budgets in small batches.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_budgets(&self, now: Timestamp) -> Result<(), StoreError> {
        self.purge_in_batches(move |connection| delete_whole(connection, now)).await
    }
}

/// Sorts by digest: all transactions lock rows in one order, which prevents deadlocks.
fn in_order(budgets: &[Budget]) -> Vec<&Budget> {
    let mut sorted: Vec<_> = budgets.iter().collect();
    sorted.sort_by(|one, other| one.digest.cmp(&other.digest));
    sorted
}

/// Spends one request from all budgets, or from none if one of them is used up.
pub(super) fn spend(connection: &mut AnyConnection, budgets: Vec<Budget>, now: Timestamp) -> QueryResult<Spending> {
    let now_ms = now.unix_seconds().saturating_mul(1_000);
    let mut next = Vec::with_capacity(budgets.len());
    let mut wait_ms = 0;
    for budget in in_order(&budgets) {
        let known = locked(connection, &budget.digest)?;
        let before = budget.whole_again_at(known, now_ms);
        let after = before.saturating_add(budget.refill_ms);
        wait_ms = wait_ms.max(after - now_ms - budget.depth_ms());
        next.push((budget, known, before, after));
    }
    if wait_ms > 0 {
        for (budget, known, before, _) in next {
            // Otherwise it would be as far ahead at every later request, and would refill only after that time.
            if known.is_some_and(|known| known > before) {
                write(connection, &budget.digest, true, before)?;
            }
        }
        let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
        return Ok(Spending::Refused { retry_after: Seconds::new(seconds) });
    }
    for (budget, known, _, after) in next {
        write(connection, &budget.digest, known.is_some(), after)?;
    }
    Ok(Spending::Paid { budgets })
}

/// Spends one request from a budget if it has one. Costs the same if it has none.
pub(super) fn take(connection: &mut AnyConnection, budget: &Budget, now: Timestamp) -> QueryResult<bool> {
    let now_ms = now.unix_seconds().saturating_mul(1_000);
    let known = locked(connection, &budget.digest)?;
    let before = budget.whole_again_at(known, now_ms);
    let after = before.saturating_add(budget.refill_ms);
    let has_one = after - now_ms <= budget.depth_ms();
    write(connection, &budget.digest, known.is_some(), if has_one { after } else { before })?;
    Ok(has_one)
}

/// Gives one request back to each budget. A budget that was refilled meanwhile stays as it is.
fn credit(connection: &mut AnyConnection, budgets: &[Budget]) -> QueryResult<()> {
    for budget in in_order(budgets) {
        let credited = budgets::whole_again_at - budget.refill_ms;
        let row = budgets::table.find(&budget.digest);
        diesel::update(row).set(budgets::whole_again_at.eq(credited)).execute(connection)?;
    }
    Ok(())
}

/// Gives back the cost of attempts after a successful one.
pub(super) fn make_good(
    connection: &mut AnyConnection,
    Restitution { paid, own, trust }: &Restitution,
    now: Timestamp,
) -> QueryResult<()> {
    let now_ms = now.unix_seconds().saturating_mul(1_000);
    let is_own = |budget: &Budget| own.as_deref() == Some(budget.digest.as_str());
    let (mut known, mut attempts) = (Vec::with_capacity(paid.len()), 1);
    for budget in in_order(paid) {
        let Some(whole_again_at) = locked(connection, &budget.digest)? else { continue };
        if is_own(budget) {
            let missing_ms = whole_again_at.saturating_sub(now_ms).saturating_add(budget.refill_ms - 1);
            attempts = (missing_ms / budget.refill_ms).max(1);
        }
        known.push((budget, whole_again_at));
    }
    for (budget, whole_again_at) in known {
        if is_own(budget) {
            diesel::delete(budgets::table.find(&budget.digest)).execute(connection)?;
        } else {
            let credited = whole_again_at.saturating_sub(attempts.saturating_mul(budget.refill_ms));
            write(connection, &budget.digest, true, credited)?;
        }
    }
    match trust {
        Some(trust) => use_up(connection, &trust.digest, trust.until),
        None => Ok(()),
    }
}

/// Reads a budget and locks its row until the transaction ends. SQLite needs no lock: it has one writer.
fn locked(connection: &mut AnyConnection, digest: &str) -> QueryResult<Option<i64>> {
    let row = budgets::table.find(digest).select(budgets::whole_again_at);
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => row.first(sqlite).optional(),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => row.for_update().first(postgres).optional(),
    }
}

fn write(connection: &mut AnyConnection, digest: &str, is_known: bool, whole_again_at: i64) -> QueryResult<()> {
    if !is_known {
        return insert(connection, digest, whole_again_at);
    }
    let row = budgets::table.find(digest);
    diesel::update(row).set(budgets::whole_again_at.eq(whole_again_at)).execute(connection)?;
    Ok(())
}

/// Inserts a missing row. If another transaction has inserted it meanwhile, the work is run again.
fn insert(connection: &mut AnyConnection, digest: &str, whole_again_at: i64) -> QueryResult<()> {
    let row = (budgets::digest.eq(digest), budgets::whole_again_at.eq(whole_again_at));
    match diesel::insert_into(budgets::table).values(row).execute(connection) {
        Ok(_) => Ok(()),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, details)) => {
            Err(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, details))
        }
        Err(error) => Err(error),
    }
}

/// Stores the `instant` at which a budget is full again. Every registration does this, so it avoids UPDATE: diesel
/// prepares an UPDATE anew for every execution, but neither a DELETE nor an INSERT.
pub(super) fn use_up(connection: &mut AnyConnection, digest: &str, instant: Timestamp) -> QueryResult<()> {
    diesel::delete(budgets::table.find(digest)).execute(connection)?;
    insert(connection, digest, instant.unix_seconds().saturating_mul(1_000))
}

/// Returns whether a budget is not full yet.
pub(super) fn is_spent(connection: &mut AnyConnection, digest: &str, now: Timestamp) -> QueryResult<bool> {
    let row = budgets::table.find(digest).select(budgets::whole_again_at);
    let whole_again_at: Option<i64> = row.first(connection).optional()?;
    Ok(whole_again_at.is_some_and(|at| at > now.unix_seconds().saturating_mul(1_000)))
}

fn delete_whole(connection: &mut AnyConnection, now: Timestamp) -> QueryResult<usize> {
    let whole = budgets::table
        .filter(budgets::whole_again_at.le(now.unix_seconds().saturating_mul(1_000)))
        .order(budgets::whole_again_at.asc())
        .limit(BATCH)
        .select(budgets::digest)
        .load::<String>(connection)?;
    diesel::delete(budgets::table.filter(budgets::digest.eq_any(whole))).execute(connection)
}
