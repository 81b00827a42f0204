//! What a provider says of a user.

use crate::identity::EmailAddress;

use super::error::Refusal;

/// The longest subject: OpenID Connect Core, 2.
const LONGEST_SUBJECT: usize = 255;

/// A user as a provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderIdentity {
    /// The id of the user at this provider, which is never given to another: 1 to 255 printable characters.
    pub subject: String,
    /// The user's address. One that cannot be an address here is left out.
    pub email: Option<ProviderEmail>,
    /// Whether the provider names an address that cannot be one here.
    pub is_email_malformed: bool,
    /// The user's login name there, which may change and may be given to another.
    pub username: Option<String>,
    /// The user's first name.
    pub first_name: Option<String>,
    /// The user's last name.
    pub last_name: Option<String>,
}

/// An address that a provider names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderEmail {
    /// The address.
    pub address: EmailAddress,
    /// Whether the provider has verified that the user reads its mail. It is false where the provider does not say.
    pub is_verified: bool,
}

impl ProviderIdentity {
    /// Creates an identity of which only the subject is known.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoSubject`] if `subject` is blank, too long, or has control characters.
    pub(super) fn of(subject: &str) -> Result<Self, Refusal> {
        let is_sound = !subject.trim().is_empty()
            && subject.chars().count() <= LONGEST_SUBJECT
            // A blank may be in it, as in names of a directory.
            && !subject.chars().any(char::is_control);
        if !is_sound {
            return Err(Refusal::NoSubject);
        }
        Ok(Self {
            subject: subject.to_owned(),
            email: None,
            is_email_malformed: false,
            username: None,
            first_name: None,
            last_name: None,
        })
    }

    pub(super) fn with_email(mut self, address: Option<&str>, is_verified: bool) -> Self {
        let named = address.is_some_and(|address| !address.trim().is_empty());
        let address = address.and_then(|address| EmailAddress::parse(address).ok());
        self.is_email_malformed = named && address.is_none();
        self.email = address.map(|address| ProviderEmail { address, is_verified });
        self
    }

    pub(super) fn with_username(mut self, username: Option<&str>) -> Self {
        self.username = filled(username);
        self
    }

    pub(super) fn with_names(mut self, first_name: Option<&str>, last_name: Option<&str>) -> Self {
        self.first_name = filled(first_name);
        self.last_name = filled(last_name);
        self
    }

    /// Splits a whole name at its last blank.
    pub(super) fn with_whole_name(self, name: Option<&str>) -> Self {
        let name = name.unwrap_or_default().trim();
        match name.rsplit_once(char::is_whitespace) {
            Some((first, last)) => self.with_names(Some(first), Some(last)),
            None => self.with_names(Some(name), None),
        }
    }
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
