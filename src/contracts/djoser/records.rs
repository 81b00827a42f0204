//! `users/me/` and `users/{id}/`: shows, changes and deletes one user.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;

use super::state::{DjoserContract, Handle};
use super::words;
use super::{current_password, operations};
use crate::accounts::{
    Authenticated, ChangeEmailError, Confirmed, DeleteAccountError, ProfileChange, ProfileError, RemoveEmailError,
    StaffError, User,
};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::names::read_person_name;
use crate::contracts::service_faults::telling;
use crate::contracts::words::{EMAIL_TAKEN, overtaken, permission_denied};
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::faults::{Code, FieldFault};
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, EmailFault, PersonName, UserId, Username};
use crate::passwords::Password;
use crate::settings::UserField;

pub(super) fn own_endpoint(contract: &DjoserContract) -> Endpoint<'_, LoggedInUser> {
    Endpoint::guarded("users/me", "User Me")
        .taking("PUT", record_fields(contract))
        .described(Method::GET, move || operations::show_me(contract))
        .described(Method::PUT, move || operations::change_me(contract, record_fields(contract), Extent::Whole))
        .described(Method::PATCH, move || operations::change_me(contract, record_fields(contract), Extent::Part))
        .described(Method::DELETE, operations::delete_me)
        .on(Method::GET, show_own)
        .on(Method::PUT, change_own)
        .on(Method::PATCH, change_own)
        .on(Method::DELETE, delete_own)
}

pub(super) fn endpoint(contract: &DjoserContract) -> Endpoint<'_, LoggedInUser> {
    Endpoint::guarded("users/{id}", "User Instance")
        .taking("PUT", record_fields(contract))
        .described(Method::GET, move || operations::show_user(contract))
        .described(Method::PUT, move || operations::change_user(contract, record_fields(contract), Extent::Whole))
        .described(Method::PATCH, move || operations::change_user(contract, record_fields(contract), Extent::Part))
        .described(Method::DELETE, operations::delete_user)
        .on(Method::GET, show)
        .on(Method::PUT, change)
        .on(Method::PATCH, change)
        .on(Method::DELETE, delete)
}

fn record_fields(contract: &DjoserContract) -> Vec<FieldDescription> {
    let describe = |field: UserField| {
        let (kind, label, maximum) = match field {
            UserField::Id => return FieldDescription::read_only("id", FieldKind::String, "ID"),
            UserField::Username => (FieldKind::String, "Username", Username::MAXIMUM_CHARACTERS),
            UserField::Email => (FieldKind::Email, "Email address", EmailAddress::MAXIMUM_CHARACTERS),
            UserField::FirstName => (FieldKind::String, "First name", PersonName::MAXIMUM_CHARACTERS),
            UserField::LastName => (FieldKind::String, "Last name", PersonName::MAXIMUM_CHARACTERS),
        };
        let described = match contract.options.is_editable(field) {
            true => FieldDescription::optional(field.as_str(), kind, label),
            false => FieldDescription::read_only(field.as_str(), kind, label),
        };
        described.at_most(maximum)
    };
    let built_in = contract.options.shown_fields.iter().copied().map(describe);
    let fields = built_in.chain(declared_fields::describe_record(&contract.declared));
    let password = contract.asks_password_with_email().then(|| current_password::field().made_optional());
    fields.chain(password).collect()
}

async fn show_own(contract: Handle, Admitted(who): Admitted<LoggedInUser>) -> Answer {
    reply::json(StatusCode::OK, &contract.record(who.user(), who.user()))
}

async fn show(contract: Handle, Admitted(who): Admitted<LoggedInUser>, id: Path<String>) -> Answer {
    let user = find(&contract, who.user(), &id).await?;
    reply::json(StatusCode::OK, &contract.record(&user, who.user()))
}

/// Finds the user of a path, if the logged-in user may act on it: the own record, and for staff members every record.
///
/// For other users the answer does not depend on whether there is such a user, unless they see all users anyway.
async fn find(contract: &DjoserContract, who: &User, id: &str) -> Result<User, Fault> {
    if id == who.id.as_str() {
        return Ok(who.clone());
    }
    if contract.options.hides_users && !who.is_staff() {
        return Err(Fault::not_found());
    }
    let id = UserId::parse(id).ok_or_else(Fault::not_found)?;
    match contract.accounts.administration().find_user(&id).await? {
        None => Err(words::no_such_user()),
        Some(_) if !who.is_staff() => Err(permission_denied()),
        Some(user) => Ok(user),
    }
}

async fn change_own(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    body: Body,
) -> Answer {
    save(&contract, who.authenticated(), who.user(), &request, &body).await
}

async fn change(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Answer {
    let user = find(&contract, who.user(), &id).await?;
    save(&contract, who.authenticated(), &user, &request, &body).await
}

/// Changes the record of `user`: the own one of `who`, or for a staff member another's.
async fn save(
    contract: &DjoserContract,
    who: &Authenticated,
    user: &User,
    request: &HttpRequest,
    body: &Body,
) -> Answer {
    let (site, accounts) = (&contract.site, &contract.accounts);
    let mut fields = body.fields()?;
    let is_email_sent = contract.options.is_editable(UserField::Email) && fields.is_sent("email");
    let email = is_email_sent
        .then(|| fields.optional_parsed("email", TextRule::EMAIL.or_blank(), |text| parse_email(contract, user, text)));
    let first_name = read_name(contract, &mut fields, UserField::FirstName);
    let last_name = read_name(contract, &mut fields, UserField::LastName);
    let extent = if request.method() == Method::PUT { Extent::Whole } else { Extent::Part };
    let declared = declared_fields::read_changes(&mut fields, &contract.declared, extent);
    let is_password_asked = is_email_sent && contract.asks_password_with_email();
    let password = is_password_asked.then(|| {
        fields.optional_parsed("current_password", TextRule::EXACT, |text| {
            Password::parse(text, site.password_max_length)
        })
    });
    let (email, first_name, last_name, password) = fields.finish((email, first_name, last_name, password))?;

    // Before the address is changed: of one request, all is done or nothing.
    if user.profile.would_be_too_large(&declared) {
        return Err(declared_fields::too_large());
    }
    let is_own = user.id == who.user.id;
    match email {
        Some(email) if email.as_ref().map(EmailAddress::as_str) != user.email.as_deref() => {
            site.admit(&site.throttles.register_email, request)?;
            let confirmed = accounts.confirm_new_email(who, password.flatten(), &site.client(request)).await;
            confirmed.map_err(telling(|fact| email_fault("email", fact)))?;
            change_email(contract, who, user, email).await?;
        }
        // The present address takes back the request for another one.
        Some(_) if user.pending_email.is_some() => match is_own {
            true => accounts.cancel_email_request(who).await.map_err(telling(|fact| email_fault("email", fact)))?,
            false => accounts.cancel_email_request_of(who, &user.id).await.map_err(telling(staff_fault))?,
        },
        Some(_) | None => {}
    }
    let change = ProfileChange {
        username: None,
        first_name: first_name.flatten(),
        last_name: last_name.flatten(),
        fields: declared,
    };
    let changed = match is_own {
        true => accounts.change_profile(who, change).await.map_err(telling(|fact| match fact {
            ProfileError::FieldsTooLarge => declared_fields::too_large(),
            ProfileError::UsernameTaken | ProfileError::LoggedOut => invalid_token(),
        }))?,
        false => accounts.change_profile_of(who, &user.id, change).await.map_err(telling(staff_fault))?,
    };
    reply::json(StatusCode::OK, &contract.record(&changed, &who.user))
}

/// Parses the address of a record. The present one is accepted even if it breaks today's rules.
pub(super) fn parse_email(contract: &DjoserContract, user: &User, text: &str) -> Result<EmailAddress, Vec<EmailFault>> {
    match user.email.as_deref() {
        Some(own) if own == text => Ok(EmailAddress::from_stored(own)),
        _ => contract.accounts.parse_email(text),
    }
}

/// Reads an optional name, if users may change it. A blank one clears it.
fn read_name(contract: &DjoserContract, fields: &mut Fields<'_>, field: UserField) -> Option<Read<Option<PersonName>>> {
    contract.options.is_editable(field).then(|| read_person_name(fields, field.as_str()))
}

/// Changes the address, or removes it.
async fn change_email(
    contract: &DjoserContract,
    who: &Authenticated,
    user: &User,
    email: Option<EmailAddress>,
) -> Result<(), Fault> {
    let accounts = &contract.accounts;
    let is_own = user.id == who.user.id;
    match email {
        Some(email) if is_own => {
            accounts.request_email(who, email).await.map_err(telling(|fact| email_fault("email", fact)))?;
        }
        Some(email) => accounts.change_email_of(who, user.clone(), email).await.map_err(telling(staff_fault))?,
        None if is_own => {
            accounts.remove_email(who).await.map_err(telling(|fact| match fact {
                RemoveEmailError::Needed => Fault::field("email", FieldFault::Blank),
                RemoveEmailError::Overtaken => overtaken(),
                RemoveEmailError::LoggedOut => invalid_token(),
            }))?;
        }
        None => return Err(Fault::field("email", FieldFault::Blank)),
    }
    Ok(())
}

fn staff_fault(fact: StaffError) -> Fault {
    match fact {
        StaffError::NotStaff => permission_denied(),
        StaffError::LoggedOut => invalid_token(),
        StaffError::NoSuchUser => words::no_such_user(),
        StaffError::FieldsTooLarge => declared_fields::too_large(),
        StaffError::EmailTaken => Fault::field("email", EMAIL_TAKEN),
        StaffError::Disabled => Fault::field("email", FieldFault::told(Code::Refused, "This account is disabled.")),
        StaffError::Unverified => {
            let message = "This account must be activated before its address can be changed.";
            Fault::field("email", FieldFault::told(Code::EmailNotVerified, message))
        }
        StaffError::Overtaken => overtaken(),
    }
}

/// Returns the fault of a new address, which was sent as `field`.
pub(super) fn email_fault(field: &'static str, fact: ChangeEmailError) -> Fault {
    match fact {
        ChangeEmailError::Taken => Fault::field(field, EMAIL_TAKEN),
        ChangeEmailError::PasswordMissing => Fault::field("current_password", FieldFault::Required),
        ChangeEmailError::PasswordWrong => current_password::wrong(),
        ChangeEmailError::LoggedOut => invalid_token(),
        ChangeEmailError::NoSuchUser => words::not_activated(field),
        ChangeEmailError::Overtaken
        | ChangeEmailError::SwitchedOff
        | ChangeEmailError::InvalidSignature
        | ChangeEmailError::AlreadyUsed
        | ChangeEmailError::Expired => overtaken(),
    }
}

async fn delete_own(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    body: Body,
) -> Answer {
    let confirmed = confirm_deletion(&contract, who.authenticated(), &request, &body).await?;
    let deleted = contract.accounts.delete_account(confirmed).await;
    deleted.map_err(telling(|DeleteAccountError::LoggedOut| invalid_token()))?;
    let mut response = reply::no_content();
    contract.site.remove_cookies(&request, &mut response);
    Ok(response)
}

async fn delete(
    contract: Handle,
    Admitted(who): Admitted<LoggedInUser>,
    request: HttpRequest,
    id: Path<String>,
    body: Body,
) -> Answer {
    if *id == who.user().id.as_str() {
        return delete_own(contract, Admitted(who), request, body).await;
    }
    if !who.user().is_staff() {
        return Err(permission_denied());
    }
    let user = find(&contract, who.user(), &id).await?;
    let confirmed = confirm_deletion(&contract, who.authenticated(), &request, &body).await?;
    contract.accounts.delete_account_of(confirmed, &user.id).await.map_err(telling(staff_fault))?;
    Ok(reply::no_content())
}

/// Checks the password of the user who asks for a deletion.
async fn confirm_deletion<'a>(
    contract: &DjoserContract,
    who: &'a Authenticated,
    request: &HttpRequest,
    body: &Body,
) -> Result<Confirmed<'a>, Fault> {
    let site = &contract.site;
    site.admit(&site.throttles.login, request)?;
    let mut fields = body.fields()?;
    let confirmed = current_password::confirm(contract, &mut fields, who, &site.client(request)).await?;
    fields.finish(())?;
    confirmed.ok_or_else(current_password::wrong)
}
