//! The operations of this contract as the description of the API has them.

use actix_web::http::StatusCode;

use super::shown::describe_profile;
use super::state::ProfilesContract;
use super::words;
use crate::contracts::declared_fields::{self, Extent};
use crate::contracts::words::permission_denied;
use crate::http::endpoint::{FieldDescription, Operation};
use crate::settings::ProfilesVisibility;

pub(super) fn list(contract: &ProfilesContract, page: Vec<FieldDescription>) -> Operation {
    let about = match contract.visible_to {
        ProfilesVisibility::LoggedIn => "Of others, users see only the declared fields that are shown to them.",
        ProfilesVisibility::Owner => "Users see their own profile only.",
    };
    Operation::new("list_profiles", "List profiles").about(about).querying(page).throttled().answers(
        StatusCode::OK,
        "Those who registered last first.",
        describe_profile(contract).listed(),
    )
}

pub(super) fn create(contract: &ProfilesContract) -> Operation {
    Operation::new("fill_profile", "Fill in the own profile for the first time")
        .answers(StatusCode::CREATED, "The profile.", describe_profile(contract))
        .refuses([words::profile_exists(), declared_fields::too_large()])
}

pub(super) fn show(contract: &ProfilesContract) -> Operation {
    Operation::new("show_profile", "Show a profile")
        .answers(StatusCode::OK, "The profile.", describe_profile(contract))
        .refuses([words::no_such_profile()])
}

pub(super) fn save(contract: &ProfilesContract, fields: Vec<FieldDescription>, extent: Extent) -> Operation {
    let operation = match extent {
        Extent::Whole => Operation::new("replace_profile", "Replace the own profile").taking(fields),
        Extent::Part => Operation::new("change_profile", "Change some of the own profile")
            .taking(fields.into_iter().map(FieldDescription::made_optional).collect()),
    };
    operation.answers(StatusCode::OK, "The changed profile.", describe_profile(contract)).refuses([
        words::no_such_profile(),
        permission_denied(),
        declared_fields::too_large(),
    ])
}

pub(super) fn empty() -> Operation {
    Operation::new("empty_profile", "Empty the own profile")
        .answers_nothing(StatusCode::NO_CONTENT, "It is empty.")
        .refuses([words::no_such_profile(), permission_denied()])
}
