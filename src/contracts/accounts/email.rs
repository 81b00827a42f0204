//! `register-email/`, `correct-email/` and `verify-email/`.

use actix_web::HttpRequest;
use actix_web::http::Method;

use super::claims::{link_fields, read_signature, read_timestamp, read_user_id};
use super::email_links::EmailLinks;
use super::new_password::{password_field, read_password};
use super::operations;
use super::state::{AccountsContract, Handle};
use super::words;
use crate::accounts::{ChangeEmailError, CorrectEmailError, EmailRequested, TypedName};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::service_faults::telling;
use crate::contracts::words::{EMAIL_TAKEN, overtaken};
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind, Switch};
use crate::http::faults::{Code, Fault, FieldFault};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::identity::EmailAddress;
use crate::links::{AnyClaim, Claim, VerifyEmail};
use crate::passwords::Password;

/// Returns the endpoint of links to new addresses.
pub(super) fn verify_endpoint(contract: &AccountsContract) -> Endpoint<'_> {
    let mut fields = link_fields();
    fields.insert(1, email_field());
    let password = FieldDescription::optional("password", FieldKind::String, "Password");
    fields.extend(contract.accounts.is_password_asked_at_verification().then_some(password));
    let switch = if EmailLinks::of(&contract.accounts) == EmailLinks::None { Switch::Off } else { Switch::On };
    Endpoint::open("verify-email", "Verify Email")
        .listed(switch)
        .taking("POST", fields)
        .described(Method::POST, move || operations::verify_email(contract))
        .on(Method::POST, verify)
}

/// Returns the endpoint for users who mistyped the address at registration.
pub(super) fn correct_endpoint(contract: &AccountsContract) -> Endpoint<'_> {
    let switch = if contract.accounts.is_correction_on() { Switch::On } else { Switch::Off };
    let login = FieldDescription::required("login", FieldKind::String, "Login");
    Endpoint::open("correct-email", "Correct Email")
        .switched(switch)
        .taking("POST", vec![login, password_field(), email_field()])
        .described(Method::POST, operations::correct_email)
        .on(Method::POST, correct)
}

/// Returns the endpoint for logged-in users.
pub(super) fn guarded_endpoint(contract: &AccountsContract) -> Endpoint<'_, LoggedInUser> {
    let mut fields = vec![email_field()];
    fields.extend(contract.accounts.is_password_asked_for_new_email().then(password_field));
    Endpoint::guarded("register-email", "Register Email")
        .taking("POST", fields)
        .described(Method::POST, move || operations::request_email(contract))
        .described(Method::DELETE, operations::cancel_email)
        .on(Method::POST, request_email)
        .on(Method::DELETE, cancel)
}

fn email_field() -> FieldDescription {
    FieldDescription::required("email", FieldKind::Email, "Email")
}

async fn request_email(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    body: Body,
) -> Answer {
    contract.site.admit(&contract.site.throttles.register_email, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, |text| contract.accounts.parse_email(text));
    let password = contract.accounts.is_password_asked_for_new_email().then(|| read_password(&mut fields, &contract));
    let (email, password) = fields.finish((email, password))?;

    contract
        .accounts
        .confirm_new_email(who.authenticated(), password, &contract.site.client(&request))
        .await
        .map_err(telling(email_fault))?;
    match contract.accounts.request_email(who.authenticated(), email).await.map_err(telling(email_fault))? {
        EmailRequested::MailSent => Ok(reply::detail(words::EMAIL_LINK_SENT)),
        EmailRequested::Changed => Ok(reply::detail(words::EMAIL_CHANGED)),
    }
}

async fn cancel(contract: Handle, Admitted(who): Admitted<LoggedInUser>) -> Answer {
    contract.accounts.cancel_email_request(who.authenticated()).await.map_err(telling(email_fault))?;
    Ok(reply::detail(words::EMAIL_CANCELLED))
}

async fn correct(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let login = fields.text("login", TextRule::TRIMMED);
    let password = read_password(&mut fields, &contract);
    let email = fields.parsed("email", TextRule::EMAIL, |text| contract.accounts.parse_email(text));
    let (login, password, email) = fields.finish((login, password, email))?;
    contract
        .accounts
        .correct_email(TypedName::Any(&login), password, email, &contract.site.client(&request))
        .await
        .map_err(telling(correct_fault))?;
    Ok(reply::detail(words::CORRECTED))
}

async fn verify(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let mut fields = body.fields()?;
    let links = EmailLinks::of(&contract.accounts);
    if links == EmailLinks::None {
        return Err(Fault::not_found());
    }
    let user_id = read_user_id(&mut fields);
    // Not normalised: the signature covers the exact characters that were mailed.
    let email = fields.parsed("email", TextRule::EMAIL, |text| EmailAddress::parse(text).map(|_| text.to_owned()));
    let timestamp = read_timestamp(&mut fields);
    let signature = read_signature(&mut fields);
    // Only a link that verifies its user needs this, and the kind of link is not known yet.
    let password = contract.accounts.is_password_asked_at_verification().then(|| {
        fields.optional_parsed("password", TextRule::EXACT, |text| {
            Password::parse(text, contract.site.password_max_length)
        })
    });
    let (user_id, email, timestamp, signature, password) =
        fields.finish((user_id, email, timestamp, signature, password)).map_err(|fault| links.told(fault))?;

    let old = contract.accounts.old_claim_of_parts(&user_id, Some(&email), timestamp.digits(), &signature);
    let claim = AnyClaim::of(old, || Claim::<VerifyEmail>::parse(&user_id, &email, timestamp.digits(), &signature))
        .map_err(|error| links.told(email_fault(error.into())))?;
    let follower = contract.follower(&request, password.flatten());
    let verified = match links {
        EmailLinks::All => contract.accounts.verify_email(claim, follower).await,
        EmailLinks::Corrected | EmailLinks::None => contract.accounts.verify_corrected_email(claim, follower).await,
    };
    verified.map_err(telling(|fact| match fact {
        ChangeEmailError::InvalidSignature => links.told(email_fault(fact)),
        fact => email_fault(fact),
    }))?;
    Ok(reply::detail(words::EMAIL_VERIFIED))
}

fn email_fault(fact: ChangeEmailError) -> Fault {
    match fact {
        ChangeEmailError::SwitchedOff => Fault::not_found(),
        ChangeEmailError::InvalidSignature => words::invalid_signature(),
        ChangeEmailError::AlreadyUsed => words::link_already_used(),
        ChangeEmailError::Expired => words::signature_expired(),
        ChangeEmailError::Taken => words::email_already_registered(),
        ChangeEmailError::Overtaken => overtaken(),
        ChangeEmailError::PasswordMissing => Fault::field("password", FieldFault::Required),
        ChangeEmailError::PasswordWrong => Fault::field("password", words::PASSWORD_WRONG),
        ChangeEmailError::LoggedOut => invalid_token(),
        ChangeEmailError::NoSuchUser => words::user_not_found(),
    }
}

fn correct_fault(fact: CorrectEmailError) -> Fault {
    match fact {
        CorrectEmailError::SwitchedOff => Fault::not_found(),
        CorrectEmailError::Login(_) => words::login_invalid(Code::LoginInvalid),
        CorrectEmailError::AlreadyVerified => words::has_verified_email(),
        CorrectEmailError::Taken => Fault::field("email", EMAIL_TAKEN),
        CorrectEmailError::Overtaken => overtaken(),
    }
}
