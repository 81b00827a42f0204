//! Which user a typed name can mean.

use super::Accounts;
use crate::identity::{EmailAddress, Username};
use crate::settings::LoginField;
use crate::store::LoginName;

/// How a client names a user.
#[derive(Clone, Copy, Debug)]
pub enum TypedName<'a> {
    /// By any of the fields that the site logs in by (`login.fields`).
    Any(&'a str),
    /// By username.
    Username(&'a str),
    /// By e-mail address.
    Email(&'a str),
}

impl<'a> TypedName<'a> {
    /// The text as it was typed.
    pub(super) fn text(self) -> &'a str {
        let (Self::Any(text) | Self::Username(text) | Self::Email(text)) = self;
        text
    }
}

impl Accounts {
    /// Returns what a typed name can be.
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
            claimed_email_key: email_key.clone().filter(|_| !self.parts.login.require_verified),
            email_key,
        }
    }

    /// Returns whether a typed name can be a username as well as an address.
    pub(super) fn is_ambiguous(&self, typed: TypedName<'_>) -> bool {
        matches!(typed, TypedName::Any(_)) && self.parts.login.fields.len() > 1
    }
}
