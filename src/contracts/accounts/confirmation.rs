//! Whether clients must send a new password twice.

use crate::http::endpoint::{FieldDescription, FieldKind};

/// Whether clients must send a new password twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confirmation {
    /// As `password_confirm`.
    Asked,
    /// `password_confirm` is ignored.
    NotAsked,
}

impl Confirmation {
    pub(super) fn asked_if(is_asked: bool) -> Self {
        if is_asked { Self::Asked } else { Self::NotAsked }
    }

    /// Describes `password_confirm`, if it is required.
    pub(super) fn field(self) -> Option<FieldDescription> {
        let field = FieldDescription::required("password_confirm", FieldKind::String, "Password confirm");
        (self == Self::Asked).then_some(field)
    }
}
