//! The state of the contract's handlers.

use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use actix_web::web::Data;

use crate::contracts::access_tokens;
use crate::contracts::declared_fields;
use crate::contracts::site::Site;
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::settings::{ProfilesVisibility, Settings};

/// What every handler of the contract needs. All threads use the same one.
pub(in crate::contracts) struct ProfilesContract {
    pub(super) site: Arc<Site>,
    pub(super) base_path: String,
    pub(super) visible_to: ProfilesVisibility,
    /// The challenge of a 401.
    pub(super) challenge: HeaderValue,
}

/// The contract, for handlers. Each worker has a handle of its own to clone.
pub(super) type Handle = Data<Arc<ProfilesContract>>;

impl ProfilesContract {
    pub(in crate::contracts) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        let contract = &settings.contracts.profiles;
        let challenge = access_tokens::challenge_of_site(settings);
        let (site, base_path) = (Arc::clone(site), contract.base_path.clone());
        Self { site, base_path, visible_to: contract.visible_to, challenge }
    }

    /// Describes the members of a profile, for OPTIONS.
    pub(super) fn described(&self) -> Vec<FieldDescription> {
        let read_only = FieldDescription::read_only;
        let mut described =
            vec![read_only("id", FieldKind::String, "ID"), read_only("user", FieldKind::String, "User")];
        described.extend(declared_fields::describe_record(self.site.accounts.profile_fields()));
        described.push(read_only("date_joined", FieldKind::String, "Date joined"));
        described.push(read_only("updated_on", FieldKind::String, "Updated on"));
        described
    }
}
