//! The pages that links of each purpose lead to, and how long the links work.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{DeliveryError, LinkValues, MailKind, MailLink, in_words};
use crate::clock::Seconds;
use crate::links::{
    FrontendUrl, Purpose, ResetPassword, ResetUsername, SignedLink, Spelling, VerifyEmail, VerifyRegistration,
};
use crate::settings::{ActivationPages, DjRestAuthContractSettings, Settings};

/// The pages of the site, and those of contracts that have pages of their own.
pub struct PagesByContract {
    site: Pages,
    contracts: BTreeMap<&'static str, Option<Pages>>,
    /// The port that the system has chosen for this server, where its setting is 0.
    own_port: OnceLock<u16>,
}

/// The pages that mailed links lead to: those of the site, or of one contract.
pub struct Pages {
    /// Where a new user verifies the address.
    pub verify_registration: Page<VerifyRegistration>,
    /// Where a user sets a new password.
    pub reset_password: Page<ResetPassword>,
    /// Where a user verifies a new address.
    pub verify_email: Page<VerifyEmail>,
    /// Where a user chooses a new username.
    pub reset_username: Page<ResetUsername>,
}

/// The page of one purpose.
pub struct Page<P: Purpose> {
    /// Absent if the purpose is switched off, or if no setting names a page for it.
    pub url: Option<FrontendUrl<P>>,
    /// How long its links can be used.
    pub expires_after: Seconds,
}

impl PagesByContract {
    /// Returns the pages in the settings: those of the site, and those of the contracts that have pages of their own. If
    /// only such contracts take links, the pages of the first one that is on are also those of the site.
    pub fn of(settings: &Settings) -> Self {
        let contracts = &settings.contracts;
        let own = |name| match name {
            "djoser" => Some(Pages::of_djoser(settings)),
            "dj_rest_auth" => Some(Pages::of_dj_rest_auth(settings, &contracts.dj_rest_auth)),
            "django_rest_auth" => Some(Pages::of_dj_rest_auth(settings, &contracts.django_rest_auth)),
            _ => None,
        };
        let first = || contracts.enabled().find_map(|(name, _)| own(name));
        let site = if contracts.uses_site_pages() { None } else { first() };
        let site = site.unwrap_or_else(|| Pages::of(settings));
        Self::new(site, contracts.enabled().map(|(name, _)| (name, own(name))).collect())
    }

    /// Returns pages by the names of the contracts that are on. A contract without pages of its own uses the site's.
    pub fn new(site: Pages, contracts: BTreeMap<&'static str, Option<Pages>>) -> Self {
        Self { site, contracts, own_port: OnceLock::new() }
    }

    /// Learns which port this server listens on. Pages of this server have port 0 where the system chooses the port.
    pub(crate) fn know_port(&self, port: u16) {
        // A second server of the same settings has its own port; the links lead to the first one.
        let _ = self.own_port.set(port);
    }

    /// Returns the link with the port of this server in the place of port 0.
    pub(super) fn at_own_port(&self, link: MailLink) -> MailLink {
        const UNKNOWN: &str = "://localhost:0/";
        match self.own_port.get() {
            Some(port) if link.verification_url.contains(UNKNOWN) => MailLink {
                verification_url: link.verification_url.replacen(UNKNOWN, &format!("://localhost:{port}/"), 1),
                ..link
            },
            _ => link,
        }
    }

    /// Returns the pages for mails that name no contract.
    pub(crate) fn of_site(&self) -> &Pages {
        &self.site
    }

    /// Returns the pages for mails that name this contract; none if it is not on.
    pub(crate) fn of_contract(&self, name: &str) -> Option<&Pages> {
        self.contracts.get(name).map(|own| own.as_ref().unwrap_or(&self.site))
    }

    /// Returns sample links for mails of this kind: one for each page that their links can lead to, and at least one if
    /// the mails have a link. A mail that finds no page is not rendered, so its templates need no sample for that.
    pub(super) fn samples(&self, kind: MailKind) -> Vec<MailLink> {
        let own = self.contracts.values().flatten();
        let samples: Vec<_> = [&self.site].into_iter().chain(own).filter_map(|pages| pages.sample(kind)).collect();
        if samples.is_empty() && kind.has_link() { vec![MailLink::sample()] } else { samples }
    }
}

impl Pages {
    /// Returns the pages of `[registration]`, `[reset_password]` and `[change_email]`. The site has no page for a new
    /// username: only contracts have one. Its links expire as those for a new password do.
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
            reset_username: Page { url: None, expires_after: settings.reset_password.expires_after },
        }
    }

    /// Returns the pages of `[contracts.djoser]`.
    fn of_djoser(settings: &Settings) -> Self {
        let contract = &settings.contracts.djoser;
        let pages =
            Self::of(settings).at(contract.activation_url.as_ref(), contract.password_reset_confirm_url.as_ref());
        Self { reset_username: pages.reset_username.at(contract.username_reset_confirm_url.as_ref()), ..pages }
    }

    /// Returns the pages of `[contracts.dj_rest_auth]`, or of `[contracts.django_rest_auth]`.
    fn of_dj_rest_auth(settings: &Settings, contract: &DjRestAuthContractSettings) -> Self {
        Self::of(settings).at(contract.account_confirm_email_url.as_ref(), contract.password_reset_confirm_url.as_ref())
    }

    /// Returns these pages at the URLs of a contract. Their links work as long as those of the site.
    fn at(self, activation: Option<&ActivationPages>, reset_password: Option<&FrontendUrl<ResetPassword>>) -> Self {
        Self {
            verify_registration: self.verify_registration.at(activation.map(|pages| &pages.registration)),
            reset_password: self.reset_password.at(reset_password),
            verify_email: self.verify_email.at(activation.map(|pages| &pages.email)),
            reset_username: self.reset_username,
        }
    }

    /// Returns a sample link for a mail of this kind; none if it has no link, or its link no page.
    fn sample(&self, kind: MailKind) -> Option<MailLink> {
        match kind {
            MailKind::VerifyRegistration => self.verify_registration.sample(),
            MailKind::ResetPassword => self.reset_password.sample(),
            MailKind::ResetUsername => self.reset_username.sample(),
            MailKind::VerifyEmail => self.verify_email.sample(),
            MailKind::AlreadyRegistered
            | MailKind::Welcome
            | MailKind::EmailInUse
            | MailKind::PasswordChanged
            | MailKind::EmailChanged
            | MailKind::UsernameChanged
            | MailKind::ProviderConnected
            | MailKind::ProviderDisconnected => None,
        }
    }
}

impl<P: Purpose> Page<P> {
    /// Returns this page at another URL.
    fn at(self, url: Option<&FrontendUrl<P>>) -> Self {
        Self { url: url.cloned(), ..self }
    }

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

    fn sample(&self) -> Option<MailLink> {
        let values = match self.url.as_ref()?.spelling() {
            Spelling::Parts => None,
            Spelling::UidToken => {
                let (uid, token) = ("MQ".into(), "2-00000000000000000000000000000003".into());
                Some(LinkValues::UidToken { uid, token })
            }
            Spelling::Key => Some(LinkValues::Key { key: format!("MQ:2:{}", "A".repeat(43)) }),
        };
        Some(MailLink { values, ..MailLink::sample() })
    }
}
