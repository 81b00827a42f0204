//! Reads the parameters of a mailed link from a request.

use std::borrow::Cow;

use actix_web::HttpRequest;

use super::state::AccountsContract;
use crate::accounts::Follower;
use crate::http::endpoint::{FieldDescription, FieldKind};
use crate::http::fields::{Fields, Integer, Read, TextRule};
use crate::passwords::Password;

/// Describes the fields of every link.
pub(super) fn link_fields() -> Vec<FieldDescription> {
    vec![
        FieldDescription::required("user_id", FieldKind::String, "User id"),
        FieldDescription::required("timestamp", FieldKind::Integer, "Timestamp"),
        FieldDescription::required("signature", FieldKind::String, "Signature"),
    ]
}

pub(super) fn read_user_id<'a>(fields: &mut Fields<'a>) -> Read<Cow<'a, str>> {
    fields.text("user_id", TextRule::TRIMMED)
}

pub(super) fn read_timestamp<'a>(fields: &mut Fields<'a>) -> Read<Integer<'a>> {
    fields.integer("timestamp")
}

pub(super) fn read_signature<'a>(fields: &mut Fields<'a>) -> Read<Cow<'a, str>> {
    fields.text("signature", TextRule::TRIMMED)
}

impl AccountsContract {
    /// Collects the request's data for the use of a link.
    pub(super) fn follower(&self, request: &HttpRequest, password: Option<Password>) -> Follower {
        Follower {
            client: password.as_ref().map(|_| self.site.client(request)).unwrap_or_default(),
            password,
            browser_marks: self.site.cookies.registrations(request.headers()),
        }
    }
}
