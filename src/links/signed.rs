//! A signed link, ready to be put into a mail.

use std::fmt;

use super::frontend::FrontendUrl;
use super::placeholder::Placeholder;
use super::purpose::{Purpose, sealed::Address as _};
use super::spelling;
use crate::clock::Timestamp;

/// A link of the purpose `P`, signed. Only [`LinkSigner`](super::LinkSigner) makes one.
///
/// `Debug` shows neither signature nor address.
#[derive(Clone)]
pub struct SignedLink<P: Purpose> {
    pub(super) user_id: String,
    pub(super) address: P::Address,
    pub(super) timestamp: Timestamp,
    pub(super) signature: [u8; 32],
}

impl<P: Purpose> SignedLink<P> {
    /// Returns the user whom the link is for.
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// Returns the address mailed, where the purpose signs one.
    pub fn email(&self) -> Option<&str> {
        self.address.text()
    }

    /// Returns when the link was signed.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Returns the signature: 64 lower-case hex digits.
    pub fn signature(&self) -> String {
        hex::encode(self.signature)
    }

    /// User id and, where the purpose signs one, address: base64url without padding.
    pub fn uid(&self) -> String {
        spelling::uid(&self.user_id, self.email())
    }

    /// Time and first half of the MAC: a decimal number, a hyphen and 32 lower-case hex digits.
    pub fn token(&self) -> String {
        spelling::token(self.timestamp, &self.signature)
    }

    /// Returns all of the link in one text of letters, digits, `-`, `_` and `:`.
    pub fn key(&self) -> String {
        spelling::key(&self.uid(), self.timestamp, &self.signature)
    }

    /// Returns the URL to mail: the frontend's page with the link's parts in the place of its placeholders. Without
    /// placeholders they become parameters: `user_id`, `email` if the purpose signs one, `timestamp` and `signature`,
    /// in this order and form-encoded. `timestamp` is spelled `%74imestamp` there, which survives HTML.
    pub fn url(&self, page: &FrontendUrl<P>) -> String {
        page.with_values(|placeholder| match placeholder {
            Placeholder::UserId => self.user_id.clone(),
            Placeholder::Email => self.email().unwrap_or_default().to_owned(),
            Placeholder::Timestamp => self.timestamp.unix_seconds().to_string(),
            Placeholder::Signature => self.signature(),
            Placeholder::Uid => self.uid(),
            Placeholder::Token => self.token(),
            Placeholder::Key => self.key(),
        })
    }
}

impl<P: Purpose> fmt::Debug for SignedLink<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedLink")
            .field("purpose", &P::NAME)
            .field("user_id", &self.user_id)
            .field("email", &self.email().map(|_| "…"))
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}
