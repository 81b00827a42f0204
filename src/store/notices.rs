//! Mails to the present address of an account, about a change of the account.

use diesel::prelude::*;

use super::connection::AnyConnection;
use super::outbox::{self, NewMail};
use super::schema::users;
use crate::identity::UserId;

/// Stores the notice for the account's present address, if there is one. The address is fixed now, not when the mail is
/// sent: a thief who changes it meanwhile must not receive the notice instead of the user.
pub(super) fn notify(connection: &mut AnyConnection, user_id: &UserId, notice: &NewMail) -> QueryResult<()> {
    let recipient: Option<String> = users::table.find(user_id.as_str()).select(users::email).first(connection)?;
    if recipient.is_none() {
        return Ok(());
    }
    outbox::insert(connection, &NewMail { recipient, ..notice.clone() })
}
