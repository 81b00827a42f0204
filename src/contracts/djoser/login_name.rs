//! `users/set_username/`, `users/reset_username/` and `users/reset_username_confirm/`; where users have no username, the
//! same for their address.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::claims::malformed;
use super::current_password;
use super::operations;
use super::records::{email_fault, parse_email};
use super::retype::Retype;
use super::state::{DjoserContract, Handle};
use super::words;
use crate::accounts::{ChangeUsernameError, Failure, NoSuchUser, Receivers, ResetUsernameError, User};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::names::parse_username;
use crate::contracts::service_faults::telling;
use crate::contracts::words::{EMAIL_TAKEN, USERNAME_TAKEN};
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind, Switch};
use crate::http::faults::{Code, FieldFault};
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, Username};
use crate::links::{AnyClaim, Claim};

/// A new login name.
enum NewName {
    Username(Username),
    Email(EmailAddress),
}

pub(super) fn set_endpoint(contract: &DjoserContract) -> Endpoint<'_, LoggedInUser> {
    let mut fields = name_fields(contract, contract.options.set_name_retype);
    fields.push(current_password::field());
    Endpoint::guarded(contract.options.naming.set_path, "User Set Username")
        .taking("POST", fields)
        .described(Method::POST, move || operations::set_name(contract))
        .on(Method::POST, set)
}

pub(super) fn reset_endpoints(contract: &DjoserContract) -> [Endpoint<'_>; 2] {
    let (naming, switch) =
        (contract.options.naming, if contract.options.resets_names { Switch::On } else { Switch::Off });
    let mut fields = name_fields(contract, contract.options.reset_name_retype);
    fields.push(FieldDescription::optional("uid", FieldKind::String, "Uid"));
    fields.push(FieldDescription::optional("token", FieldKind::String, "Token"));
    [
        Endpoint::open(naming.reset_path, "User Reset Username")
            .switched(switch)
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .described(Method::POST, move || operations::send_name_link(contract))
            .on(Method::POST, send_link),
        Endpoint::open(naming.confirm_path, "User Reset Username Confirm")
            .switched(switch)
            .taking("POST", fields)
            .described(Method::POST, move || operations::reset_name(contract))
            .on(Method::POST, reset),
    ]
}

fn name_fields(contract: &DjoserContract, retype: Retype) -> Vec<FieldDescription> {
    let naming = contract.options.naming;
    let (kind, maximum) = match contract.options.log_in_by_username() {
        true => (FieldKind::String, Username::MAXIMUM_CHARACTERS),
        false => (FieldKind::Email, EmailAddress::MAXIMUM_CHARACTERS),
    };
    let field = |name, label| FieldDescription::required(name, kind, label).at_most(maximum);
    let repeated = (retype == Retype::Asked).then(|| field(naming.repeated, "Repeated name"));
    [Some(field(naming.new, "New name")), repeated].into_iter().flatten().collect()
}

fn read_name(contract: &DjoserContract, fields: &mut Fields<'_>, name: &'static str) -> Read<NewName> {
    if contract.options.log_in_by_username() {
        fields.parsed(name, TextRule::TRIMMED, Username::parse).map(NewName::Username)
    } else {
        fields.parsed(name, TextRule::EMAIL, |text| contract.accounts.parse_email(text)).map(NewName::Email)
    }
}

/// Reads the name that the logged-in user sets. The present one is accepted even if it breaks today's rules.
fn read_name_of(contract: &DjoserContract, fields: &mut Fields<'_>, name: &'static str, who: &User) -> Read<NewName> {
    if contract.options.log_in_by_username() {
        let own = who.username.as_deref();
        fields.parsed(name, TextRule::TRIMMED, |text| parse_username(text, own)).map(NewName::Username)
    } else {
        fields.parsed(name, TextRule::EMAIL, |text| parse_email(contract, who, text)).map(NewName::Email)
    }
}

fn read_repeated<'a>(contract: &DjoserContract, fields: &mut Fields<'a>, retype: Retype) -> Option<Read<Cow<'a, str>>> {
    (retype == Retype::Asked).then(|| fields.text(contract.options.naming.repeated, TextRule::TRIMMED))
}

/// Returns whether the repetition of a name, if it is required, is another name.
fn differs(contract: &DjoserContract, name: &NewName, repeated: Option<&str>) -> bool {
    repeated.is_some_and(|repeated| match name {
        NewName::Username(username) => {
            repeated != username.as_str() && Username::parse(repeated).as_ref() != Ok(username)
        }
        NewName::Email(email) => {
            repeated != email.as_str() && contract.accounts.parse_email(repeated).as_ref() != Ok(email)
        }
    })
}

/// Refuses a name that another user than `who` has, where that may be told.
async fn refuse_taken(
    contract: &DjoserContract,
    fields: &mut Fields<'_>,
    name: &Read<NewName>,
    who: &User,
) -> Result<(), Fault> {
    let (username, email) = match name.value() {
        Some(name) if name.is_of(who) => return Ok(()),
        Some(NewName::Username(username)) => (Some(username), None),
        Some(NewName::Email(email)) => (None, Some(email)),
        None => return Ok(()),
    };
    let taken = contract.accounts.look_up_taken(username, email).await?;
    if taken.username || taken.email {
        fields.refuse(contract.options.naming.new, taken_fault(contract));
    }
    Ok(())
}

impl NewName {
    /// Returns whether the user has this name, in any spelling.
    fn is_of(&self, user: &User) -> bool {
        match self {
            Self::Username(username) => {
                user.username.as_deref().is_some_and(|own| Username::from_stored(own).key() == username.key())
            }
            Self::Email(email) => user.has_email(email),
        }
    }
}

fn taken_fault(contract: &DjoserContract) -> FieldFault {
    if contract.options.log_in_by_username() { USERNAME_TAKEN } else { EMAIL_TAKEN }
}

async fn set(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    let (site, naming, who) = (&contract.site, contract.options.naming, who.authenticated());
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let name = read_name_of(&contract, &mut fields, naming.new, &who.user);
    let repeated = read_repeated(&contract, &mut fields, contract.options.set_name_retype);
    refuse_taken(&contract, &mut fields, &name, &who.user).await?;
    let confirmed = current_password::confirm(&contract, &mut fields, who, &site.client(&request)).await?;
    let (name, repeated) = fields.finish((name, repeated))?;
    let confirmed = confirmed.ok_or_else(current_password::wrong)?;
    if differs(&contract, &name, repeated.as_deref()) {
        return Err(words::names_differ(naming.field));
    }

    match name {
        NewName::Username(username) => {
            contract.accounts.change_username(confirmed, username).await.map_err(telling(|fact| match fact {
                ChangeUsernameError::Taken => Fault::field(naming.new, USERNAME_TAKEN),
                ChangeUsernameError::LoggedOut => invalid_token(),
            }))?;
        }
        NewName::Email(email) => {
            site.admit(&site.throttles.register_email, &request)?;
            let changed = contract.accounts.request_email(who, email).await;
            changed.map_err(telling(|fact| email_fault(naming.new, fact)))?;
        }
    }
    Ok(reply::no_content())
}

async fn send_link(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.send_reset_link, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    let sent = match contract.options.log_in_by_username() {
        true => contract.accounts.send_username_reset_link(email.as_str(), Receivers::ActiveUsers).await,
        false => contract.accounts.send_email_reset_link(email.as_str(), Receivers::ActiveUsers).await,
    };
    match sent {
        Err(Failure::Refused(NoSuchUser)) if contract.options.shows_unknown_emails => Err(words::email_not_found()),
        Ok(()) | Err(Failure::Refused(NoSuchUser)) => Ok(reply::no_content()),
        Err(Failure::Service(error)) => Err(error.into()),
    }
}

async fn reset(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.reset_password, &request)?;

    let naming = contract.options.naming;
    let mut fields = body.fields()?;
    let name = read_name(&contract, &mut fields, naming.new);
    let repeated = read_repeated(&contract, &mut fields, contract.options.reset_name_retype);
    // djoser does not require these two as fields: without them there is no user, or no link.
    let uid = fields.optional_text("uid", TextRule::TRIMMED.or_blank());
    let token = fields.optional_text("token", TextRule::TRIMMED.or_blank());
    let (name, repeated, uid, token) = fields.finish((name, repeated, uid, token))?;
    if differs(&contract, &name, repeated.as_deref()) {
        return Err(words::names_differ(naming.field));
    }

    let (uid, token) = (uid.unwrap_or_default(), token.unwrap_or_default());
    let old = contract.accounts.old_claim_of_token(&uid, &token);
    let claim = AnyClaim::of(old, || Claim::parse_uid_token(&uid, &token)).map_err(|_| malformed(&uid))?;
    let reset = match name {
        NewName::Username(username) => contract.accounts.reset_username(claim, username).await,
        NewName::Email(email) => contract.accounts.reset_email(claim, email).await,
    };
    reset.map_err(telling(|fact| match fact {
        ResetUsernameError::InvalidSignature => words::invalid_token(Code::InvalidSignature),
        ResetUsernameError::Expired => words::invalid_token(Code::SignatureExpired),
        ResetUsernameError::Taken => Fault::field(naming.new, taken_fault(&contract)),
    }))?;
    Ok(reply::no_content())
}
