//! `register/`, `verify-registration/` and `resend-verification/`.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use serde::Serialize;

use super::body::Body;
use super::endpoint::{Endpoint, FieldDescription, FieldKind, Switch};
use super::faults::{Fault, FieldErrors};
use super::fields::TextRule;
use super::messages::{
    EMAIL_TAKEN, USERNAME_TAKEN, email_messages, password_messages, person_name_messages, refused_password_messages,
    username_messages,
};
use super::reply::{self, Answer};
use super::{Face, service_fault};
use crate::accounts::{NewPassword, PasswordRefused, RegisterError, Registered, Registration, VerifyError};
use crate::identity::{EmailAddress, PersonName, Username};
use crate::links::{Claim, VerifyRegistration};
use crate::passwords::Password;

/// The endpoints of this capability.
pub(super) fn endpoints(face: &Face) -> [Endpoint; 3] {
    let open = if face.accounts.is_registration_open() { Switch::On } else { Switch::Off };
    [
        Endpoint::open("register", "Register")
            .switched(open)
            .taking("POST", register_fields(face))
            .on(Method::POST, register),
        Endpoint::open("verify-registration", "Verify Registration").on(Method::POST, verify_registration),
        Endpoint::open("resend-verification", "Resend Verification").on(Method::POST, resend_verification),
    ]
}

fn register_fields(face: &Face) -> Vec<FieldDescription> {
    let mut fields = vec![
        FieldDescription::read_only("id", FieldKind::String, "ID"),
        FieldDescription::required("password", FieldKind::String, "Password").at_most(face.password_max_length),
        FieldDescription::required("username", FieldKind::String, "Username")
            .help("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.")
            .at_most(Username::MAXIMUM_CHARACTERS),
        FieldDescription::optional("first_name", FieldKind::String, "First name")
            .at_most(PersonName::MAXIMUM_CHARACTERS),
        FieldDescription::optional("last_name", FieldKind::String, "Last name").at_most(PersonName::MAXIMUM_CHARACTERS),
        FieldDescription::optional("email", FieldKind::Email, "Email address")
            .at_most(EmailAddress::MAXIMUM_CHARACTERS),
    ];
    if face.register_password_confirm {
        fields.push(FieldDescription::required("password_confirm", FieldKind::String, "Password confirm"));
    }
    fields
}

/// The user object of the contract, in its key order.
#[derive(Serialize)]
struct Profile<'a> {
    id: &'a str,
    username: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    email: &'a str,
}

impl<'a> From<&'a Registered> for Profile<'a> {
    fn from(user: &'a Registered) -> Self {
        Self {
            id: user.id.as_str(),
            username: user.username.as_str(),
            first_name: user.first_name.as_str(),
            last_name: user.last_name.as_str(),
            email: user.email.as_ref().map_or("", EmailAddress::as_str),
        }
    }
}

async fn register(face: Data<Face>, request: HttpRequest, body: Body) -> Answer {
    face.throttles.register.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let maximum = face.password_max_length;
    let password =
        fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, maximum).map_err(password_messages));
    let username =
        fields.parsed("username", TextRule::TRIMMED, |text| Username::parse(text).map_err(username_messages));
    let mut name = |field| {
        fields.optional_parsed(field, TextRule::TRIMMED.or_blank(), |text| {
            PersonName::parse(text).map_err(person_name_messages)
        })
    };
    let (first_name, last_name) = (name("first_name"), name("last_name"));
    let email = fields
        .optional_parsed("email", TextRule::EMAIL.or_blank(), |text| EmailAddress::parse(text).map_err(email_messages));
    let repeated = face.register_password_confirm.then(|| {
        fields.parsed("password_confirm", TextRule::EXACT, |text| {
            Password::parse(text, usize::MAX).map_err(password_messages)
        })
    });
    let taken = face
        .accounts
        .look_up_taken(username.value(), email.value().and_then(Option::as_ref))
        .await
        .map_err(service_fault)?;
    if taken.username {
        fields.refuse("username", USERNAME_TAKEN);
    }
    if taken.email {
        fields.refuse("email", EMAIL_TAKEN);
    }
    let (password, username, first_name, last_name, email, repeated) =
        fields.finish((password, username, first_name, last_name, email, repeated))?;

    let registration = Registration {
        username,
        email,
        first_name: first_name.unwrap_or_default(),
        last_name: last_name.unwrap_or_default(),
        password: NewPassword { password, repeated },
    };
    let registered = face.accounts.register(registration).await.map_err(register_fault)?;
    reply::json(StatusCode::CREATED, &Profile::from(&registered))
}

fn register_fault(error: RegisterError) -> Fault {
    let mut errors = FieldErrors::default();
    match error {
        RegisterError::Closed => return Fault::not_found(),
        RegisterError::EmailMissing => {
            return Fault::refused("email_missing", "User without email cannot be verified");
        }
        RegisterError::Service(error) => return service_fault(error),
        RegisterError::Password(refused) => add_refused_password(&mut errors, &refused),
        RegisterError::Taken { username, email } => {
            if username {
                errors.add("username", USERNAME_TAKEN);
            }
            if email {
                errors.add("email", EMAIL_TAKEN);
            }
        }
    }
    errors.into_fault()
}

fn add_refused_password(errors: &mut FieldErrors, refused: &PasswordRefused) {
    let (password, repetition) = refused_password_messages(refused);
    for message in password {
        errors.add("password", message);
    }
    if let Some(message) = repetition {
        errors.add("password_confirm", message);
    }
}

async fn verify_registration(face: Data<Face>, body: Body) -> Answer {
    let mut fields = body.fields()?;
    if !face.accounts.is_verification_on() {
        return Err(Fault::not_found());
    }
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    let (user_id, timestamp, signature) = fields.finish((user_id, timestamp, signature))?;

    let claim = Claim::<VerifyRegistration>::parse(&user_id, timestamp.digits(), &signature)
        .map_err(VerifyError::from)
        .map_err(verify_fault)?;
    face.accounts.verify_registration(claim).await.map_err(verify_fault)?;
    Ok(reply::detail("User verified successfully"))
}

async fn resend_verification(face: Data<Face>, request: HttpRequest, body: Body) -> Answer {
    face.throttles.resend_verification.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, |text| EmailAddress::parse(text).map_err(email_messages));
    let email = fields.finish(email)?;
    face.accounts.resend_verification(&email).await.map_err(verify_fault)?;
    Ok(reply::detail("Verification link sent if an unverified user with this email exists"))
}

fn verify_fault(error: VerifyError) -> Fault {
    match error {
        VerifyError::SwitchedOff => Fault::not_found(),
        // A disabled user learns no more from an old link than a stranger from a forged one.
        VerifyError::InvalidSignature | VerifyError::Disabled | VerifyError::AlreadyUsed => {
            Fault::refused("invalid_signature", "Invalid signature")
        }
        VerifyError::Expired => Fault::refused("signature_expired", "Signature expired"),
        VerifyError::EmailTaken => Fault::refused("email_taken", "This email is already registered."),
        VerifyError::NoSuchUser => Fault::refused("user_not_found", "User not found"),
        VerifyError::Service(error) => service_fault(error),
    }
}
