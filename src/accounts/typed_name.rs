//! The name that a client types for a user.

use super::Accounts;
use crate::identity::{EmailAddress, Username};
use crate::settings::LoginField;
use crate::store::{Claimants, LoginName};

/// A name that a client typed for a user.
#[derive(Clone, Copy, Debug)]
pub enum TypedName<'a> {
    /// Any of the fields that a login accepts (`login.fields`).
    Any(&'a str),
    /// A username.
    Username(&'a str),
    /// An e-mail address.
    Email(&'a str),
}

impl<'a> TypedName<'a> {
    /// Returns the text as it was typed.
    pub(super) fn text(self) -> &'a str {
        let (Self::Any(text) | Self::Username(text) | Self::Email(text)) = self;
        text
    }
}

impl Accounts {
    /// Returns the username and the address that a typed name can be.
    pub(super) fn login_name(&self, typed: TypedName<'_>) -> LoginName {
        let may_be = |field| match typed {
            TypedName::Any(_) => self.parts.login.fields.contains(&field),
            TypedName::Username(_) => field == LoginField::Username,
            TypedName::Email(_) => field == LoginField::Email,
        };
        let text = typed.text();
        let email = may_be(LoginField::Email).then(|| EmailAddress::parse(text).ok()).flatten();
        let email_key = email.map(|email| email.key());
        LoginName {
            username_key: may_be(LoginField::Username).then(|| Username::lookup_key(text)).flatten(),
            claimants: self.claimants(),
            email_key,
        }
    }

    /// Returns what a user may do at login who has not proved the address.
    pub(super) fn claimants(&self) -> Claimants {
        if self.parts.login.require_verified { Claimants::AreTold } else { Claimants::LogIn }
    }

    /// Returns whether a typed name can be a username as well as an address.
    pub(super) fn is_ambiguous(&self, typed: TypedName<'_>) -> bool {
        matches!(typed, TypedName::Any(_)) && self.parts.login.fields.len() > 1
    }
}
