//! Reads the names that users change in their own record.

use super::declared_fields::Extent;
use super::words::USERNAME_TAKEN;
use crate::accounts::{Accounts, ServiceError};
use crate::http::fields::{Fields, Read, TextRule};
use crate::identity::{PersonName, Username};

/// Reads `username`. The present one is accepted even if it breaks today's rules.
pub(super) fn read_username(fields: &mut Fields<'_>, extent: Extent, own: Option<&str>) -> Read<Option<Username>> {
    let parse = |text: &str| match own {
        Some(own) if own == text => Ok(Username::from_stored(own)),
        _ => Username::parse(text),
    };
    match extent {
        Extent::Whole => fields.parsed("username", TextRule::TRIMMED, parse).map(Some),
        Extent::Part => fields.optional_parsed("username", TextRule::TRIMMED, parse),
    }
}

/// Refuses `username` if another user has it. Another spelling of the present one is no other name.
///
/// # Errors
///
/// When the database does not answer.
pub(super) async fn refuse_taken(
    accounts: &Accounts,
    fields: &mut Fields<'_>,
    wanted: Option<&Username>,
    own: Option<&str>,
) -> Result<(), ServiceError> {
    let is_own = |wanted: &Username| own.is_some_and(|own| Username::from_stored(own).key() == wanted.key());
    if let Some(wanted) = wanted.filter(|wanted| !is_own(wanted))
        && accounts.look_up_taken(Some(wanted), None).await?.username
    {
        fields.refuse("username", USERNAME_TAKEN);
    }
    Ok(())
}

/// Reads an optional first or last name. A missing one is `None` and keeps the present name; a blank one clears it.
pub(super) fn read_person_name(fields: &mut Fields<'_>, name: &'static str) -> Read<Option<PersonName>> {
    let is_sent = fields.is_sent(name);
    let read = fields.optional_parsed(name, TextRule::TRIMMED.or_blank(), PersonName::parse);
    read.map(|read| if is_sent { Some(read.unwrap_or_default()) } else { None })
}
