//! A user in answers.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::state::DjRestAuthContract;
use crate::accounts::User;
use crate::contracts::id_value::{IdValue, describe_id};
use crate::contracts::user_values::{UserValues, Viewer, describe_declared, describe_fields};
use crate::http::endpoint::Shape;
use crate::profile_fields::ProfileFields;
use crate::settings::UserField;

/// The logged-in user: the fields of the settings, in their order, then the declared ones. The id is `pk`.
pub(super) struct Record<'a> {
    fields: &'a [UserField],
    user: &'a User,
    declared: &'a ProfileFields,
}

/// Describes the logged-in user in answers.
pub(super) fn describe_record(contract: &DjRestAuthContract) -> Shape {
    let built_in = contract.user_fields.iter().flat_map(|field| match field {
        UserField::Id => vec![describe_id("pk")],
        field => describe_fields([*field]).collect(),
    });
    Shape::object(built_in.chain(describe_declared(contract.accounts.profile_fields(), Viewer::Owner))).named("User")
}

impl DjRestAuthContract {
    pub(super) fn record<'a>(&'a self, user: &'a User) -> Record<'a> {
        Record { fields: &self.user_fields, user, declared: self.accounts.profile_fields() }
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let values = UserValues::of_user(self.user);
        for field in self.fields {
            match field {
                UserField::Id => object.serialize_entry("pk", &IdValue(&self.user.id))?,
                field => values.serialize_fields([*field], &mut object)?,
            }
        }
        values.serialize_declared(self.declared, Viewer::Owner, &mut object)?;
        object.end()
    }
}
