//! `password/change/`, `password/reset/` and `password/reset/confirm/`.

use actix_web::HttpRequest;
use actix_web::http::Method;
use actix_web::web::Path;

use super::claims::{malformed, read};
use super::mailed_paths::lead_to_reset;
use super::state::{DjRestAuthContract, Handle};
use super::{operations, words};
use crate::accounts::{ChangePasswordError, Failure, NewPassword, Receivers, ResetPasswordError, Run, TypedName};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::password_field;
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

const OLD: &str = "old_password";
const NEW: &str = "new_password1";
/// Errors of the new password stand here, as in Django's form.
const REPEATED: &str = "new_password2";

pub(super) fn change_endpoint(contract: &DjRestAuthContract) -> Endpoint<'_, LoggedInUser> {
    let old = FieldDescription::required(OLD, FieldKind::String, "Old password");
    let mut fields: Vec<_> = contract.accounts.is_old_password_asked().then_some(old).into_iter().collect();
    fields.extend(new_password_fields());
    Endpoint::guarded("password/change", "Password Change")
        .taking("POST", fields)
        .described(Method::POST, move || operations::change_password(contract))
        .on(Method::POST, change)
}

pub(super) fn reset_endpoints(contract: &DjRestAuthContract) -> [Endpoint<'_>; 3] {
    let switch = if contract.accounts.is_reset_on() { Switch::On } else { Switch::Off };
    let fields = |link: fn(&'static str, FieldKind, &'static str) -> FieldDescription| {
        let link = [link("uid", FieldKind::String, "Uid"), link("token", FieldKind::String, "Token")];
        new_password_fields().into_iter().chain(link).collect::<Vec<_>>()
    };
    [
        Endpoint::open("password/reset", "Password Reset")
            .switched(switch)
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .described(Method::POST, operations::send_reset_link)
            .on(Method::POST, send_link),
        Endpoint::open("password/reset/confirm", "Password Reset Confirm")
            .switched(switch)
            .taking("POST", fields(FieldDescription::required))
            .described(Method::POST, move || operations::reset_password("reset_password_confirm", contract))
            .on(Method::POST, reset),
        // Sites name this path in mails, so that it shows their page as well.
        Endpoint::open("password/reset/confirm/{uid}/{token}", "Password Reset Confirm")
            .switched(switch)
            .taking("POST", fields(FieldDescription::optional))
            .described(Method::GET, operations::lead_to_reset)
            .described(Method::POST, move || operations::reset_password("reset_password_by_path", contract))
            .on(Method::GET, lead_to_reset)
            .on(Method::POST, reset_by_path),
    ]
}

fn new_password_fields() -> [FieldDescription; 2] {
    [
        FieldDescription::required(NEW, FieldKind::String, "New password1"),
        FieldDescription::required(REPEATED, FieldKind::String, "New password2"),
    ]
}

/// Reads a new password and its repetition, which need not meet the rules, only equal the password.
fn read_new(contract: &DjRestAuthContract, fields: &mut Fields<'_>) -> (Read<Password>, Read<Password>) {
    let parse = |text: &str| Password::parse(text, contract.site.password_max_length);
    (fields.parsed(NEW, TextRule::EXACT, parse), fields.parsed(REPEATED, TextRule::EXACT, parse))
}

async fn change(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    let (site, accounts, who) = (&contract.site, &contract.accounts, who.authenticated());
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let confirmed = match accounts.is_old_password_asked() {
        true => {
            let wrong = (OLD, words::old_password_wrong(contract.edition));
            password_field::confirm(site, &mut fields, wrong, who, &site.client(&request)).await?
        }
        false => None,
    };
    let (new, repeated) = read_new(&contract, &mut fields);
    let (new, repeated) = fields.finish((new, repeated))?;
    if !repeated.equals(&new) {
        return Err(Fault::field(REPEATED, words::NEW_PASSWORDS_DIFFER));
    }

    let changed = accounts.set_own_password(who, confirmed, NewPassword::new(new)).await;
    changed.map_err(telling(|fact| match fact {
        ChangePasswordError::LoggedOut => invalid_token(),
        ChangePasswordError::Overtaken => overtaken(),
        ChangePasswordError::Refused { old_is_wrong: true, .. } => {
            Fault::field(OLD, words::old_password_wrong(contract.edition))
        }
        ChangePasswordError::Refused { weaknesses, .. } => refused(&weaknesses),
    }))?;
    let mut response = reply::detail(words::PASSWORD_SAVED);
    if contract.ends_own_session {
        site.end_session(who, &request, &mut response).await?;
    }
    Ok(response)
}

async fn send_link(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.send_reset_link, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    match contract.accounts.send_reset_link(TypedName::Email(email.as_str()), Receivers::EnabledUsers).await {
        Ok(()) | Err(Failure::Refused(_)) => Ok(reply::detail(words::RESET_SENT)),
        Err(Failure::Service(error)) => Err(error.into()),
    }
}

async fn reset(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.reset_password, &request)?;

    let mut fields = body.fields()?;
    let (new, repeated) = read_new(&contract, &mut fields);
    let (uid, token) = (read(&mut fields, "uid"), read(&mut fields, "token"));
    let (new, repeated, uid, token) = fields.finish((new, repeated, uid, token))?;
    use_link(&contract, &uid, &token, new, &repeated).await
}

/// Sets a new password by the link in the path. A body that names another link is refused.
async fn reset_by_path(contract: Handle, request: HttpRequest, link: Path<(String, String)>, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.reset_password, &request)?;

    let mut fields = body.fields()?;
    let (new, repeated) = read_new(&contract, &mut fields);
    let rule = TextRule::TRIMMED.or_blank();
    let named = (fields.optional_text("uid", rule), fields.optional_text("token", rule));
    let (new, repeated, named_uid, named_token) = fields.finish((new, repeated, named.0, named.1))?;
    let (uid, token) = link.into_inner();
    for (field, named, of_path) in [("uid", named_uid, &uid), ("token", named_token, &token)] {
        if named.is_some_and(|named| !named.is_empty() && named != *of_path) {
            return Err(words::invalid_value(field, Code::InvalidSignature));
        }
    }
    use_link(&contract, &uid, &token, new, &repeated).await
}

/// Sets a new password, unless its repetition differs.
async fn use_link(contract: &DjRestAuthContract, uid: &str, token: &str, new: Password, repeated: &Password) -> Answer {
    let old = contract.accounts.old_reset_claim(uid, token);
    let claim =
        AnyClaim::<ResetPassword>::of(old, || Claim::parse_uid_token(uid, token)).map_err(|_| malformed(uid))?;
    let is_repeated = repeated.equals(&new);
    // The link is judged first, so a repetition that differs is told to the link's owner only.
    let new = NewPassword { password: new, run: if is_repeated { Run::Real } else { Run::Dry } };
    let reset = contract.accounts.reset_password(claim, new).await;
    reset.map_err(telling(|fact| match fact {
        ResetPasswordError::Password(_) if !is_repeated => Fault::field(REPEATED, words::NEW_PASSWORDS_DIFFER),
        ResetPasswordError::Password(weaknesses) => refused(&weaknesses),
        ResetPasswordError::Expired => words::invalid_value("token", Code::SignatureExpired),
        ResetPasswordError::AlreadyUsed => words::invalid_value("token", Code::LinkAlreadyUsed),
        ResetPasswordError::EmailTaken => words::invalid_value("token", Code::EmailTaken),
        ResetPasswordError::SwitchedOff => Fault::not_found(),
        ResetPasswordError::NoSuchUser | ResetPasswordError::InvalidSignature => {
            words::invalid_value("token", Code::InvalidSignature)
        }
    }))?;
    Ok(reply::detail(words::PASSWORD_RESET))
}

/// Returns the fault of a new password that breaks these rules.
fn refused(weaknesses: &[WeakPassword]) -> Fault {
    let mut errors = FieldErrors::default();
    for weakness in weaknesses {
        errors.add(REPEATED, *weakness);
    }
    errors.into_fault()
}
