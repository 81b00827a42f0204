//! Whether a new password is sent twice.

use crate::http::endpoint::{FieldDescription, FieldKind};

/// Whether the new password is sent twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// As `password_confirm`.
    Asked,
    /// Ignored if sent.
    NotAsked,
}

impl Confirmation {
    pub(super) fn asked_if(is_asked: bool) -> Self {
        if is_asked { Self::Asked } else { Self::NotAsked }
    }

    /// Describes `password_confirm`, where it is asked for.
    pub(super) fn field(self) -> Option<FieldDescription> {
        let field = FieldDescription::required("password_confirm", FieldKind::String, "Password confirm");
        (self == Self::Asked).then_some(field)
    }
}
