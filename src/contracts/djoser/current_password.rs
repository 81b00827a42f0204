//! `current_password`: the password of the logged-in user, asked for beside a change.

use super::state::DjoserContract;
use super::words;
use crate::accounts::{Authenticated, Client, Confirmed};
use crate::contracts::password_field;
use crate::http::Fault;
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::http::fields::Fields;

const NAME: &str = "current_password";

pub(super) fn field() -> FieldDescription {
    FieldDescription::required(NAME, FieldKind::String, "Current password")
}

/// Reads the password and checks it. Returns `None` after noting an error of the field.
pub(super) async fn confirm<'a>(
    contract: &DjoserContract,
    fields: &mut Fields<'_>,
    who: &'a Authenticated,
    client: &Client,
) -> Result<Option<Confirmed<'a>>, Fault> {
    password_field::confirm(&contract.site, fields, (NAME, words::PASSWORD_WRONG), who, client).await
}

/// Returns the fault of a wrong password.
pub(super) fn wrong() -> Fault {
    Fault::field(NAME, words::PASSWORD_WRONG)
}
