//! Mails that unauthenticated clients request, subject to a rate limit.

use diesel::prelude::*;

use super::{NewMail, insert};
use crate::store::budgets::{self, Budget, Spending};
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError};

impl Store {
    /// Stores a requested mail, if the budget `asked` is not used up. Does nothing and returns `None` if the mail's
    /// user has been deleted meanwhile. A decoy costs the same as a mail.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn enqueue(&self, mail: NewMail, asked: Option<Budget>) -> Result<Option<Spending>, StoreError> {
        match self.lanes.write(move |connection| pay_and_insert(connection, &mail, asked.as_ref())).await {
            Err(error) if error.violates_foreign_key() => Ok(None),
            outcome => outcome.map(Some),
        }
    }
}

/// Stores a mail if there is no budget `asked` or it is not used up.
fn pay_and_insert(connection: &mut AnyConnection, mail: &NewMail, asked: Option<&Budget>) -> QueryResult<Spending> {
    let spending = budgets::spend(connection, asked.cloned().into_iter().collect(), mail.created_at)?;
    if matches!(spending, Spending::Paid { .. }) {
        insert(connection, mail)?;
    }
    Ok(spending)
}
