//! `register/`, `verify-registration/` and `resend-verification/`.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

use super::claims::{link_fields, read_signature, read_timestamp, read_user_id};
use super::new_password::{
    add_refused_password, new_password, password_field, read_confirmation, read_new_password, read_password,
};
use super::operations;
use super::state::{AccountsContract, Handle};
use super::user_object::UserObject;
use super::words;
use crate::accounts::{
    CheckedRegistration, Failure, FirstUse, RegisterError, Registration, RegistrationVerified, Run, VerifyError,
};
use crate::contracts::declared_fields;
use crate::contracts::names::{describe_new_username, new_username_help, read_new_username};
use crate::contracts::registering::Registering;
use crate::contracts::service_faults::telling;
use crate::contracts::words::{EMAIL_TAKEN, USERNAME_TAKEN};
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind, Switch};
use crate::http::faults::{Fault, FieldErrors, FieldFault};
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, PersonName};
use crate::links::{AnyClaim, Claim, VerifyRegistration};
use crate::passwords::Password;
use crate::settings::UserField;

/// Returns the endpoints of this capability.
pub(super) fn endpoints(contract: &AccountsContract) -> [Endpoint<'_>; 3] {
    let open = if contract.accounts.is_registration_open() { Switch::On } else { Switch::Off };
    let verification = if contract.accounts.is_verification_on() { Switch::On } else { Switch::Off };
    [
        // First, since actix compares paths one after the other, and forged claims are the most frequent requests of
        // strangers.
        Endpoint::open("verify-registration", "Verify Registration")
            .listed(verification)
            .taking("POST", claim_fields(contract))
            .described(Method::POST, move || operations::verify_registration(contract))
            .on(Method::POST, verify_registration),
        Endpoint::open("register", "Register")
            .switched(open)
            .taking("POST", register_fields(contract))
            .described(Method::POST, move || operations::register(contract))
            .on(Method::POST, register),
        Endpoint::open("resend-verification", "Resend Verification")
            .listed(verification)
            .taking("POST", vec![FieldDescription::required("email", FieldKind::Email, "Email")])
            .described(Method::POST, operations::resend_verification)
            .on(Method::POST, resend_verification),
    ]
}

fn claim_fields(contract: &AccountsContract) -> Vec<FieldDescription> {
    let mut fields = link_fields();
    fields.extend(contract.accounts.is_password_asked_at_verification().then(password_field));
    fields
}

fn register_fields(contract: &AccountsContract) -> Vec<FieldDescription> {
    let name = |field: UserField, label| {
        FieldDescription::optional(field.as_str(), FieldKind::String, label).at_most(PersonName::MAXIMUM_CHARACTERS)
    };
    let email = match contract.options.register_email_required {
        true => FieldDescription::required("email", FieldKind::Email, "Email address"),
        false => FieldDescription::optional("email", FieldKind::Email, "Email address"),
    };
    let shown = |field: UserField, description| contract.options.shown_fields.contains(&field).then_some(description);
    let fields = [
        shown(UserField::Id, FieldDescription::read_only("id", FieldKind::String, "ID")),
        Some(
            FieldDescription::required("password", FieldKind::String, "Password")
                .at_most(contract.site.registered_password_max_length),
        ),
        describe_new_username(&contract.accounts).map(|username| username.help(new_username_help(&contract.accounts))),
        shown(UserField::FirstName, name(UserField::FirstName, "First name")),
        shown(UserField::LastName, name(UserField::LastName, "Last name")),
        Some(email.at_most(EmailAddress::MAXIMUM_CHARACTERS)),
        contract.options.register_confirmation.field(),
    ];
    let declared = declared_fields::describe_at_registration(contract.accounts.profile_fields());
    fields.into_iter().flatten().chain(declared).collect()
}

async fn register(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let registering = Registering::admit(&contract.site, &contract.accounts, &request)?;

    let mut fields = body.fields()?;
    let password = read_new_password(&mut fields, contract.site.registered_password_max_length);
    let username = read_new_username(&contract.accounts, &mut fields);
    let first_name = read_name(&contract, &mut fields, UserField::FirstName);
    let last_name = read_name(&contract, &mut fields, UserField::LastName);
    let email = read_email(&contract, &mut fields);
    let repeated = read_confirmation(&mut fields, contract.options.register_confirmation);
    let declared = declared_fields::read_at_registration(&mut fields, contract.accounts.profile_fields());
    let taken = registering
        .look_up_taken(username.value().and_then(Option::as_ref), email.value().and_then(Option::as_ref))
        .await?;
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
        first_name: first_name.flatten().unwrap_or_default(),
        last_name: last_name.flatten().unwrap_or_default(),
        fields: declared,
        password: new_password(password, repeated.as_ref()),
    };
    let run = registration.password.run;
    let registered = registering.register(registration, |fact| register_fault(fact, run)).await?;
    let shown = &contract.options.shown_fields;
    let object = UserObject::of_registered(&registered, shown, contract.accounts.profile_fields());
    let mut response = reply::json(StatusCode::CREATED, &object)?;
    if contract.accounts.is_auto_login_on() {
        let (mark, kept_for) =
            (contract.accounts.browser_mark(&registered.id), contract.options.registration_link_expires_after);
        contract.site.cookies.remember_registration(request.headers(), &mut response, mark, kept_for);
    }
    Ok(response)
}

/// Reads a name, if the site has that field.
fn read_name(
    contract: &AccountsContract,
    fields: &mut Fields<'_>,
    field: UserField,
) -> Option<Read<Option<PersonName>>> {
    contract
        .options
        .shown_fields
        .contains(&field)
        .then(|| fields.optional_parsed(field.as_str(), TextRule::TRIMMED.or_blank(), PersonName::parse))
}

fn read_email(contract: &AccountsContract, fields: &mut Fields<'_>) -> Read<Option<EmailAddress>> {
    let parse = |text: &str| contract.accounts.parse_email(text);
    if contract.options.register_email_required {
        fields.parsed("email", TextRule::EMAIL, parse).map(Some)
    } else {
        fields.optional_parsed("email", TextRule::EMAIL.or_blank(), parse)
    }
}

fn register_fault(fact: RegisterError, run: Run) -> Fault {
    let mut errors = FieldErrors::default();
    match fact {
        RegisterError::Closed => return Fault::not_found(),
        RegisterError::EmailMissing => {
            return words::email_missing();
        }
        RegisterError::FieldsTooLarge => return declared_fields::too_large(),
        RegisterError::FieldsMissing(names) => {
            names.into_iter().for_each(|name| errors.add(name, FieldFault::Required));
        }
        RegisterError::Password(weaknesses) => add_refused_password(&mut errors, &weaknesses, run),
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

async fn verify_registration(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (claim, password) = read_claim(&contract, &body)?;
    let link = contract.accounts.check_registration_link(claim).map_err(verify_fault)?;
    // Boxed, so that a forged claim, which is frequent, does not pay for the memory of an accepted one.
    Box::pin(use_registration_link(contract, request, link, password)).await
}

async fn use_registration_link(
    contract: Handle,
    request: HttpRequest,
    link: CheckedRegistration,
    password: Option<Password>,
) -> Answer {
    if contract.accounts.is_password_asked_at_verification() {
        contract.site.admit(&contract.site.throttles.login, &request)?;
    }
    let follower = contract.follower(&request, password);
    match contract.accounts.verify_registration(link, follower).await.map_err(telling(verify_fault))? {
        RegistrationVerified::AlreadyVerified if contract.options.one_time_use => Err(words::link_already_used()),
        RegistrationVerified::Verified(None) | RegistrationVerified::AlreadyVerified => {
            Ok(reply::detail(words::VERIFIED))
        }
        // Boxed, as few sites log in here, and the others do not pay for its memory.
        RegistrationVerified::Verified(Some(user)) => Box::pin(welcome_verified(&contract, &request, user)).await,
    }
}

/// Logs in a user whom the link has just verified, in the browser that registered.
async fn welcome_verified(contract: &AccountsContract, request: &HttpRequest, user: FirstUse) -> Answer {
    let client = contract.site.client(request);
    match &contract.pairs {
        Some(pairs) => contract.welcome_with_pair(words::VERIFIED, pairs.log_in_verified(user, client).await?.as_ref()),
        None => {
            let logged_in = contract.accounts.log_in_verified(user, client).await?;
            contract.welcome(request, words::VERIFIED, logged_in.as_ref())
        }
    }
}

fn read_claim(
    contract: &AccountsContract,
    body: &Body,
) -> Result<(AnyClaim<VerifyRegistration>, Option<Password>), Fault> {
    let mut fields = body.fields()?;
    if !contract.accounts.is_verification_on() {
        return Err(Fault::not_found());
    }
    let user_id = read_user_id(&mut fields);
    let timestamp = read_timestamp(&mut fields);
    let signature = read_signature(&mut fields);
    let password = contract.accounts.is_password_asked_at_verification().then(|| read_password(&mut fields, contract));
    let (user_id, timestamp, signature, password) = fields.finish((user_id, timestamp, signature, password))?;

    let old = contract.accounts.old_claim_of_parts(&user_id, None, timestamp.digits(), &signature);
    let claim = AnyClaim::of(old, || Claim::<VerifyRegistration>::parse(&user_id, timestamp.digits(), &signature));
    Ok((claim.map_err(VerifyError::from).map_err(verify_fault)?, password))
}

async fn resend_verification(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    contract.site.admit(&contract.site.throttles.resend_verification, &request)?;

    let mut fields = body.fields()?;
    let email = fields.parsed("email", TextRule::EMAIL, EmailAddress::parse);
    let email = fields.finish(email)?;
    match contract.accounts.resend_verification(&email).await {
        // A client must not find out which addresses wait for their proof.
        Err(Failure::Refused(VerifyError::NoSuchUser)) => {}
        sent => sent.map_err(telling(verify_fault))?,
    }
    Ok(reply::detail(words::RESENT))
}

fn verify_fault(error: VerifyError) -> Fault {
    match error {
        VerifyError::SwitchedOff => Fault::not_found(),
        // An old link of a disabled user gets the same answer as a forged one.
        VerifyError::InvalidSignature | VerifyError::Disabled => words::invalid_signature(),
        VerifyError::PasswordMissing => Fault::field("password", FieldFault::Required),
        VerifyError::PasswordWrong => Fault::field("password", words::PASSWORD_WRONG),
        VerifyError::Expired => words::signature_expired(),
        VerifyError::EmailTaken => words::email_already_registered(),
        VerifyError::NoSuchUser => words::user_not_found(),
    }
}
