//! `profile/{id}`: shows, changes and empties one profile.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Path;

use super::state::{Handle, ProfilesContract};
use super::{operations, words};
use crate::accounts::{EmptyProfileError, ProfileChange, ProfileError, User};
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::service_faults::telling;
use crate::contracts::words::permission_denied;
use crate::http::Fault;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint};
use crate::http::reply::{self, Answer};
use crate::identity::UserId;
use crate::settings::ProfilesVisibility;

pub(super) fn endpoint(contract: &ProfilesContract) -> Endpoint<'_, LoggedInUser> {
    Endpoint::guarded("profile/{id}", "User Profile Detail")
        .taking("PUT", contract.described())
        .described(Method::GET, move || operations::show(contract))
        .described(Method::PUT, move || operations::save(contract, contract.described(), Extent::Whole))
        .described(Method::PATCH, move || operations::save(contract, contract.described(), Extent::Part))
        .described(Method::DELETE, operations::empty)
        .on(Method::GET, show)
        .on(Method::PUT, replace)
        .on(Method::PATCH, change)
        .on(Method::DELETE, empty)
}

async fn show(contract: Handle, Admitted(who): Admitted<LoggedInUser>, id: Path<String>) -> Answer {
    let user = find(&contract, who.user(), &id).await?;
    reply::json(StatusCode::OK, &contract.profile(&user, who.user()))
}

async fn replace(contract: Handle, Admitted(who): Admitted<LoggedInUser>, id: Path<String>, body: Body) -> Answer {
    save(&contract, &who, &id, &body, Extent::Whole).await
}

async fn change(contract: Handle, Admitted(who): Admitted<LoggedInUser>, id: Path<String>, body: Body) -> Answer {
    save(&contract, &who, &id, &body, Extent::Part).await
}

async fn save(contract: &ProfilesContract, who: &LoggedInUser, id: &str, body: &Body, extent: Extent) -> Answer {
    own(contract, who.user(), id).await?;
    let accounts = &contract.site.accounts;
    let mut fields = body.fields()?;
    let values = declared_fields::read_changes(&mut fields, accounts.profile_fields(), extent);
    fields.finish(())?;
    let change = ProfileChange { fields: values, ..ProfileChange::default() };
    let user = accounts.change_profile(who.authenticated(), change).await.map_err(telling(|fact| match fact {
        ProfileError::FieldsTooLarge => declared_fields::too_large(),
        // The change names no username.
        ProfileError::LoggedOut | ProfileError::UsernameTaken => invalid_token(),
    }))?;
    reply::json(StatusCode::OK, &contract.profile(&user, who.user()))
}

async fn empty(contract: Handle, Admitted(who): Admitted<LoggedInUser>, id: Path<String>) -> Answer {
    own(&contract, who.user(), &id).await?;
    let emptied = contract.site.accounts.empty_profile(who.authenticated()).await;
    emptied.map_err(telling(|EmptyProfileError| invalid_token()))?;
    Ok(reply::no_content())
}

/// Finds the user of a path, if `who` may see the profile.
async fn find(contract: &ProfilesContract, who: &User, id: &str) -> Result<User, Fault> {
    if id == who.id.as_str() {
        return Ok(who.clone());
    }
    match (contract.visible_to, UserId::parse(id)) {
        (ProfilesVisibility::LoggedIn, Some(id)) => {
            contract.site.accounts.find_profile(&id).await?.ok_or_else(words::no_such_profile)
        }
        _ => Err(words::no_such_profile()),
    }
}

/// Checks that the profile of a path is that of `who`.
async fn own(contract: &ProfilesContract, who: &User, id: &str) -> Result<(), Fault> {
    let user = find(contract, who, id).await?;
    if user.id == who.id { Ok(()) } else { Err(permission_denied()) }
}
