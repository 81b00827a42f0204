//! `register-email/`, `correct-email/` and `verify-email/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::authentication::{LoggedInUser, client, invalid_token};
use super::body::Body;
use super::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind, Switch};
use super::face::FaceHandle;
use super::faults::{Code, Fault, FieldFault};
use super::fields::TextRule;
use super::passwords::{link_fields, password_field, read_password};
use super::registration::follower;
use super::reply::{self, Answer};
use super::{Face, service_fault};
use crate::accounts::{ChangeEmailError, CorrectEmailError, EmailRequested};
use crate::identity::EmailAddress;
use crate::links::{Claim, VerifyEmail};
use crate::passwords::Password;

/// The endpoint of links to new addresses.
pub(super) fn verify_endpoint(face: &Face) -> Endpoint {
    let mut fields = link_fields();
    fields.insert(1, email_field());
    let password = FieldDescription::optional("password", FieldKind::String, "Password");
    fields.extend(face.accounts.is_password_asked_at_verification().then_some(password));
    Endpoint::open("verify-email", "Verify Email").taking("POST", fields).on(Method::POST, verify)
}

/// The endpoint for those who mistyped the address at registration.
pub(super) fn correct_endpoint(face: &Face) -> Endpoint {
    let switch = if face.accounts.is_correction_on() { Switch::On } else { Switch::Off };
    let login = FieldDescription::required("login", FieldKind::String, "Login");
    Endpoint::open("correct-email", "Correct Email")
        .switched(switch)
        .taking("POST", vec![login, password_field(), email_field()])
        .on(Method::POST, correct)
}

/// The endpoint for those who are logged in.
pub(super) fn guarded_endpoint(face: &Face) -> Endpoint<LoggedInUser> {
    let mut fields = vec![email_field()];
    fields.extend(face.accounts.is_password_asked_for_new_email().then(password_field));
    Endpoint::guarded("register-email", "Register Email")
        .taking("POST", fields)
        .on(Method::POST, request_email)
        .on(Method::DELETE, cancel)
}

fn email_field() -> FieldDescription {
    FieldDescription::required("email", FieldKind::Email, "Email")
}

async fn request_email(face: FaceHandle, who: Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    face.throttles.register_email.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, |text| face.accounts.parse_email(text));
    let password = face.accounts.is_password_asked_for_new_email().then(|| read_password(&mut fields, &face));
    let (email, password) = fields.finish((email, password))?;

    let who = who.0.0;
    face.accounts.confirm_new_email(&who, password, &client(&face, &request)).await.map_err(email_fault)?;
    match face.accounts.request_email(&who, email).await.map_err(email_fault)? {
        EmailRequested::MailSent => Ok(reply::detail("Register email link email sent")),
        EmailRequested::Changed => Ok(reply::detail("Email changed")),
    }
}

async fn cancel(face: FaceHandle, who: Admitted<LoggedInUser>) -> Answer {
    face.accounts.cancel_email_request(&who.0.0).await.map_err(email_fault)?;
    Ok(reply::detail("Email change cancelled"))
}

async fn correct(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    face.throttles.login.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let login = fields.text("login", TextRule::TRIMMED);
    let password = read_password(&mut fields, &face);
    let email = fields.parsed("email", TextRule::EMAIL, |text| face.accounts.parse_email(text));
    let (login, password, email) = fields.finish((login, password, email))?;
    face.accounts.correct_email(&login, password, email, &client(&face, &request)).await.map_err(correct_fault)?;
    Ok(reply::detail("Verification link sent"))
}

async fn verify(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    let mut fields = body.fields()?;
    if !face.accounts.is_email_verification_on() {
        return Err(Fault::not_found());
    }
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    // As it was mailed: the signature is over its very letters.
    let email = fields.parsed("email", TextRule::EMAIL, |text| EmailAddress::parse(text).map(|_| text.to_owned()));
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    // Only a link that verifies its user needs it, which is not known yet.
    let password = face.accounts.is_password_asked_at_verification().then(|| {
        fields.optional_parsed("password", TextRule::EXACT, |text| Password::parse(text, face.password_max_length))
    });
    let (user_id, email, timestamp, signature, password) =
        fields.finish((user_id, email, timestamp, signature, password))?;

    let claim = Claim::<VerifyEmail>::parse(&user_id, &email, timestamp.digits(), &signature)
        .map_err(ChangeEmailError::from)
        .map_err(email_fault)?;
    let follower = follower(&face, &request, password.flatten());
    face.accounts.verify_email(claim, follower).await.map_err(email_fault)?;
    Ok(reply::detail("Email verified successfully"))
}

fn email_fault(error: ChangeEmailError) -> Fault {
    match error {
        ChangeEmailError::SwitchedOff => Fault::not_found(),
        ChangeEmailError::InvalidSignature => Fault::refused(Code::InvalidSignature, "Invalid signature"),
        ChangeEmailError::AlreadyUsed => Fault::link_already_used(),
        ChangeEmailError::Expired => Fault::refused(Code::SignatureExpired, "Signature expired"),
        ChangeEmailError::Taken => Fault::refused(Code::EmailTaken, "This email is already registered."),
        ChangeEmailError::Overtaken => overtaken(),
        ChangeEmailError::PasswordMissing => Fault::field("password", FieldFault::Required),
        ChangeEmailError::PasswordWrong => Fault::field("password", FieldFault::PasswordWrong),
        ChangeEmailError::LoggedOut => invalid_token(),
        ChangeEmailError::NoSuchUser => Fault::refused(Code::UserNotFound, "User not found"),
        ChangeEmailError::Service(error) => service_fault(error),
    }
}

fn correct_fault(error: CorrectEmailError) -> Fault {
    match error {
        CorrectEmailError::SwitchedOff => Fault::not_found(),
        CorrectEmailError::Invalid => Fault::refused(Code::LoginInvalid, "Login or password invalid."),
        CorrectEmailError::AlreadyVerified => {
            Fault::refused(Code::EmailAlreadyVerified, "This account has a verified email. Log in to change it.")
        }
        CorrectEmailError::Taken => Fault::field("email", FieldFault::EmailTaken),
        CorrectEmailError::Overtaken => overtaken(),
        CorrectEmailError::Service(error) => service_fault(error),
    }
}

fn overtaken() -> Fault {
    Fault::refused(Code::Overtaken, "Your account was changed meanwhile. Please try again.")
}
