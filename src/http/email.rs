//! `register-email/` and `verify-email/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::authentication::{LoggedInUser, invalid_token};
use super::body::Body;
use super::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use super::face::FaceHandle;
use super::faults::{Code, Fault};
use super::fields::TextRule;
use super::passwords::link_fields;
use super::reply::{self, Answer};
use super::service_fault;
use crate::accounts::{ChangeEmailError, EmailRequested};
use crate::identity::EmailAddress;
use crate::links::{Claim, VerifyEmail};

/// The endpoint for everybody.
pub(super) fn open_endpoint() -> Endpoint {
    let mut fields = link_fields();
    fields.insert(1, email_field());
    Endpoint::open("verify-email", "Verify Email").taking("POST", fields).on(Method::POST, verify)
}

/// The endpoint for those who are logged in.
pub(super) fn guarded_endpoint() -> Endpoint<LoggedInUser> {
    Endpoint::guarded("register-email", "Register Email")
        .taking("POST", vec![email_field()])
        .on(Method::POST, request_email)
}

fn email_field() -> FieldDescription {
    FieldDescription::required("email", FieldKind::Email, "Email")
}

async fn request_email(face: FaceHandle, who: Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    face.throttles.register_email.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, |text| face.accounts.parse_email(text));
    let email = fields.finish(email)?;
    match face.accounts.request_email(&who.0.0, email).await.map_err(email_fault)? {
        EmailRequested::MailSent => Ok(reply::detail("Register email link email sent")),
        EmailRequested::Changed => Ok(reply::detail("Email changed")),
    }
}

async fn verify(face: FaceHandle, body: Body) -> Answer {
    let mut fields = body.fields()?;
    if !face.accounts.is_email_verification_on() {
        return Err(Fault::not_found());
    }
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    // As it was mailed: the signature is over its very letters.
    let email = fields.parsed("email", TextRule::EMAIL, |text| EmailAddress::parse(text).map(|_| text.to_owned()));
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    let (user_id, email, timestamp, signature) = fields.finish((user_id, email, timestamp, signature))?;

    let claim = Claim::<VerifyEmail>::parse(&user_id, &email, timestamp.digits(), &signature)
        .map_err(ChangeEmailError::from)
        .map_err(email_fault)?;
    face.accounts.verify_email(claim).await.map_err(email_fault)?;
    Ok(reply::detail("Email verified successfully"))
}

fn email_fault(error: ChangeEmailError) -> Fault {
    match error {
        ChangeEmailError::SwitchedOff => Fault::not_found(),
        ChangeEmailError::InvalidSignature => Fault::refused(Code::InvalidSignature, "Invalid signature"),
        ChangeEmailError::Expired => Fault::refused(Code::SignatureExpired, "Signature expired"),
        ChangeEmailError::Taken => Fault::refused(Code::EmailTaken, "This email is already registered."),
        ChangeEmailError::Overtaken => {
            Fault::refused(Code::Overtaken, "Your account was changed meanwhile. Please try again.")
        }
        ChangeEmailError::LoggedOut => invalid_token(),
        ChangeEmailError::NoSuchUser => Fault::refused(Code::UserNotFound, "User not found"),
        ChangeEmailError::Service(error) => service_fault(error),
    }
}
