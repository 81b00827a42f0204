//! `users/`: registers a user, and lists users.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

use super::operations;
use super::record::Record;
use super::retype::Retype;
use super::state::{DjoserContract, Handle};
use super::words;
use crate::accounts::{NewPassword, RegisterError, Registration, Run};
use crate::contracts::credentials::LoggedInUser;
use crate::contracts::declared_fields;
use crate::contracts::names::{describe_new_username, new_username_help, read_new_username};
use crate::contracts::paging::{Page, describe_page, read_page};
use crate::contracts::registering::Registering;
use crate::contracts::words::{EMAIL_TAKEN, USERNAME_TAKEN};
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, FieldDescription, FieldKind};
use crate::http::faults::{Fault, FieldErrors, FieldFault};
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, PersonName};
use crate::passwords::Password;
use crate::settings::UserField;

/// The most users that one answer lists.
const LARGEST_PAGE: u32 = 1_000;
/// The largest `offset`. The database walks over that many users.
const LARGEST_OFFSET: u32 = 1_000_000;

pub(super) fn endpoint(contract: &DjoserContract) -> Endpoint<'_> {
    Endpoint::open("users", "User List")
        .taking("POST", register_fields(contract))
        .described(Method::GET, move || operations::list_users(contract, describe_page(LARGEST_PAGE, LARGEST_OFFSET)))
        .described(Method::POST, move || operations::register(contract))
        .on(Method::GET, list)
        .on(Method::POST, register)
}

fn register_fields(contract: &DjoserContract) -> Vec<FieldDescription> {
    let options = &contract.options;
    let email = match contract.accounts.is_email_needed() {
        true => FieldDescription::required("email", FieldKind::Email, "Email address"),
        false => FieldDescription::optional("email", FieldKind::Email, "Email address"),
    };
    let name = |field: UserField, label| {
        let description = FieldDescription::optional(field.as_str(), FieldKind::String, label);
        options.is_taken(field).then_some(description.at_most(PersonName::MAXIMUM_CHARACTERS))
    };
    let is_email_taken = options.is_taken(UserField::Email) || contract.accounts.is_email_needed();
    let fields = [
        is_email_taken.then_some(email.at_most(EmailAddress::MAXIMUM_CHARACTERS)),
        describe_new_username(&contract.accounts)
            .filter(|_| contract.takes_username())
            .map(|username| username.help(new_username_help(&contract.accounts))),
        name(UserField::FirstName, "First name"),
        name(UserField::LastName, "Last name"),
        Some(FieldDescription::required("password", FieldKind::String, "Password")),
        (options.register_retype == Retype::Asked).then_some(FieldDescription::required(
            "re_password",
            FieldKind::String,
            "Re password",
        )),
    ];
    let declared = declared_fields::describe_at_registration(&contract.declared);
    fields.into_iter().flatten().chain(declared).collect()
}

async fn register(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let (site, accounts) = (&contract.site, &contract.accounts);
    if !accounts.is_registration_open() {
        return Err(Fault::not_found());
    }
    let registering = Registering::admit(site, accounts, &request)?;

    let mut fields = body.fields()?;
    let email = read_email(&contract, &mut fields);
    let username = match contract.takes_username() {
        true => read_new_username(accounts, &mut fields),
        false => Read::of(None),
    };
    let first_name = read_name(&contract, &mut fields, UserField::FirstName);
    let last_name = read_name(&contract, &mut fields, UserField::LastName);
    let maximum = site.registered_password_max_length;
    let password = fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, maximum));
    let repeated = read_repeated(&mut fields, "re_password", contract.options.register_retype);
    let declared = declared_fields::read_at_registration(&mut fields, &contract.declared);
    let typed_email = email.as_ref().and_then(Read::value).and_then(Option::as_ref);
    let taken = registering.look_up_taken(username.value().and_then(Option::as_ref), typed_email).await?;
    if taken.username {
        fields.refuse("username", USERNAME_TAKEN);
    }
    if taken.email {
        fields.refuse("email", EMAIL_TAKEN);
    }
    let (email, username, first_name, last_name, password, repeated) =
        fields.finish((email, username, first_name, last_name, password, repeated))?;

    let registration = Registration {
        username,
        email: email.flatten(),
        first_name: first_name.flatten().unwrap_or_default(),
        last_name: last_name.flatten().unwrap_or_default(),
        fields: declared,
        password: new_password(password, repeated.as_ref()),
    };
    let registered = registering.register(registration, register_fault).await?;
    let shown = &contract.options.create_fields;
    reply::json(StatusCode::CREATED, &Record::of_registered(&registered, shown, &contract.declared))
}

/// Reads the address, if a registration takes it.
fn read_email(contract: &DjoserContract, fields: &mut Fields<'_>) -> Option<Read<Option<EmailAddress>>> {
    let parse = |text: &str| contract.accounts.parse_email(text);
    if contract.accounts.is_email_needed() {
        return Some(fields.parsed("email", TextRule::EMAIL, parse).map(Some));
    }
    let is_taken = contract.options.is_taken(UserField::Email);
    is_taken.then(|| fields.optional_parsed("email", TextRule::EMAIL.or_blank(), parse))
}

/// Reads a name, if a registration takes it.
fn read_name(contract: &DjoserContract, fields: &mut Fields<'_>, field: UserField) -> Option<Read<Option<PersonName>>> {
    let is_taken = contract.options.is_taken(field);
    is_taken.then(|| fields.optional_parsed(field.as_str(), TextRule::TRIMMED.or_blank(), PersonName::parse))
}

/// Reads the repetition of a new password, if it is required. It need not meet the rules, only equal the password.
pub(super) fn read_repeated(fields: &mut Fields<'_>, name: &'static str, retype: Retype) -> Option<Read<Password>> {
    let parse = |text: &str| Password::parse(text, usize::MAX);
    (retype == Retype::Asked).then(|| fields.parsed(name, TextRule::EXACT, parse))
}

/// Creates a new password from the form. If the repetition differs, the password is only checked.
pub(super) fn new_password(password: Password, repeated: Option<&Password>) -> NewPassword {
    let is_repeated = repeated.is_none_or(|repeated| repeated.equals(&password));
    NewPassword { password, run: if is_repeated { Run::Real } else { Run::Dry } }
}

fn register_fault(fact: RegisterError) -> Fault {
    let mut errors = FieldErrors::default();
    match fact {
        RegisterError::Closed => return Fault::not_found(),
        RegisterError::FieldsTooLarge => return declared_fields::too_large(),
        RegisterError::FieldsMissing(names) => {
            names.into_iter().for_each(|name| errors.add(name, FieldFault::Required));
        }
        // Nothing is wrong with the password, so its repetition differs.
        RegisterError::Password(weaknesses) if weaknesses.is_empty() => return words::passwords_differ(),
        RegisterError::Password(weaknesses) => weaknesses.iter().for_each(|weak| errors.add("password", *weak)),
        RegisterError::EmailMissing => errors.add("email", FieldFault::Required),
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

async fn list(contract: Handle, who: LoggedInUser, request: HttpRequest) -> Answer {
    let options = &contract.options;
    contract.site.admit(&contract.site.throttles.sessions, &request)?;
    let Page { limit, offset } = read_page(&request, LARGEST_PAGE, LARGEST_OFFSET)?;
    let user = who.user();
    let users = match options.hides_users && !user.is_staff() {
        true if offset == 0 => vec![user.clone()],
        true => Vec::new(),
        false => contract.accounts.administration().list_users_from(offset, limit).await?,
    };
    let records: Vec<_> = users.iter().map(|listed| contract.record(listed, user)).collect();
    reply::json(StatusCode::OK, &records)
}
