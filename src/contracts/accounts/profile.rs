//! The endpoint `profile/`: shows the user's profile, changes what the site lets users change, and deletes the account.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

use super::state::{AccountsContract, Handle};
use super::{operations, words};
use crate::accounts::{Authenticated, DeleteAccountError, ProfileChange, ProfileError};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::names::{read_username, refuse_taken};
use crate::contracts::password_field;
use crate::contracts::service_faults::telling;
use crate::contracts::words::USERNAME_TAKEN;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::faults::Fault;
use crate::http::fields::{Fields, Read, TextRule};
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, PersonName, Username};
use crate::settings::UserField;

/// Returns the endpoint of this capability.
pub(super) fn endpoint(contract: &AccountsContract) -> Endpoint<'_, LoggedInUser> {
    let endpoint = Endpoint::guarded("profile", "Profile")
        .taking("POST", profile_fields(contract))
        .taking("PUT", profile_fields(contract))
        .described(Method::GET, move || operations::show_profile(contract))
        .described(Method::POST, move || operations::replace_profile_by_post(contract))
        .described(Method::PUT, move || operations::replace_profile(contract))
        .described(Method::PATCH, move || operations::change_profile(contract, profile_fields(contract)))
        .on(Method::GET, show)
        .on(Method::POST, replace)
        .on(Method::PUT, replace)
        .on(Method::PATCH, change);
    match contract.options.deletes_accounts {
        true => endpoint.described(Method::DELETE, operations::delete_account).on(Method::DELETE, delete),
        false => endpoint,
    }
}

fn profile_fields(contract: &AccountsContract) -> Vec<FieldDescription> {
    let describe = |field: UserField| {
        let is_editable = contract.options.is_editable(field);
        let name = field.as_str();
        let (kind, label, maximum) = match field {
            UserField::Id => return FieldDescription::read_only(name, FieldKind::String, "ID"),
            UserField::Email => {
                return FieldDescription::read_only(name, FieldKind::Email, "Email address")
                    .at_most(EmailAddress::MAXIMUM_CHARACTERS);
            }
            UserField::Username => (FieldKind::String, "Username", Username::MAXIMUM_CHARACTERS),
            UserField::FirstName => (FieldKind::String, "First name", PersonName::MAXIMUM_CHARACTERS),
            UserField::LastName => (FieldKind::String, "Last name", PersonName::MAXIMUM_CHARACTERS),
        };
        let described = match (is_editable, field) {
            (false, _) => FieldDescription::read_only(name, kind, label),
            (true, UserField::Username) => FieldDescription::required(name, kind, label),
            (true, _) => FieldDescription::optional(name, kind, label),
        };
        described.at_most(maximum)
    };
    let built_in = contract.options.shown_fields.iter().copied().map(describe);
    built_in.chain(declared_fields::describe_record(contract.accounts.profile_fields())).collect()
}

async fn show(contract: Handle, Admitted(who): Admitted<LoggedInUser>) -> Answer {
    reply::json(StatusCode::OK, &contract.user_object(who.user()))
}

async fn replace(contract: Handle, Admitted(who): Admitted<LoggedInUser>, body: Body) -> Answer {
    save(&contract, who.authenticated(), &body, Extent::Whole).await
}

async fn change(contract: Handle, Admitted(who): Admitted<LoggedInUser>, body: Body) -> Answer {
    save(&contract, who.authenticated(), &body, Extent::Part).await
}

async fn save(contract: &AccountsContract, who: &Authenticated, body: &Body, extent: Extent) -> Answer {
    let mut fields = body.fields()?;
    let own = who.user.username.as_deref();
    let username = contract.options.is_editable(UserField::Username).then(|| read_username(&mut fields, extent, own));
    let first_name = contract.options.is_editable(UserField::FirstName).then(|| read_name(&mut fields, "first_name"));
    let last_name = contract.options.is_editable(UserField::LastName).then(|| read_name(&mut fields, "last_name"));
    let declared = declared_fields::read_changes(&mut fields, contract.accounts.profile_fields(), extent);

    let wanted = username.as_ref().and_then(Read::value).and_then(Option::as_ref);
    refuse_taken(&contract.accounts, &mut fields, wanted, own).await?;
    let (username, first_name, last_name) = fields.finish((username, first_name, last_name))?;

    let change = ProfileChange {
        username: username.flatten().filter(|wanted| own != Some(wanted.as_str())),
        first_name: first_name.flatten(),
        last_name: last_name.flatten(),
        fields: declared,
    };
    let user = contract.accounts.change_profile(who, change).await.map_err(telling(|fact| match fact {
        ProfileError::UsernameTaken => Fault::field("username", USERNAME_TAKEN),
        ProfileError::FieldsTooLarge => declared_fields::too_large(),
        ProfileError::LoggedOut => invalid_token(),
    }))?;
    reply::json(StatusCode::OK, &contract.user_object(&user))
}

async fn delete(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let (password, client) = (("password", words::PASSWORD_WRONG), site.client(&request));
    let confirmed = password_field::confirm(site, &mut fields, password, who.authenticated(), &client).await?;
    fields.finish(())?;
    let confirmed = confirmed.ok_or_else(|| Fault::field("password", words::PASSWORD_WRONG))?;
    let deleted = contract.accounts.delete_account(confirmed).await;
    deleted.map_err(telling(|DeleteAccountError::LoggedOut| invalid_token()))?;
    let mut response = reply::detail(words::ACCOUNT_DELETED);
    site.remove_cookies(&request, &mut response);
    Ok(response)
}

/// Reads an optional name. A missing one keeps the present name, a blank one clears it.
fn read_name(fields: &mut Fields<'_>, name: &'static str) -> Read<Option<PersonName>> {
    let text = fields.optional_text(name, TextRule::TRIMMED.or_blank());
    let parsed = text.value().and_then(Option::as_deref).map(PersonName::parse);
    match parsed {
        Some(Err(faults)) => {
            for fault in faults {
                fields.refuse(name, fault);
            }
            text.map(|_| None)
        }
        Some(Ok(parsed)) => text.map(|_| Some(parsed)),
        None => text.map(|_| None),
    }
}
