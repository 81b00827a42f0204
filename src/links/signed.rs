//! A signed link, ready to be put into a mail.

use std::fmt;

use super::frontend::FrontendUrl;
use crate::clock::Timestamp;

/// The parts of a link, signed. Only [`LinkSigner`](super::LinkSigner) makes one.
///
/// `Debug` shows neither signature nor address.
#[derive(Clone)]
pub struct SignedLink {
    pub(super) user_id: String,
    pub(super) email: Option<String>,
    pub(super) timestamp: Timestamp,
    pub(super) signature: [u8; 32],
}

impl SignedLink {
    /// The user whom the link is for.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The address mailed, where the purpose binds one.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// When the link was signed.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The signature: 64 lower-case hex digits.
    pub fn signature(&self) -> String {
        hex::encode(self.signature)
    }

    /// The URL to mail: the frontend's page with `user_id`, where there is one `email`, `timestamp` and
    /// `signature`, in this order and form-encoded. `timestamp` is spelled `%74imestamp`, which survives HTML.
    pub fn url(&self, page: &FrontendUrl) -> String {
        page.with_parameters(|parameters| {
            parameters.append_pair("user_id", &self.user_id);
            if let Some(email) = &self.email {
                parameters.append_pair("email", email);
            }
            parameters.append_pair("timestamp", &self.timestamp.unix_seconds().to_string());
            parameters.append_pair("signature", &self.signature());
        })
    }
}

impl fmt::Debug for SignedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedLink")
            .field("user_id", &self.user_id)
            .field("email", &self.email.as_ref().map(|_| "…"))
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}
