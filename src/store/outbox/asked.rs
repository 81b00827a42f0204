//! Mails that strangers ask for, stored as long as their limit allows.

use diesel::prelude::*;

use super::{NewMail, insert};
use crate::store::budgets::{self, Budget, Spending};
use crate::store::connection::AnyConnection;
use crate::store::{Store, StoreError};

impl Store {
    /// Stores a mail that was asked for, if `asked` is not used up. Nothing is done, and nothing returned, where the
    /// mail's user has been deleted meanwhile. A decoy costs what any other mail does.
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

/// Stores a mail if `asked`, where it is limited, is not used up.
fn pay_and_insert(connection: &mut AnyConnection, mail: &NewMail, asked: Option<&Budget>) -> QueryResult<Spending> {
    let spending = budgets::spend(connection, asked.cloned().into_iter().collect(), mail.created_at)?;
    if matches!(spending, Spending::Paid { .. }) {
        insert(connection, mail)?;
    }
    Ok(spending)
}
