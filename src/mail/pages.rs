//! The pages that links of each purpose lead to, and how long the links work.

use std::collections::BTreeMap;

use super::{DeliveryError, LinkValues, MailKind, MailLink, in_words};
use crate::clock::Seconds;
use crate::links::{FrontendUrl, Purpose, ResetPassword, SignedLink, Spelling, VerifyEmail, VerifyRegistration};
use crate::settings::Settings;

/// The pages of the site, and those of contracts that have pages of their own.
pub struct PagesByContract {
    site: Pages,
    contracts: BTreeMap<&'static str, Option<Pages>>,
}

/// The pages that mailed links lead to: those of the site, or of one contract.
pub struct Pages {
    /// Where a new user verifies the address.
    pub verify_registration: Page<VerifyRegistration>,
    /// Where a user sets a new password.
    pub reset_password: Page<ResetPassword>,
    /// Where a user verifies a new address.
    pub verify_email: Page<VerifyEmail>,
}

/// The page of one purpose.
pub struct Page<P: Purpose> {
    /// Absent if the purpose is switched off.
    pub url: Option<FrontendUrl<P>>,
    /// How long its links can be used.
    pub expires_after: Seconds,
}

impl PagesByContract {
    /// Returns the pages in the settings. No contract has pages of its own yet.
    pub fn of(settings: &Settings) -> Self {
        Self::new(Pages::of(settings), settings.contracts.enabled().map(|(name, _)| (name, None)).collect())
    }

    /// Returns pages by the names of the contracts that are on. A contract without pages of its own uses the site's.
    pub fn new(site: Pages, contracts: BTreeMap<&'static str, Option<Pages>>) -> Self {
        Self { site, contracts }
    }

    /// Returns the pages for mails that name no contract.
    pub(super) fn of_site(&self) -> &Pages {
        &self.site
    }

    /// Returns the pages for mails that name this contract; none if it is not on.
    pub(super) fn of_contract(&self, name: &str) -> Option<&Pages> {
        self.contracts.get(name).map(|own| own.as_ref().unwrap_or(&self.site))
    }

    /// Returns sample links for mails of this kind: one for each set of pages, none if the mails have no link.
    pub(super) fn samples(&self, kind: MailKind) -> Vec<MailLink> {
        let own = self.contracts.values().flatten();
        [&self.site].into_iter().chain(own).filter_map(|pages| pages.sample(kind)).collect()
    }
}

impl Pages {
    /// Returns the pages of `[registration]`, `[reset_password]` and `[change_email]`.
    pub fn of(settings: &Settings) -> Self {
        Self {
            verify_registration: Page {
                url: settings.registration.frontend_url.clone(),
                expires_after: settings.registration.expires_after,
            },
            reset_password: Page {
                url: settings.reset_password.frontend_url.clone(),
                expires_after: settings.reset_password.expires_after,
            },
            verify_email: Page {
                url: settings.change_email.frontend_url.clone(),
                expires_after: settings.change_email.expires_after,
            },
        }
    }

    /// Returns a sample link for a mail of this kind; none if it has none.
    fn sample(&self, kind: MailKind) -> Option<MailLink> {
        match kind {
            MailKind::VerifyRegistration => Some(self.verify_registration.sample()),
            MailKind::ResetPassword => Some(self.reset_password.sample()),
            MailKind::VerifyEmail => Some(self.verify_email.sample()),
            MailKind::AlreadyRegistered | MailKind::EmailInUse | MailKind::PasswordChanged | MailKind::EmailChanged => {
                None
            }
        }
    }
}

impl<P: Purpose> Page<P> {
    /// Returns the values of `signed` for a template.
    pub(super) fn link(&self, signed: &SignedLink<P>) -> Result<MailLink, DeliveryError> {
        let url = self.url.as_ref();
        let url = url.ok_or_else(|| DeliveryError::delayed(None, "the settings name no page for this link"))?;
        let values = match url.spelling() {
            Spelling::Parts => None,
            Spelling::UidToken => Some(LinkValues::UidToken { uid: signed.uid(), token: signed.token() }),
            Spelling::Key => Some(LinkValues::Key { key: signed.key() }),
        };
        Ok(MailLink { verification_url: signed.url(url), expires_in: in_words(self.expires_after), values })
    }

    fn sample(&self) -> MailLink {
        match self.url.as_ref().map_or(Spelling::Parts, FrontendUrl::spelling) {
            Spelling::Parts => MailLink::sample(),
            Spelling::UidToken => {
                let (uid, token) = ("MQ".into(), "2-00000000000000000000000000000003".into());
                MailLink { values: Some(LinkValues::UidToken { uid, token }), ..MailLink::sample() }
            }
            Spelling::Key => {
                let key = format!("MQ:2:{}", "A".repeat(43));
                MailLink { values: Some(LinkValues::Key { key }), ..MailLink::sample() }
            }
        }
    }
}
