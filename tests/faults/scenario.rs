//! The scenarios, and what each needs.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::form::Form;
use super::summary::{Figures, Outcome};
use super::{copies, failover, other_programs, power_loss, recording, replicas};
use crate::support::postgres_cluster::Programs;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    ReplicasOnPostgres,
    ReplicaOnSqlite,
    Failover,
    Copies,
    PowerLoss,
    OtherPrograms,
}

impl Scenario {
    pub const ALL: [Self; 6] = [
        Self::ReplicasOnPostgres,
        Self::ReplicaOnSqlite,
        Self::Failover,
        Self::Copies,
        Self::PowerLoss,
        Self::OtherPrograms,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::ReplicasOnPostgres => "3 replicas, PostgreSQL",
            Self::ReplicaOnSqlite => "1 replica, SQLite",
            Self::Failover => "failover, PostgreSQL",
            Self::Copies => "copies, SQLite",
            Self::PowerLoss => "power loss, SQLite",
            Self::OtherPrograms => "other programs, SQLite",
        }
    }

    /// Runs it on a runtime of its own.
    pub fn run(self, form: &Form) -> Outcome {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("threads can be had");
        let figures = AssertUnwindSafe(self.figures(form)).catch_unwind();
        match runtime.block_on(figures) {
            Ok(Ok(figures)) => Outcome::Held(figures),
            Ok(Err(missing)) => Outcome::Ignored(missing),
            // The panic hook has printed why.
            Err(_) => Outcome::Broken,
        }
    }

    /// # Errors
    ///
    /// What is not installed.
    async fn figures(self, form: &Form) -> Result<Figures, String> {
        Ok(match self {
            Self::ReplicasOnPostgres => replicas::on_postgres(form, &Programs::find()?).await,
            Self::ReplicaOnSqlite => replicas::on_sqlite(form).await,
            Self::Failover => failover::run(form, &Programs::find()?).await,
            Self::Copies => copies::run(form).await,
            Self::PowerLoss => power_loss::run(form, &recording::strace()?).await,
            Self::OtherPrograms => other_programs::run(form, &other_programs::sqlite3()?).await,
        })
    }
}
