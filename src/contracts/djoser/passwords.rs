//! `users/set_password/`, `users/reset_password/` and `users/reset_password_confirm/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::claims::{link_fields, malformed, read_token, read_uid};
use super::current_password;
use super::operations;
use super::retype::Retype;
use super::state::{DjoserContract, Handle};
use super::users::{new_password, read_repeated};
use super::words;
use crate::accounts::{ChangePasswordError, Failure, Receivers, ResetPasswordError, TypedName};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::service_faults::telling;
use crate::contracts::words::overtaken;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind, Switch};
use crate::http::faults::{Code, FieldErrors};
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::EmailAddress;
use crate::links::{AnyClaim, Claim, ResetPassword};
use crate::passwords::{Password, WeakPassword};

const NEW: &str = "new_password";
const REPEATED: &str = "re_new_password";

pub(super) fn set_endpoint(contract: &DjoserContract) -> Endpoint<'_, LoggedInUser> {
    let mut fields = new_password_fields(contract.options.set_password_retype);
    fields.extend(contract.accounts.is_old_password_asked().then(current_password::field));
    Endpoint::guarded("users/set_password", "User Set Password")
        .taking("POST", fields)
        .described(Method::POST, move || operations::set_password(contract))
        .on(Method::POST, set)
}

pub(super) fn reset_endpoints(contract: &DjoserContract) -> [Endpoint<'_>; 2] {
    let switch = if contract.accounts.is_reset_on() { Switch::On } else { Switch::Off };
    let mut fields = link_fields();
    fields.extend(new_password_fields(contract.options.reset_password_retype));
    [
        Endpoint::open("users/reset_password", "User Reset Password")
            .switched(switch)
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .described(Method::POST, move || operations::send_reset_link(contract))
            .on(Method::POST, send_link),
        Endpoint::open("users/reset_password_confirm", "User Reset Password Confirm")
            .switched(switch)
            .taking("POST", fields)
            .described(Method::POST, move || operations::reset_password(contract))
            .on(Method::POST, reset),
    ]
}

fn new_password_fields(retype: Retype) -> Vec<FieldDescription> {
    let new = FieldDescription::required(NEW, FieldKind::String, "New password");
    let repeated = FieldDescription::required(REPEATED, FieldKind::String, "Re new password");
    [Some(new), (retype == Retype::Asked).then_some(repeated)].into_iter().flatten().collect()
}

fn read_new(contract: &DjoserContract, fields: &mut Fields<'_>) -> Read<Password> {
    fields.parsed(NEW, TextRule::EXACT, |text| Password::parse(text, contract.site.password_max_length))
}

async fn set(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    let (site, accounts, who) = (&contract.site, &contract.accounts, who.authenticated());
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let new = read_new(&contract, &mut fields);
    let repeated = read_repeated(&mut fields, REPEATED, contract.options.set_password_retype);
    let confirmed = match accounts.is_old_password_asked() {
        true => current_password::confirm(&contract, &mut fields, who, &site.client(&request)).await?,
        false => None,
    };
    let (new, repeated) = fields.finish((new, repeated))?;

    let changed = accounts.set_own_password(who, confirmed, new_password(new, repeated.as_ref())).await;
    changed.map_err(telling(|fact| match fact {
        ChangePasswordError::LoggedOut => invalid_token(),
        ChangePasswordError::Overtaken => overtaken(),
        ChangePasswordError::Refused { old_is_wrong: true, .. } => current_password::wrong(),
        ChangePasswordError::Refused { weaknesses, .. } => refused(&weaknesses),
    }))?;
    let mut response = reply::no_content();
    if contract.options.ends_own_session {
        site.end_session(who, &request, &mut response).await?;
    }
    Ok(response)
}

async fn send_link(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.send_reset_link, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    match contract.accounts.send_reset_link(TypedName::Email(email.as_str()), Receivers::ActiveUsers).await {
        Err(Failure::Refused(_)) if contract.options.shows_unknown_emails => Err(words::email_not_found()),
        Ok(()) | Err(Failure::Refused(_)) => Ok(reply::no_content()),
        Err(Failure::Service(error)) => Err(error.into()),
    }
}

async fn reset(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.reset_password, &request)?;

    let mut fields = body.fields()?;
    let (uid, token) = (read_uid(&mut fields), read_token(&mut fields));
    let new = read_new(&contract, &mut fields);
    let repeated = read_repeated(&mut fields, REPEATED, contract.options.reset_password_retype);
    let (uid, token, new, repeated) = fields.finish((uid, token, new, repeated))?;

    let old = contract.accounts.old_claim_of_token::<ResetPassword>(&uid, &token);
    let claim = AnyClaim::of(old, || Claim::parse_uid_token(&uid, &token)).map_err(|_| malformed(&uid))?;
    let new = new_password(new, repeated.as_ref());
    contract.accounts.reset_password(claim, new).await.map_err(telling(reset_fault))?;
    Ok(reply::no_content())
}

fn reset_fault(fact: ResetPasswordError) -> Fault {
    match fact {
        ResetPasswordError::Password(weaknesses) => refused(&weaknesses),
        ResetPasswordError::Expired => words::invalid_token(Code::SignatureExpired),
        ResetPasswordError::AlreadyUsed => words::invalid_token(Code::LinkAlreadyUsed),
        ResetPasswordError::EmailTaken => words::invalid_token(Code::EmailTaken),
        ResetPasswordError::SwitchedOff => Fault::not_found(),
        ResetPasswordError::NoSuchUser | ResetPasswordError::InvalidSignature => {
            words::invalid_token(Code::InvalidSignature)
        }
    }
}

/// Returns why a new password is refused: the rules that it breaks, or, if there is none, a repetition that differs.
fn refused(weaknesses: &[WeakPassword]) -> Fault {
    if weaknesses.is_empty() {
        return words::passwords_differ();
    }
    let mut errors = FieldErrors::default();
    for weakness in weaknesses {
        errors.add(NEW, *weakness);
    }
    errors.into_fault()
}
