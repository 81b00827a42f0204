//! `user/`: shows the logged-in user, and changes what users may change.

use actix_web::http::{Method, StatusCode};

use super::operations;
use super::state::{DjRestAuthContract, Handle};
use crate::accounts::{Authenticated, ProfileChange, ProfileError};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::names::{USERNAME_HELP, read_person_name, read_username, refuse_taken};
use crate::contracts::service_faults::telling;
use crate::contracts::words::USERNAME_TAKEN;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint, FieldDescription, FieldKind};
use crate::http::fields::Read;
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, PersonName, Username};
use crate::settings::UserField;

pub(super) fn endpoint(contract: &DjRestAuthContract) -> Endpoint<'_, LoggedInUser> {
    Endpoint::guarded("user", "User Details")
        .taking("PUT", described(contract))
        .described(Method::GET, move || operations::show_user(contract))
        .described(Method::PUT, move || operations::replace_user(contract))
        .described(Method::PATCH, move || operations::change_user(contract, described(contract)))
        .on(Method::GET, show)
        .on(Method::PUT, replace)
        .on(Method::PATCH, change)
}

fn described(contract: &DjRestAuthContract) -> Vec<FieldDescription> {
    let describe = |field: UserField| match field {
        UserField::Id => FieldDescription::read_only("pk", FieldKind::String, "ID"),
        UserField::Username => FieldDescription::required("username", FieldKind::String, "Username")
            .help(USERNAME_HELP)
            .at_most(Username::MAXIMUM_CHARACTERS),
        UserField::Email => FieldDescription::read_only("email", FieldKind::Email, "Email address")
            .at_most(EmailAddress::MAXIMUM_CHARACTERS),
        UserField::FirstName => FieldDescription::optional("first_name", FieldKind::String, "First name")
            .at_most(PersonName::MAXIMUM_CHARACTERS),
        UserField::LastName => FieldDescription::optional("last_name", FieldKind::String, "Last name")
            .at_most(PersonName::MAXIMUM_CHARACTERS),
    };
    let built_in = contract.user_fields.iter().copied().map(describe);
    built_in.chain(declared_fields::describe_record(contract.accounts.profile_fields())).collect()
}

async fn show(contract: Handle, Admitted(who): Admitted<LoggedInUser>) -> Answer {
    reply::json(StatusCode::OK, &contract.record(who.user()))
}

async fn replace(contract: Handle, Admitted(who): Admitted<LoggedInUser>, body: Body) -> Answer {
    save(&contract, who.authenticated(), &body, Extent::Whole).await
}

async fn change(contract: Handle, Admitted(who): Admitted<LoggedInUser>, body: Body) -> Answer {
    save(&contract, who.authenticated(), &body, Extent::Part).await
}

async fn save(contract: &DjRestAuthContract, who: &Authenticated, body: &Body, extent: Extent) -> Answer {
    let accounts = &contract.accounts;
    let mut fields = body.fields()?;
    let own = who.user.username.as_deref();
    let username = contract.shows(UserField::Username).then(|| read_username(&mut fields, extent, own));
    let first_name = contract.shows(UserField::FirstName).then(|| read_person_name(&mut fields, "first_name"));
    let last_name = contract.shows(UserField::LastName).then(|| read_person_name(&mut fields, "last_name"));
    let declared = declared_fields::read_changes(&mut fields, accounts.profile_fields(), extent);

    let wanted = username.as_ref().and_then(Read::value).and_then(Option::as_ref);
    refuse_taken(accounts, &mut fields, wanted, own).await?;
    let (username, first_name, last_name) = fields.finish((username, first_name, last_name))?;

    let change = ProfileChange {
        username: username.flatten().filter(|wanted| own != Some(wanted.as_str())),
        first_name: first_name.flatten(),
        last_name: last_name.flatten(),
        fields: declared,
    };
    let user = accounts.change_profile(who, change).await.map_err(telling(|fact| match fact {
        ProfileError::UsernameTaken => Fault::field("username", USERNAME_TAKEN),
        ProfileError::FieldsTooLarge => declared_fields::too_large(),
        ProfileError::LoggedOut => invalid_token(),
    }))?;
    reply::json(StatusCode::OK, &contract.record(&user))
}
