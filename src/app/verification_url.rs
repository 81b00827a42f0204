//! The URL of a new link that verifies a user: signed by the accounts, leading to the page that the settings name.

use super::Countersign;
use crate::accounts::{Failure, User, VerificationLink, VerificationLinkError};
use crate::clock::Timestamp;
use crate::links::{Purpose, SignedLink};
use crate::mail::{Page, PagesByContract};

/// A link for an operator to pass on.
#[derive(Clone, Debug)]
pub struct VerificationUrl {
    /// Where the link leads.
    pub url: String,
    /// The address that it proves.
    pub email: String,
    /// From when on it is refused.
    pub expires_at: Timestamp,
    /// When the user is deleted unless verified by then, where unverified users are.
    pub user_purged_at: Option<Timestamp>,
}

/// Why there is no URL that would verify a user.
#[derive(Debug, thiserror::Error)]
pub enum VerificationUrlError {
    /// No link can verify the user, or the database does not answer.
    #[error(transparent)]
    Account(#[from] Failure<VerificationLinkError>),
    /// The settings name no page for the link.
    #[error("the settings name no page for this link")]
    NoPage,
}

impl Countersign {
    /// Returns the URL of a new link that verifies `user`. It leads to the page of the contract with this name in the
    /// settings; to the site's page if `contract` is `None` or no contract of that name is on.
    ///
    /// A person who has the URL can prove the address, so only its owner may get it. Nothing is stored, and links that
    /// were mailed before still work.
    ///
    /// # Errors
    ///
    /// Each [`VerificationUrlError`].
    pub async fn verification_url(
        &self,
        user: &User,
        contract: Option<&str>,
    ) -> Result<VerificationUrl, VerificationUrlError> {
        let pages = PagesByContract::of(&self.settings);
        let pages = contract.and_then(|name| pages.of_contract(name)).unwrap_or_else(|| pages.of_site());
        let email = user.pending_email.as_ref().or(user.email.as_ref());
        let (url, expires_at) = match self.accounts.sign_verification_link(user).await? {
            VerificationLink::Registration(link) => at(&pages.verify_registration, &link)?,
            VerificationLink::CorrectedEmail(link) => at(&pages.verify_email, &link)?,
        };
        Ok(VerificationUrl {
            url,
            email: email.cloned().unwrap_or_default(),
            expires_at,
            user_purged_at: self.accounts.purged_at(user),
        })
    }
}

/// Returns the URL of a link at its page, and when the link expires.
fn at<P: Purpose>(page: &Page<P>, link: &SignedLink<P>) -> Result<(String, Timestamp), VerificationUrlError> {
    let url = page.url.as_ref().ok_or(VerificationUrlError::NoPage)?;
    Ok((link.url(url), link.timestamp().plus(page.expires_after)))
}
