//! Where the links of each purpose lead, and how long they work.

use super::Unsent;
use crate::clock::Seconds;
use crate::links::{FrontendUrl, SignedLink};
use crate::mail::{DeliveryError, MailLink, in_words};
use crate::settings::Settings;

pub(super) struct Pages {
    pub verify_registration: Page,
    pub reset_password: Page,
    pub verify_email: Page,
}

/// The page of one purpose.
pub(super) struct Page {
    /// The settings do without one where the purpose is switched off.
    url: Option<FrontendUrl>,
    expires_after: Seconds,
}

impl Pages {
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
}

impl Page {
    /// What the mail says of `signed`.
    pub fn link(&self, signed: &SignedLink) -> Result<Option<MailLink>, Unsent> {
        let Some(url) = &self.url else {
            return Err(DeliveryError::delayed(None, "the settings name no page for this link").into());
        };
        Ok(Some(MailLink { verification_url: signed.url(url), expires_in: in_words(self.expires_after) }))
    }
}
