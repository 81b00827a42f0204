//! `register/`, `verify-registration/` and `resend-verification/`.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

use super::authentication::client;
use super::body::Body;
use super::endpoint::{Endpoint, FieldDescription, FieldKind, Switch};
use super::face::FaceHandle;
use super::faults::{Code, Fault, FieldErrors, FieldFault};
use super::fields::{Fields, Read, TextRule};
use super::passwords::{
    Confirmation, add_refused_password, link_fields, password_field, read_confirmation, read_new_password,
    read_password,
};
use super::reply::{self, Answer};
use super::sessions::welcome;
use super::user_object::UserObject;
use super::{Face, service_fault};
use crate::accounts::{Follower, NewPassword, RegisterError, Registration, RegistrationVerified, VerifyError};
use crate::identity::{EmailAddress, PersonName, Username};
use crate::links::{Claim, Verified, VerifyRegistration};
use crate::passwords::Password;
use crate::settings::UserField;

const VERIFIED: &str = "User verified successfully";

/// The endpoints of this capability.
pub(super) fn endpoints(face: &Face) -> [Endpoint; 3] {
    let open = if face.accounts.is_registration_open() { Switch::On } else { Switch::Off };
    [
        // First, as paths are compared one after the other, and forged claims are what strangers send most of.
        Endpoint::open("verify-registration", "Verify Registration")
            .taking("POST", claim_fields(face))
            .on(Method::POST, verify_registration),
        Endpoint::open("register", "Register")
            .switched(open)
            .taking("POST", register_fields(face))
            .on(Method::POST, register),
        Endpoint::open("resend-verification", "Resend Verification")
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .on(Method::POST, resend_verification),
    ]
}

fn claim_fields(face: &Face) -> Vec<FieldDescription> {
    let mut fields = link_fields();
    fields.extend(face.accounts.is_password_asked_at_verification().then(password_field));
    fields
}

fn register_fields(face: &Face) -> Vec<FieldDescription> {
    let name = |field: UserField, label| {
        FieldDescription::optional(field.as_str(), FieldKind::String, label).at_most(PersonName::MAXIMUM_CHARACTERS)
    };
    let email = match face.register_email_required {
        true => FieldDescription::required("email", FieldKind::Email, "Email address"),
        false => FieldDescription::optional("email", FieldKind::Email, "Email address"),
    };
    let shown = |field: UserField, description| face.shown_fields.contains(&field).then_some(description);
    let fields = [
        shown(UserField::Id, FieldDescription::read_only("id", FieldKind::String, "ID")),
        Some(
            FieldDescription::required("password", FieldKind::String, "Password")
                .at_most(face.register_password_max_length),
        ),
        face.accounts.have_usernames().then_some(
            FieldDescription::required("username", FieldKind::String, "Username")
                .help("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.")
                .at_most(Username::MAXIMUM_CHARACTERS),
        ),
        shown(UserField::FirstName, name(UserField::FirstName, "First name")),
        shown(UserField::LastName, name(UserField::LastName, "Last name")),
        Some(email.at_most(EmailAddress::MAXIMUM_CHARACTERS)),
        (face.register_confirmation == Confirmation::Asked).then_some(FieldDescription::required(
            "password_confirm",
            FieldKind::String,
            "Password confirm",
        )),
    ];
    fields.into_iter().flatten().collect()
}

async fn register(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    face.throttles.register.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let password = read_new_password(&mut fields, face.register_password_max_length);
    let username =
        face.accounts.have_usernames().then(|| fields.parsed("username", TextRule::TRIMMED, Username::parse));
    let first_name = read_name(&face, &mut fields, UserField::FirstName);
    let last_name = read_name(&face, &mut fields, UserField::LastName);
    let email = read_email(&face, &mut fields);
    let repeated = read_confirmation(&mut fields, face.register_confirmation);
    let taken = face
        .accounts
        .look_up_taken(username.as_ref().and_then(Read::value), email.value().and_then(Option::as_ref))
        .await
        .map_err(service_fault)?;
    if taken.username {
        fields.refuse("username", FieldFault::UsernameTaken);
    }
    if taken.email {
        fields.refuse("email", FieldFault::EmailTaken);
    }
    let (password, username, first_name, last_name, email, repeated) =
        fields.finish((password, username, first_name, last_name, email, repeated))?;

    let registration = Registration {
        username,
        email,
        first_name: first_name.flatten().unwrap_or_default(),
        last_name: last_name.flatten().unwrap_or_default(),
        password: NewPassword { password, repeated },
    };
    let registered = face.accounts.register(registration).await.map_err(register_fault)?;
    let mut response = reply::json(StatusCode::CREATED, &UserObject::of_registered(&registered, &face.shown_fields))?;
    if face.accounts.is_auto_login_on() {
        let (mark, kept_for) = (face.accounts.browser_mark(&registered.id), face.registration_link_expires_after);
        face.cookies.remember_registration(request.headers(), &mut response, mark, kept_for);
    }
    Ok(response)
}

/// Reads a name, where the site takes it.
fn read_name(face: &Face, fields: &mut Fields<'_>, field: UserField) -> Option<Read<Option<PersonName>>> {
    face.shown_fields
        .contains(&field)
        .then(|| fields.optional_parsed(field.as_str(), TextRule::TRIMMED.or_blank(), PersonName::parse))
}

fn read_email(face: &Face, fields: &mut Fields<'_>) -> Read<Option<EmailAddress>> {
    let parse = |text: &str| face.accounts.parse_email(text);
    if face.register_email_required {
        fields.parsed("email", TextRule::EMAIL, parse).map(Some)
    } else {
        fields.optional_parsed("email", TextRule::EMAIL.or_blank(), parse)
    }
}

fn register_fault(error: RegisterError) -> Fault {
    let mut errors = FieldErrors::default();
    match error {
        RegisterError::Closed => return Fault::not_found(),
        RegisterError::EmailMissing => {
            return Fault::refused(Code::EmailMissing, "User without email cannot be verified");
        }
        RegisterError::Service(error) => return service_fault(error),
        RegisterError::Password(refused) => add_refused_password(&mut errors, &refused),
        RegisterError::Taken { username, email } => {
            if username {
                errors.add("username", FieldFault::UsernameTaken);
            }
            if email {
                errors.add("email", FieldFault::EmailTaken);
            }
        }
    }
    errors.into_fault()
}

async fn verify_registration(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    let (claim, password) = read_claim(&face, &body)?;
    let link = face.accounts.check_registration_link(claim).map_err(verify_fault)?;
    // Boxed: a forged claim, as they come in floods, need not pay for the room that believing one takes.
    Box::pin(use_registration_link(face, request, link, password)).await
}

async fn use_registration_link(
    face: FaceHandle,
    request: HttpRequest,
    link: Verified<VerifyRegistration>,
    password: Option<Password>,
) -> Answer {
    if face.accounts.is_password_asked_at_verification() {
        face.throttles.login.admit(face.client_of(&request))?;
    }
    match face.accounts.verify_registration(link, follower(&face, &request, password)).await.map_err(verify_fault)? {
        RegistrationVerified::Done => Ok(reply::detail(VERIFIED)),
        RegistrationVerified::MayLogIn(user) => {
            let logged_in = face.accounts.log_in_verified(user, client(&face, &request)).await;
            welcome(&face, &request, VERIFIED, logged_in.map_err(service_fault)?.as_ref())
        }
    }
}

/// What comes along with a link.
pub(super) fn follower(face: &Face, request: &HttpRequest, password: Option<Password>) -> Follower {
    Follower { client: client(face, request), password, browser_marks: face.cookies.registrations(request.headers()) }
}

fn read_claim(face: &Face, body: &Body) -> Result<(Claim<VerifyRegistration>, Option<Password>), Fault> {
    let mut fields = body.fields()?;
    if !face.accounts.is_verification_on() {
        return Err(Fault::not_found());
    }
    let user_id = fields.text("user_id", TextRule::TRIMMED);
    let timestamp = fields.integer("timestamp");
    let signature = fields.text("signature", TextRule::TRIMMED);
    let password = face.accounts.is_password_asked_at_verification().then(|| read_password(&mut fields, face));
    let (user_id, timestamp, signature, password) = fields.finish((user_id, timestamp, signature, password))?;

    let claim = Claim::<VerifyRegistration>::parse(&user_id, timestamp.digits(), &signature);
    Ok((claim.map_err(VerifyError::from).map_err(verify_fault)?, password))
}

async fn resend_verification(face: FaceHandle, request: HttpRequest, body: Body) -> Answer {
    face.throttles.resend_verification.admit(face.client_of(&request))?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    face.accounts.resend_verification(&email).await.map_err(verify_fault)?;
    Ok(reply::detail("Verification link sent if an unverified user with this email exists"))
}

fn verify_fault(error: VerifyError) -> Fault {
    match error {
        VerifyError::SwitchedOff => Fault::not_found(),
        // A disabled user learns no more from an old link than a stranger from a forged one.
        VerifyError::InvalidSignature | VerifyError::Disabled => {
            Fault::refused(Code::InvalidSignature, "Invalid signature")
        }
        VerifyError::AlreadyUsed => Fault::link_already_used(),
        VerifyError::PasswordMissing => Fault::field("password", FieldFault::Required),
        VerifyError::PasswordWrong => Fault::field("password", FieldFault::PasswordWrong),
        VerifyError::Expired => Fault::refused(Code::SignatureExpired, "Signature expired"),
        VerifyError::EmailTaken => Fault::refused(Code::EmailTaken, "This email is already registered."),
        VerifyError::NoSuchUser => Fault::refused(Code::UserNotFound, "User not found"),
        VerifyError::Service(error) => service_fault(error),
    }
}
