//! A field with the present password of the logged-in user, asked for beside a change.

use super::site::Site;
use crate::accounts::{Authenticated, Client, Confirmed};
use crate::http::Fault;
use crate::http::faults::FieldFault;
use crate::http::fields::{Fields, TextRule};
use crate::passwords::Password;

/// Reads the password in the field `name` and checks it. Returns `None` after noting an error of the field, which for a
/// password that is not the user's is `wrong`.
pub(super) async fn confirm<'a>(
    site: &Site,
    fields: &mut Fields<'_>,
    (name, wrong): (&'static str, FieldFault),
    who: &'a Authenticated,
    client: &Client,
) -> Result<Option<Confirmed<'a>>, Fault> {
    let password = fields.parsed(name, TextRule::EXACT, |text| Password::parse(text, site.password_max_length));
    let Some(password) = password.value() else { return Ok(None) };
    let confirmed = site.accounts.confirm_password(who, password.clone(), client).await?;
    if confirmed.is_none() {
        fields.refuse(name, wrong);
    }
    Ok(confirmed)
}
