//! `registration/`: registers a user, and logs the user in where no address must be proved first.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use serde_json::json;

use super::edition::Edition;
use super::state::{DjRestAuthContract, Handle, Logins};
use super::{operations, sessions, words};
use crate::accounts::{NewPassword, RegisterError, Registered, Registration};
use crate::contracts::declared_fields;
use crate::contracts::names::{describe_new_username, read_new_username};
use crate::contracts::registering::Registering;
use crate::contracts::words::USERNAME_TAKEN;
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind, Switch};
use crate::http::faults::{Fault, FieldErrors, FieldFault};
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, PersonName};
use crate::passwords::Password;

pub(super) fn endpoint(contract: &DjRestAuthContract) -> Endpoint<'_> {
    let open = if contract.accounts.is_registration_open() { Switch::On } else { Switch::Off };
    let email = match contract.accounts.is_email_needed() {
        true => FieldDescription::required("email", FieldKind::Email, "Email"),
        false => FieldDescription::optional("email", FieldKind::Email, "Email"),
    };
    let fields = [
        describe_new_username(&contract.accounts),
        Some(email.at_most(EmailAddress::MAXIMUM_CHARACTERS)),
        Some(FieldDescription::required("password1", FieldKind::String, "Password1")),
        Some(FieldDescription::required("password2", FieldKind::String, "Password2")),
    ];
    let declared = declared_fields::describe_at_registration(contract.accounts.profile_fields());
    Endpoint::open("registration", "Register")
        .switched(open)
        .taking("POST", fields.into_iter().flatten().chain(declared).collect())
        .described(Method::POST, move || operations::register(contract))
        .on(Method::POST, register)
}

async fn register(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, accounts) = (&contract.site, &contract.accounts);
    let registering = Registering::admit(site, accounts, &request)?;

    let mut fields = body.fields()?;
    let username = read_new_username(accounts, &mut fields);
    let email = read_email(&contract, &mut fields);
    let maximum = site.registered_password_max_length;
    let password = fields.parsed("password1", TextRule::EXACT, |text| Password::parse(text, maximum));
    let repeated = fields.parsed("password2", TextRule::EXACT, |text| Password::parse(text, usize::MAX));
    let declared = declared_fields::read_at_registration(&mut fields, accounts.profile_fields());
    let (typed_username, typed_email) =
        (username.value().and_then(Option::as_ref), email.value().and_then(Option::as_ref));
    let taken = registering.look_up_taken(typed_username, typed_email).await?;
    if taken.username {
        fields.refuse("username", USERNAME_TAKEN);
    }
    if taken.email {
        fields.refuse("email", words::email_taken(contract.edition));
    }
    for weakness in password.value().map(|password| accounts.rules_broken_by(password)).unwrap_or_default() {
        fields.refuse("password1", weakness);
    }
    let (username, email, password, repeated) = fields.finish((username, email, password, repeated))?;
    if !repeated.equals(&password) {
        return Err(words::passwords_differ());
    }

    let registration = Registration {
        username,
        email,
        first_name: PersonName::default(),
        last_name: PersonName::default(),
        fields: declared,
        password: NewPassword::new(password),
    };
    let registered = registering.register(registration, |fact| register_fault(fact, contract.edition)).await?;
    log_in_at_once(&contract, &request, &registered).await
}

/// Logs the new user in, with the answer of a login, unless an address must be proved first.
async fn log_in_at_once(contract: &DjRestAuthContract, request: &HttpRequest, registered: &Registered) -> Answer {
    let client = contract.site.client(request);
    let status = StatusCode::CREATED;
    match &contract.logins {
        Logins::Token => {
            if let Some(session) = contract.accounts.log_in_registered(registered, client).await? {
                return sessions::logged_in(contract, request, status, &session);
            }
        }
        Logins::Pair(jwt) => {
            if let Some(pair) = jwt.shared.pairs.log_in_registered(registered, client).await? {
                return sessions::logged_in_with_pair(contract, jwt, request, status, &pair).await;
            }
        }
        Logins::Single(jwt) => {
            if let Some(single) = jwt.tokens.log_in_registered(registered, client).await? {
                return sessions::logged_in_with_single(contract, jwt, request, status, &single).await;
            }
        }
    }
    if contract.accounts.may_log_in_at_once() {
        // Disabled meanwhile, or a repeated registration whose password was replaced meanwhile.
        return Err(words::login_invalid());
    }
    reply::json(status, &json!({ "detail": words::VERIFICATION_SENT }))
}

fn read_email(contract: &DjRestAuthContract, fields: &mut Fields<'_>) -> Read<Option<EmailAddress>> {
    let parse = |text: &str| contract.accounts.parse_email(text);
    match contract.accounts.is_email_needed() {
        true => fields.parsed("email", TextRule::EMAIL, parse).map(Some),
        false => fields.optional_parsed("email", TextRule::EMAIL.or_blank(), parse),
    }
}

fn register_fault(fact: RegisterError, edition: Edition) -> Fault {
    let mut errors = FieldErrors::default();
    match fact {
        RegisterError::Closed => return Fault::not_found(),
        RegisterError::FieldsTooLarge => return declared_fields::too_large(),
        RegisterError::FieldsMissing(names) => {
            names.into_iter().for_each(|name| errors.add(name, FieldFault::Required));
        }
        // The other rules were checked with the fields.
        RegisterError::Password(likeness) => {
            let likeness = likeness.first().map(|weakness| FieldFault::from(*weakness));
            return likeness.map_or_else(words::passwords_differ, Fault::non_field);
        }
        RegisterError::EmailMissing => errors.add("email", FieldFault::Required),
        RegisterError::Taken { username, email } => {
            if username {
                errors.add("username", USERNAME_TAKEN);
            }
            if email {
                errors.add("email", words::email_taken(edition));
            }
        }
    }
    errors.into_fault()
}
