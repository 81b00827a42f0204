//! `change-password/`, `send-reset-password-link/` and `reset-password/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::claims::{link_fields, read_signature, read_timestamp, read_user_id};
use super::new_password::{add_refused_password, new_password, read_confirmation, read_new_password};
use super::operations;
use super::state::{AccountsContract, Handle};
use super::words;
use crate::accounts::{ChangePasswordError, Failure, Receivers, ResetPasswordError, Run, TypedName};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::service_faults::telling;
use crate::contracts::words::overtaken;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind, Switch};
use crate::http::faults::{Fault, FieldErrors};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::links::{AnyClaim, Claim, ResetPassword};
use crate::passwords::Password;

/// Returns the endpoints without a login.
pub(super) fn open_endpoints(contract: &AccountsContract) -> [Endpoint<'_>; 2] {
    let switch = if contract.accounts.is_reset_on() { Switch::On } else { Switch::Off };
    let name = if contract.options.reset_by_email { "email" } else { "login" };
    let label = if contract.options.reset_by_email { "Email" } else { "Login" };
    let mut fields = link_fields();
    fields.push(FieldDescription::required("password", FieldKind::String, "Password"));
    fields.extend(contract.options.reset_confirmation.field());
    [
        Endpoint::open("send-reset-password-link", "Send Reset Password Link")
            .switched(switch)
            .taking("POST", vec![FieldDescription::required(name, FieldKind::String, label)])
            .described(Method::POST, move || operations::send_reset_link(contract))
            .on(Method::POST, send_reset_link),
        Endpoint::open("reset-password", "Reset Password")
            .listed(switch)
            .taking("POST", fields)
            .described(Method::POST, move || operations::reset_password(contract))
            .on(Method::POST, reset),
    ]
}

/// Returns the endpoint for logged-in users.
pub(super) fn guarded_endpoint(contract: &AccountsContract) -> Endpoint<'_, LoggedInUser> {
    let old = FieldDescription::required("old_password", FieldKind::String, "Old password");
    let mut fields: Vec<_> = contract.accounts.is_old_password_asked().then_some(old).into_iter().collect();
    fields.push(FieldDescription::required("password", FieldKind::String, "Password"));
    fields.extend(contract.options.change_confirmation.field());
    Endpoint::guarded("change-password", "Change Password")
        .taking("POST", fields)
        .described(Method::POST, move || operations::change_password(contract))
        .on(Method::POST, change)
}

async fn change(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let is_old_asked = contract.accounts.is_old_password_asked();
    let old =
        is_old_asked.then(|| fields.parsed("old_password", TextRule::EXACT, |text| Password::parse(text, usize::MAX)));
    let password = read_new_password(&mut fields, contract.site.password_max_length);
    let repeated = read_confirmation(&mut fields, contract.options.change_confirmation);
    let (old, password, repeated) = fields.finish((old, password, repeated))?;

    let new = new_password(password, repeated.as_ref());
    let (run, client) = (new.run, contract.site.client(&request));
    let who = who.authenticated();
    let changed = match old {
        Some(old) => contract.accounts.change_password(who, old, new, &client).await,
        None => contract.accounts.set_own_password(who, None, new).await,
    };
    changed.map_err(telling(|fact| match fact {
        ChangePasswordError::LoggedOut => invalid_token(),
        ChangePasswordError::Overtaken => overtaken(),
        ChangePasswordError::Refused { old_is_wrong, weaknesses } => {
            let mut errors = FieldErrors::default();
            if old_is_wrong {
                errors.add("old_password", words::OLD_PASSWORD_WRONG);
            }
            // The repetition is only checked if both passwords are valid.
            let run = if old_is_wrong || !weaknesses.is_empty() { Run::Real } else { run };
            add_refused_password(&mut errors, &weaknesses, run);
            errors.into_fault()
        }
    }))?;
    Ok(reply::detail(words::PASSWORD_CHANGED))
}

async fn send_reset_link(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.send_reset_link, &request)?;

    let mut fields = body.fields()?;
    let field = if contract.options.reset_by_email { "email" } else { "login" };
    let name = fields.text(field, TextRule::TRIMMED);
    let name = fields.finish(name)?;
    let name = if contract.options.reset_by_email { TypedName::Email(&name) } else { TypedName::Any(&name) };
    match contract.accounts.send_reset_link(name, Receivers::Anyone).await {
        Err(Failure::Refused(ResetPasswordError::NoSuchUser)) if contract.options.reset_conceals_unknown => {}
        sent => sent.map_err(telling(|fact| reset_fault(fact, Run::Real)))?,
    }
    Ok(reply::detail(words::reset_link_sent(contract.options.reset_conceals_unknown)))
}

async fn reset(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.reset_password, &request)?;

    let mut fields = body.fields()?;
    if !contract.accounts.is_reset_on() {
        return Err(Fault::not_found());
    }
    let user_id = read_user_id(&mut fields);
    let timestamp = read_timestamp(&mut fields);
    let signature = read_signature(&mut fields);
    let password = read_new_password(&mut fields, contract.site.password_max_length);
    let repeated = read_confirmation(&mut fields, contract.options.reset_confirmation);
    let (user_id, timestamp, signature, password, repeated) =
        fields.finish((user_id, timestamp, signature, password, repeated))?;

    let old = contract.accounts.old_claim_of_parts::<ResetPassword>(&user_id, None, timestamp.digits(), &signature);
    let claim = AnyClaim::of(old, || Claim::<ResetPassword>::parse(&user_id, timestamp.digits(), &signature))
        .map_err(|error| reset_fault(error.into(), Run::Real))?;
    let new = new_password(password, repeated.as_ref());
    let run = new.run;
    contract.accounts.reset_password(claim, new).await.map_err(telling(|fact| reset_fault(fact, run)))?;
    Ok(reply::detail(words::PASSWORD_RESET))
}

fn reset_fault(fact: ResetPasswordError, run: Run) -> Fault {
    match fact {
        ResetPasswordError::SwitchedOff => Fault::not_found(),
        ResetPasswordError::NoSuchUser => words::user_not_found(),
        ResetPasswordError::InvalidSignature => words::invalid_signature(),
        ResetPasswordError::AlreadyUsed => words::link_already_used(),
        ResetPasswordError::EmailTaken => words::email_already_registered(),
        ResetPasswordError::Expired => words::signature_expired(),
        ResetPasswordError::Password(weaknesses) => {
            let mut errors = FieldErrors::default();
            add_refused_password(&mut errors, &weaknesses, run);
            errors.into_fault()
        }
    }
}
