//! The commands that ask for a password. It is never an argument: other users of the machine could read it.

use std::fmt::Display;
use std::io::{IsTerminal, stdin};

use super::super::failure::{Failure, say};
use super::naming::Named;
use crate::accounts::{self, NewPassword, RegisterError, Registration, ResetPasswordError, User, parse_email};
use crate::app::Countersign;
use crate::identity::{EmailAddress, PersonName, Username};
use crate::passwords::{Password, WeakPassword};
use crate::profile_fields::CheckedValues;
use crate::settings::{Settings, UsernamePolicy};

/// The names of the user to create, as typed, and the values of declared fields.
pub(super) struct Names {
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) fields: CheckedValues,
}

pub(super) async fn create(settings: Settings, names: Names) -> Result<(), Failure> {
    match (settings.users.username, &names.username) {
        (UsernamePolicy::Required, None) => {
            return Err(Failure::misused("a user needs a username: add --username NAME"));
        }
        (UsernamePolicy::None, Some(_)) => {
            return Err(Failure::misused("users have no username here (`users.username`): leave --username out"));
        }
        (UsernamePolicy::Required | UsernamePolicy::Generated, Some(_))
        | (UsernamePolicy::Generated | UsernamePolicy::None, None) => {}
    }
    let username = names.username.map(|text| Username::parse(&text)).transpose().map_err(wrong)?;
    let email = names.email.map(|text| parse_email(settings.mode, &text)).transpose().map_err(wrong)?;
    let first_name = PersonName::parse(&names.first_name).map_err(wrong)?;
    let last_name = PersonName::parse(&names.last_name).map_err(wrong)?;
    let password = ask_password(&settings)?;
    let countersign = Countersign::builder(settings).start().await?;
    let registration = Registration { username, email, first_name, last_name, fields: names.fields, password };
    let registered = countersign.accounts().create_user(registration).await.map_err(|error| match error {
        accounts::Failure::Refused(RegisterError::Password(weaknesses)) => weak_password(&weaknesses),
        accounts::Failure::Refused(RegisterError::Taken { username: true, .. }) => {
            Failure::new("another user has the username; choose another")
        }
        accounts::Failure::Refused(RegisterError::Taken { .. }) => {
            Failure::new("a verified user has the e-mail address; choose another")
        }
        accounts::Failure::Refused(RegisterError::EmailMissing) => {
            Failure::misused("a user needs an e-mail address here: add --email ADDRESS")
        }
        other => Failure::new(other),
    })?;
    let named = Named {
        id: &registered.id,
        username: registered.username.as_ref().map(Username::as_str),
        email: registered.email.as_ref().map(EmailAddress::as_str),
    };
    say!("{named} is created.");
    Ok(())
}

pub(super) async fn set_password(settings: Settings, user: &User) -> Result<(), Failure> {
    let password = ask_password(&settings)?;
    let countersign = Countersign::builder(settings).start().await?;
    countersign.accounts().set_password(user, password).await.map_err(|error| match error {
        accounts::Failure::Refused(ResetPasswordError::Password(weaknesses)) => weak_password(&weaknesses),
        other => Failure::new(other),
    })
}

/// Asks twice on a terminal, without showing what is typed; otherwise reads one line of standard input.
fn ask_password(settings: &Settings) -> Result<NewPassword, Failure> {
    let maximum = settings.passwords.max_length;
    let parse = |text: String| Password::parse(&text, maximum).map_err(|faults| Failure::new(first(&faults)));
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().read_line(&mut line)?;
        let password = line.strip_suffix('\n').unwrap_or(&line);
        let password = password.strip_suffix('\r').unwrap_or(password);
        return Ok(NewPassword::new(parse(password.to_owned())?));
    }
    let password = parse(rpassword::prompt_password("Password: ")?)?;
    if !parse(rpassword::prompt_password("Password again: ")?)?.equals(&password) {
        return Err(Failure::new("the two passwords differ; try again"));
    }
    Ok(NewPassword::new(password))
}

/// Returns the failure of an argument with these faults.
pub(super) fn wrong<F: Display>(faults: Vec<F>) -> Failure {
    Failure::misused(first(&faults))
}

fn first<F: Display>(faults: &[F]) -> String {
    faults.first().map_or_else(String::new, ToString::to_string)
}

fn weak_password(weaknesses: &[WeakPassword]) -> Failure {
    let weakness = weaknesses.first().map(|weakness| match weakness {
        WeakPassword::TooSimilar(_) => "the password is too similar to the user's name or address".to_owned(),
        WeakPassword::TooShort { minimum } => format!("the password is too short; it needs {minimum} characters"),
        WeakPassword::TooCommon => "the password is one of the most common ones".to_owned(),
        WeakPassword::EntirelyNumeric => "the password has digits only".to_owned(),
    });
    Failure::new(weakness.unwrap_or_else(|| "the password is refused".to_owned()))
}
