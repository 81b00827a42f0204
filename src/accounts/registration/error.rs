//! Why a registration is refused.

use crate::accounts::Refusal;
use crate::passwords::WeakPassword;

/// Why a registration was refused.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Registration is switched off.
    #[error("registration is switched off")]
    Closed,
    /// The password breaks these rules; none where the run was [dry](crate::accounts::Run::Dry).
    #[error("the password is refused")]
    Password(Vec<WeakPassword>),
    /// There is no address to prove.
    #[error("a user without an e-mail address cannot be verified")]
    EmailMissing,
    /// These declared fields are required and have no value.
    #[error("declared fields are missing: {}", _0.join(", "))]
    FieldsMissing(Vec<String>),
    /// The values of declared fields are more than is stored of a user:
    /// [`MAXIMUM_DOCUMENT_BYTES`](crate::profile_fields::MAXIMUM_DOCUMENT_BYTES).
    #[error("the values of declared fields are too large")]
    FieldsTooLarge,
    /// A user has the username, or a verified user has the address and the site does not conceal that.
    #[error("the username or the e-mail address is taken")]
    Taken {
        /// Another user has the username.
        username: bool,
        /// A verified user has the address.
        email: bool,
    },
}

impl Refusal for RegisterError {}
