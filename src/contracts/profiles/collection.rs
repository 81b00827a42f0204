//! `all-profiles`: lists profiles, and fills in one's own for the first time.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};

use super::state::{Handle, ProfilesContract};
use super::{operations, words};
use crate::accounts::FillProfileError;
use crate::contracts::credentials::{LoggedInUser, invalid_token};
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::paging::{Page, describe_page, read_page};
use crate::contracts::service_faults::telling;
use crate::http::body::Body;
use crate::http::endpoint::{Admitted, Endpoint};
use crate::http::reply::{self, Answer};
use crate::settings::ProfilesVisibility;

/// The most profiles that one answer lists.
const LARGEST_PAGE: u32 = 1_000;
/// The largest `offset`. The database walks over that many users.
const LARGEST_OFFSET: u32 = 1_000_000;

pub(super) fn endpoint(contract: &ProfilesContract) -> Endpoint<'_, LoggedInUser> {
    Endpoint::guarded("all-profiles", "User Profile List Create")
        .taking("POST", contract.described())
        .described(Method::GET, move || operations::list(contract, describe_page(LARGEST_PAGE, LARGEST_OFFSET)))
        .described(Method::POST, move || operations::create(contract))
        .on(Method::GET, list)
        .on(Method::POST, create)
}

async fn list(contract: Handle, Admitted(who): Admitted<LoggedInUser>, request: HttpRequest) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.sessions, &request)?;
    let Page { limit, offset } = read_page(&request, LARGEST_PAGE, LARGEST_OFFSET)?;
    let users = match contract.visible_to {
        ProfilesVisibility::LoggedIn => site.accounts.list_profiles(offset, limit).await?,
        ProfilesVisibility::Owner if offset == 0 => vec![who.user().clone()],
        ProfilesVisibility::Owner => Vec::new(),
    };
    let profiles: Vec<_> = users.iter().map(|user| contract.profile(user, who.user())).collect();
    reply::json(StatusCode::OK, &profiles)
}

async fn create(contract: Handle, Admitted(who): Admitted<LoggedInUser>, body: Body) -> Answer {
    let accounts = &contract.site.accounts;
    let mut fields = body.fields()?;
    let values = declared_fields::read_changes(&mut fields, accounts.profile_fields(), Extent::Whole);
    fields.finish(())?;
    let user = accounts.fill_profile(who.authenticated(), values).await.map_err(telling(|fact| match fact {
        FillProfileError::NotEmpty => words::profile_exists(),
        FillProfileError::FieldsTooLarge => declared_fields::too_large(),
        FillProfileError::LoggedOut => invalid_token(),
    }))?;
    reply::json(StatusCode::CREATED, &contract.profile(&user, who.user()))
}
