//! `current_password`: the password of the logged-in user, asked for beside a change.

use super::state::DjoserContract;
use super::words;
use crate::accounts::{Authenticated, Client, Confirmed};
use crate::http::Fault;
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::http::fields::{Fields, TextRule};
use crate::passwords::Password;

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
    let maximum = contract.site.password_max_length;
    let password = fields.parsed(NAME, TextRule::EXACT, |text| Password::parse(text, maximum));
    let Some(password) = password.value() else { return Ok(None) };
    let confirmed = contract.accounts.confirm_password(who, password.clone(), client).await?;
    if confirmed.is_none() {
        fields.refuse(NAME, words::PASSWORD_WRONG);
    }
    Ok(confirmed)
}

/// Returns the fault of a wrong password.
pub(super) fn wrong() -> Fault {
    Fault::field(NAME, words::PASSWORD_WRONG)
}
