//! Reads the names of users: the username of a registration, and the names that users change in their own record.

use super::declared_fields::Extent;
use super::words::USERNAME_TAKEN;
use crate::accounts::{Accounts, ServiceError};
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::http::fields::{Fields, Read, TextRule};
use crate::identity::{PersonName, Username, UsernameFault};

/// Describes the `username` of a registration, where users have one. Where it would be generated, it may be left out.
pub(super) fn describe_new_username(accounts: &Accounts) -> Option<FieldDescription> {
    let field = match accounts.are_usernames_generated() {
        true => FieldDescription::optional("username", FieldKind::String, "Username"),
        false => FieldDescription::required("username", FieldKind::String, "Username"),
    };
    accounts.have_usernames().then_some(field.at_most(Username::MAXIMUM_CHARACTERS))
}

/// The help text of a `username` that must be sent.
pub(super) const USERNAME_HELP: &str = "Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.";

/// Returns the help text of the `username` of a registration.
pub(super) fn new_username_help(accounts: &Accounts) -> &'static str {
    match accounts.are_usernames_generated() {
        true => "150 characters or fewer. Letters, digits and @/./+/-/_ only. Without one, the site chooses.",
        false => USERNAME_HELP,
    }
}

/// Reads the `username` of a registration, where users have one. Where it would be generated, it may be absent or blank.
pub(super) fn read_new_username(accounts: &Accounts, fields: &mut Fields<'_>) -> Read<Option<Username>> {
    match (accounts.have_usernames(), accounts.are_usernames_generated()) {
        (false, _) => Read::of(None),
        (true, false) => fields.parsed("username", TextRule::TRIMMED, Username::parse).map(Some),
        (true, true) => fields.optional_parsed("username", TextRule::TRIMMED.or_blank(), Username::parse),
    }
}

/// Parses a username. The present one is accepted even if it breaks today's rules.
pub(super) fn parse_username(text: &str, own: Option<&str>) -> Result<Username, Vec<UsernameFault>> {
    match own {
        Some(own) if own == text => Ok(Username::from_stored(own)),
        _ => Username::parse(text),
    }
}

/// Reads `username`. The present one is accepted even if it breaks today's rules.
pub(super) fn read_username(fields: &mut Fields<'_>, extent: Extent, own: Option<&str>) -> Read<Option<Username>> {
    let parse = |text: &str| parse_username(text, own);
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
