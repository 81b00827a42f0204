//! The commands on declared profile fields: set a user's value, and delete the values of a field that is declared no
//! longer.

use super::super::consent::{self, Consent};
use super::super::failure::{Failure, say};
use super::super::terminal::printable;
use super::naming::gone;
use crate::accounts::{self, Administration, PurgedField, SetFieldsError, User};
use crate::profile_fields::{
    CheckedValues, FieldType, MAXIMUM_DOCUMENT_BYTES, ProfileField, ProfileFields, ProfileValue, ValueFault,
};
use crate::settings::Settings;

/// Parses arguments of the form `NAME=VALUE`.
///
/// # Errors
///
/// When one has another form, its field is not declared, or its value does not fit.
pub(super) fn parse(fields: &ProfileFields, arguments: &[String]) -> Result<CheckedValues, Failure> {
    let mut values = CheckedValues::default();
    for argument in arguments {
        let Some((name, text)) = argument.split_once('=') else {
            let argument = printable(argument);
            return Err(Failure::misused(format!("--field {argument} has no value: write it as NAME=VALUE")));
        };
        add(&mut values, declared(fields, name)?, Some(text))?;
    }
    Ok(values)
}

/// Parses a value of the field `name`; `None` is null.
///
/// # Errors
///
/// When the field is not declared, or the value does not fit.
pub(super) fn parse_one(fields: &ProfileFields, name: &str, text: Option<&str>) -> Result<CheckedValues, Failure> {
    let mut values = CheckedValues::default();
    add(&mut values, declared(fields, name)?, text)?;
    Ok(values)
}

fn declared<'a>(fields: &'a ProfileFields, name: &str) -> Result<&'a ProfileField, Failure> {
    fields.get(name).ok_or_else(|| {
        let names: Vec<_> = fields.iter().map(ProfileField::name).collect();
        let known = match names.as_slice() {
            [] => "none is declared".to_owned(),
            names => format!("declared are {}", names.join(", ")),
        };
        Failure::misused(format!("no profile field is named {}; {known}", printable(name)))
    })
}

fn add(values: &mut CheckedValues, field: &ProfileField, text: Option<&str>) -> Result<(), Failure> {
    let value = text.map_or(Ok(ProfileValue::Null), |text| field.parse(text));
    value.and_then(|value| values.add(field, value)).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(|fault| sentence(field, fault)).collect();
        Failure::misused(format!("the value of {} does not fit: {}", field.name(), faults.join("; ")))
    })
}

/// Returns what is wrong with a value, and the declared choices or pattern that it misses.
fn sentence(field: &ProfileField, fault: &ValueFault) -> String {
    match (fault, field.field_type()) {
        (ValueFault::NotAChoice, FieldType::Choice(choices)) => {
            let choices: Vec<_> = choices.iter().map(|choice| printable(choice)).collect();
            format!("{fault}: {}", choices.join(", "))
        }
        (ValueFault::PatternMismatch, FieldType::Text { pattern: Some(pattern), .. }) => {
            format!("{fault} {}", printable(pattern.as_str()))
        }
        _ => fault.to_string(),
    }
}

/// Sets values of a user.
pub(super) async fn set(administration: &Administration, user: &User, values: CheckedValues) -> Result<(), Failure> {
    administration.set_profile_fields(&user.id, values).await.map(drop).map_err(|error| match error {
        accounts::Failure::Refused(SetFieldsError::NoSuchUser) => gone(user),
        accounts::Failure::Refused(SetFieldsError::FieldsTooLarge) => Failure::new(format!(
            "the user's values would be more than the {MAXIMUM_DOCUMENT_BYTES} bytes that are stored; give a shorter one"
        )),
        accounts::Failure::Service(error) => error.into(),
    })
}

/// Refuses a field that is declared: the server would go on storing values of it.
pub(super) fn must_be_undeclared(settings: &Settings, name: &str) -> Result<(), Failure> {
    match settings.profile_fields.get(name) {
        None => Ok(()),
        Some(_) => {
            let entry = settings.entries().iter().find(|entry| entry.key == "profile_fields");
            let source = entry.map_or_else(String::new, |entry| format!(" ({})", entry.source));
            Err(Failure::new(format!(
                "the field {name} is declared{source}: remove its declaration and restart the server first"
            )))
        }
    }
}

/// Prints how many users have a value of the field.
pub(super) async fn count(administration: &Administration, name: &str) -> Result<(), Failure> {
    let found = administration.count_profile_values(name).await?;
    let have = if found.users == 1 { "has" } else { "have" };
    say!("{} {have} a value of {}. Nothing was changed.", users(found.users), printable(name));
    unreadable(found)
}

/// Deletes all users' values of the field, if the operator agrees.
pub(super) async fn purge(administration: &Administration, name: &str, consent: Consent) -> Result<(), Failure> {
    let shown = printable(name);
    if consent == Consent::Asked {
        let found = administration.count_profile_values(name).await?;
        if found.users == 0 {
            say!("No user has a value of {shown}.");
            return unreadable(found);
        }
        let question = format!("Delete the values of {shown} of {} for good?", users(found.users));
        consent::ask(&question, "add --yes to delete, or --dry-run to count")?;
    }
    let purged = administration.purge_profile_field(name).await?;
    say!("The values of {shown} of {} are deleted.", users(purged.users));
    unreadable(purged)
}

fn unreadable(found: PurgedField) -> Result<(), Failure> {
    if found.unreadable > 0 {
        say!("{} with a profile that is not a JSON object: it was left as it is.", users(found.unreadable));
    }
    Ok(())
}

fn users(number: u64) -> String {
    if number == 1 { "1 user".to_owned() } else { format!("{number} users") }
}
