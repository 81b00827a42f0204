//! Every mail with the templates in force and sample values, for operators who change templates.

use super::dispatcher::site;
use super::templates::{Rendered, TemplateError, Templates, sample_context};
use super::{MailKind, MailLink, PagesByContract};
use crate::clock::{Clock, Timestamp};
use crate::links::{LinkSecret, LinkSigner};
use crate::secret::Secret;
use crate::settings::{MailSettings, Settings};

/// Signs the sample links, which no server accepts.
const SAMPLE_SECRET: &str = "a sample secret, which signs no link that works";
const SAMPLE_USER: &str = "01a200c4-4340-7e7e-b5b2-0cb59e35992d";

/// Renders each mail of a site as it would be sent. It reads the templates each time, so that a changed file is seen at
/// once.
pub(crate) struct Preview {
    settings: MailSettings,
    pages: PagesByContract,
    signer: LinkSigner,
    /// What the sample links are bound to. The same each time, so that a mail changes with its template only.
    secret: LinkSecret,
    signed_at: Timestamp,
}

impl Preview {
    /// Returns the preview of a site with these settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        let signer = LinkSigner::new(&[Secret::new(SAMPLE_SECRET)]).expect("the sample secret is long enough");
        Self {
            settings: settings.mail.clone(),
            pages: PagesByContract::of(settings),
            signer,
            secret: LinkSecret::generate(),
            signed_at: Clock::System.now(),
        }
    }

    /// Returns all mails of the site, in the order in which a user may receive them, by the names of their kinds. Blocks
    /// while it reads the templates.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] with everything that is wrong with the templates.
    pub(crate) fn mails(&self) -> Result<Vec<(&'static str, Rendered)>, TemplateError> {
        let templates =
            Templates::load_for(self.settings.templates_directory.as_deref(), |kind| self.pages.samples(kind))?;
        let templates = templates.of_site(site(&self.settings));
        let mut mails = Vec::new();
        for kind in MailKind::ALL {
            let link = kind.has_link().then(|| self.link(kind));
            let context = sample_context(kind, self.settings.app_name.clone(), link);
            // The templates were rendered with sample values just now.
            mails.extend(templates.render(kind, &context).ok().map(|rendered| (kind.as_str(), rendered)));
        }
        Ok(mails)
    }

    /// Returns a link to the page of this kind, or to a sample page if the settings name none.
    fn link(&self, kind: MailKind) -> MailLink {
        let (pages, secret, now) = (self.pages.of_site(), &self.secret, self.signed_at);
        let link = match kind {
            MailKind::VerifyRegistration => {
                pages.verify_registration.link(&self.signer.sign_verify_registration(SAMPLE_USER, now))
            }
            MailKind::ResetPassword => {
                pages.reset_password.link(&self.signer.sign_reset_password(SAMPLE_USER, secret, now))
            }
            MailKind::ResetUsername => {
                pages.reset_username.link(&self.signer.sign_reset_username(SAMPLE_USER, secret, now))
            }
            _ => {
                let address = "sam@sample.example";
                pages.verify_email.link(&self.signer.sign_verify_email(SAMPLE_USER, address, secret, now))
            }
        };
        link.unwrap_or_else(|_| MailLink::sample())
    }
}
