//! Budgets: how often something may be asked of one account, counted in the database so that it holds across restarts
//! and replicas.
//!
//! Each is one instant, when it will be whole again (the generic cell rate algorithm): spending moves the instant on
//! by what one request costs, and a request that would move it further than the budget is deep is refused and costs
//! nothing.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};

use super::connection::AnyConnection;
use super::schema::budgets;
use super::{Store, StoreError};
use crate::clock::{Seconds, Timestamp};
use crate::identity::UserId;

/// Rows that one transaction deletes at most.
const BATCH: i64 = 500;

/// One budget and its measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// SHA-256, in hex, of what is counted and for whom.
    pub digest: String,
    /// How long the budget takes to win one request back, in milliseconds.
    pub refill_ms: i64,
    /// How many requests it holds.
    pub burst: u32,
}

/// A name kept from being used, though nobody has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    /// SHA-256, in hex, of the name's compared form.
    pub digest: String,
    /// The end.
    pub until: Timestamp,
}

impl Reservation {
    /// One that reserves nothing, and costs what any other does.
    pub fn decoy(now: Timestamp) -> Self {
        let [one, other] = [(); 2].map(|()| UserId::generate(now).to_string().replace('-', ""));
        Self { digest: one + &other, until: now }
    }
}

/// What became of a request that had to be paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spending {
    /// Every budget had enough.
    Paid,
    /// One had not; nothing was spent.
    Refused {
        /// When all of them will have enough.
        retry_after: Seconds,
    },
}

impl Store {
    /// Takes one request out of all `budgets`, or, if one of them is used up, out of none.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn spend(&self, budgets: Vec<Budget>, now: Timestamp) -> Result<Spending, StoreError> {
        let mut budgets = budgets;
        // Whoever locks rows does so in one order, or two would wait for each other.
        budgets.sort_by(|one, other| one.digest.cmp(&other.digest));
        self.lanes.write(move |connection| spend(connection, &budgets, now)).await
    }

    /// Tells whether a budget is not whole yet.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn is_budget_spent(&self, digest: String, now: Timestamp) -> Result<bool, StoreError> {
        self.lanes.read(move |connection| is_spent(connection, &digest, now)).await
    }

    /// Uses a budget up until `instant`.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn spend_until(&self, digest: String, instant: Timestamp) -> Result<(), StoreError> {
        self.lanes.write(move |connection| use_up(connection, &digest, instant)).await
    }

    /// Makes a budget whole again.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn restore_budget(&self, digest: String) -> Result<(), StoreError> {
        self.lanes
            .write_statement(move |connection| {
                diesel::delete(budgets::table.find(&digest)).execute(connection)?;
                Ok(())
            })
            .await
    }

    /// Deletes budgets that are whole again, in small batches.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_budgets(&self, now: Timestamp) -> Result<(), StoreError> {
        loop {
            let deleted = self.lanes.write_statement(move |connection| delete_whole(connection, now)).await?;
            if deleted < BATCH as usize {
                return Ok(());
            }
        }
    }
}

fn spend(connection: &mut AnyConnection, asked: &[Budget], now: Timestamp) -> QueryResult<Spending> {
    let now_ms = now.unix_seconds().saturating_mul(1_000);
    let mut next = Vec::with_capacity(asked.len());
    let mut wait_ms = 0;
    for budget in asked {
        let known = locked(connection, &budget.digest)?;
        let whole_again_at = known.unwrap_or(now_ms).max(now_ms).saturating_add(budget.refill_ms);
        let depth_ms = budget.refill_ms.saturating_mul(i64::from(budget.burst));
        wait_ms = wait_ms.max(whole_again_at - now_ms - depth_ms);
        next.push((budget, known, whole_again_at));
    }
    if wait_ms > 0 {
        let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
        return Ok(Spending::Refused { retry_after: Seconds::new(seconds) });
    }
    for (budget, known, whole_again_at) in next {
        match known {
            Some(_) => update(connection, &budget.digest, whole_again_at)?,
            None => insert(connection, &budget.digest, whole_again_at)?,
        }
    }
    Ok(Spending::Paid)
}

/// Reads a budget and keeps others from changing it until the transaction ends. SQLite's one writer does so anyway.
fn locked(connection: &mut AnyConnection, digest: &str) -> QueryResult<Option<i64>> {
    let row = budgets::table.find(digest).select(budgets::whole_again_at);
    match connection {
        #[cfg(feature = "sqlite")]
        AnyConnection::Sqlite(sqlite) => row.first(sqlite).optional(),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(postgres) => row.for_update().first(postgres).optional(),
    }
}

fn update(connection: &mut AnyConnection, digest: &str, whole_again_at: i64) -> QueryResult<()> {
    let row = budgets::table.find(digest);
    diesel::update(row).set(budgets::whole_again_at.eq(whole_again_at)).execute(connection)?;
    Ok(())
}

/// Makes a row that was not there. If another has made it meanwhile, the work is to be run again.
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

/// Uses a budget up until `instant`. Each registration does so, and diesel prepares an UPDATE anew for every execution,
/// but neither a DELETE nor an INSERT.
pub(super) fn use_up(connection: &mut AnyConnection, digest: &str, instant: Timestamp) -> QueryResult<()> {
    diesel::delete(budgets::table.find(digest)).execute(connection)?;
    insert(connection, digest, instant.unix_seconds().saturating_mul(1_000))
}

/// Tells whether a budget is not whole yet.
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
