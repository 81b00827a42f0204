//! `change-password/`, `send-reset-password-link/` and `reset-password/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::authentication::{LoggedInUser, client, invalid_token};
use super::body::Body;
use super::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind, Switch};
use super::face::FaceHandle;
use super::faults::{Code, Fault, FieldErrors, FieldFault};
use super::fields::{Fields, Read, TextRule};
use super::reply::{self, Answer};
use super::{Face, service_fault};
use crate::accounts::{ChangePasswordError, NewPassword, PasswordRefused, ResetName, ResetPasswordError};
use crate::links::{Claim, ResetPassword};
use crate::passwords::Password;

/// Whether the new password is sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// As `password_confirm`.
    Asked,
    /// Ignored if sent.
    NotAsked,
}

impl Confirmation {
    pub(super) fn asked_if(is_asked: bool) -> Self {
        if is_asked { Self::Asked } else { Self::NotAsked }
    }
}

/// The endpoints for everybody.
pub(super) fn open_endpoints(face: &Face) -> [Endpoint; 2] {
    let switch = if face.accounts.is_reset_on() { Switch::On } else { Switch::Off };
    let name = if face.reset_by_email { "email" } else { "login" };
    let label = if face.reset_by_email { "Email" } else { "Login" };
    let mut fields = link_fields();
    fields.push(FieldDescription::required("password", FieldKind::String, "Password"));
    add_confirmation(&mut fields, face.reset_confirmation);
    [
        Endpoint::open("send-reset-password-link", "Send Reset Password Link")
            .switched(switch)
            .taking("POST", vec![FieldDescription::required(name, FieldKind::String, label)])
            .on(Method::POST, send_reset_link),
        Endpoint::open("reset-password", "Reset Password").taking("POST", fields).on(Method::POST, reset),
    ]
}

/// The endpoint for those who are logged in.
pub(super) fn guarded_endpoint(face: &Face) -> Endpoint<LoggedInUser> {
    let mut fields = vec![
        FieldDescription::required("old_password", FieldKind::String, "Old password"),
        FieldDescription::required("password", FieldKind::String, "Password"),
    ];
    add_confirmation(&mut fields, face.change_confirmation);
    Endpoint::guarded("change-password", "Change Password").taking("POST", fields).on(Method::POST, change)
}

/// What comes back from every link.
pub(super) fn link_fields() -> Vec<FieldDescription> {
    vec![
        FieldDescription::required("user_id", FieldKind::String, "User id"),
        FieldDescription::required("timestamp", FieldKind::Integer, "Timestamp"),
        FieldDescription::required("signature", FieldKind::String, "Signature"),
    ]
}

fn add_confirmation(fields: &mut Vec<FieldDescription>, confirmation: Confirmation) {
    if confirmation == Confirmation::Asked {
        fields.push(FieldDescription::required("password_confirm", FieldKind::String, "Password confirm"));
    }
}

/// Reads `password` as a new one of at most `maximum` characters.
pub(super) fn read_new_password(fields: &mut Fields<'_>, maximum: usize) -> Read<Password> {
    fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, maximum))
}

/// Reads `password` as the one that the user has.
pub(super) fn read_password(fields: &mut Fields<'_>, face: &Face) -> Read<Password> {
    fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, face.password_max_length))
}

/// Describes `password` as the one that the user has.
pub(super) fn password_field() -> FieldDescription {
    FieldDescription::required("password", FieldKind::String, "Password")
}

/// Reads `password_confirm`, where it is asked for. It need not be a good password, only the same.
pub(super) fn read_confirmation(fields: &mut Fields<'_>, confirmation: Confirmation) -> Option<Read<Password>> {
    (confirmation == Confirmation::Asked)
        .then(|| fields.parsed("password_confirm", TextRule::EXACT, |text| Password::parse(text, usize::MAX)))
}

/// Puts why a new password is refused.
pub(super) fn add_refused_password(errors: &mut FieldErrors, refused: &PasswordRefused) {
    for (name, fault) in FieldFault::of_password(refused) {
        errors.add(name, fault);
    }
}

async fn change(face: FaceHandle, who: Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    face.throttles.login.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let old = fields.parsed("old_password", TextRule::EXACT, |text| Password::parse(text, usize::MAX));
    let password = read_new_password(&mut fields, face.password_max_length);
    let repeated = read_confirmation(&mut fields, face.change_confirmation);
    let (old, password, repeated) = fields.finish((old, password, repeated))?;

    match face
        .accounts
        .change_password(&who.0.0, old, NewPassword { password, repeated }, &client(&face, &request))
        .await
    {
        Ok(()) => Ok(reply::detail("Password changed successfully")),
        Err(ChangePasswordError::LoggedOut) => Err(invalid_token()),
        Err(ChangePasswordError::Service(error)) => Err(service_fault(error)),
        Err(ChangePasswordError::Refused { old_is_wrong, mut new }) => {
            let mut errors = FieldErrors::default();
            if old_is_wrong {
                errors.add("old_password", FieldFault::OldPasswordWrong);
            }
            // The repetition is of interest only where both passwords are fine.
            new.repeated_differently &= !old_is_wrong && new.weaknesses.is_empty();
            add_refused_password(&mut errors, &new);
            Err(errors.into_fault())
        }
    }
}

async fn send_reset_link(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    face.throttles.send_reset_link.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let field = if face.reset_by_email { "email" } else { "login" };
    let name = fields.text(field, TextRule::TRIMMED);
    let name = fields.finish(name)?;
    let name = if face.reset_by_email { ResetName::Email(&name) } else { ResetName::Login(&name) };
    face.accounts.send_reset_link(name).await.map_err(reset_fault)?;
    Ok(reply::detail(if face.reset_conceals_unknown {
        "Reset link sent if the user exists in database"
    } else {
        "Reset link sent"
    }))
}

async fn reset(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    face.throttles.reset_password.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    if !face.accounts.is_reset_on() {
        return Err(Fault::not_found());
    }
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    let password = read_new_password(&mut fields, face.password_max_length);
    let repeated = read_confirmation(&mut fields, face.reset_confirmation);
    let (user_id, timestamp, signature, password, repeated) =
        fields.finish((user_id, timestamp, signature, password, repeated))?;

    let claim = Claim::<ResetPassword>::parse(&user_id, timestamp.digits(), &signature)
        .map_err(ResetPasswordError::from)
        .map_err(reset_fault)?;
    face.accounts.reset_password(claim, NewPassword { password, repeated }).await.map_err(reset_fault)?;
    Ok(reply::detail("Reset password successful"))
}

fn reset_fault(error: ResetPasswordError) -> Fault {
    match error {
        ResetPasswordError::SwitchedOff => Fault::not_found(),
        ResetPasswordError::NoSuchUser => Fault::refused(Code::UserNotFound, "User not found"),
        ResetPasswordError::InvalidSignature => Fault::refused(Code::InvalidSignature, "Invalid signature"),
        ResetPasswordError::AlreadyUsed => Fault::link_already_used(),
        ResetPasswordError::EmailTaken => Fault::refused(Code::EmailTaken, "This email is already registered."),
        ResetPasswordError::Expired => Fault::refused(Code::SignatureExpired, "Signature expired"),
        ResetPasswordError::Service(error) => service_fault(error),
        ResetPasswordError::Password(refused) => {
            let mut errors = FieldErrors::default();
            add_refused_password(&mut errors, &refused);
            errors.into_fault()
        }
    }
}
