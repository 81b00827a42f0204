//! Signs the link of a mail when the mail is sent, unless the mail has become pointless.

use super::{Mailer, Unsent};
use crate::links::LinkSecret;
use crate::mail::{DeliveryError, MailKind, MailLink, Pages};
use crate::secret::Secret;
use crate::store::User;

impl Mailer {
    /// Signs the link of this kind of mail, with the present time.
    pub(super) fn link(
        &self,
        pages: &Pages,
        kind: MailKind,
        user: &User,
        recipient: &str,
    ) -> Result<Option<MailLink>, Unsent> {
        let (id, now) = (user.id.as_str(), self.clock.now());
        match kind {
            MailKind::VerifyRegistration if user.verified_at.is_some() => {
                Err(Unsent::Obsolete("the user is verified already"))
            }
            MailKind::VerifyRegistration if user.disabled_at.is_some() => Err(Unsent::Obsolete("the user is disabled")),
            MailKind::VerifyRegistration if user.pending_email.is_some() => {
                Err(Unsent::Obsolete("the address was corrected"))
            }
            MailKind::VerifyRegistration => {
                let signed = self.signer.sign_verify_registration(id, now);
                Ok(Some(pages.verify_registration.link(&signed)?))
            }
            MailKind::ResetPassword => {
                let signed = self.signer.sign_reset_password(id, &parsed(&user.link_secret)?, now);
                Ok(Some(pages.reset_password.link(&signed)?))
            }
            MailKind::ResetUsername => {
                let signed = self.signer.sign_reset_username(id, &parsed(&user.link_secret)?, now);
                Ok(Some(pages.reset_username.link(&signed)?))
            }
            MailKind::VerifyEmail => {
                let Some(secret) = user.secret_of_email_link(recipient) else {
                    return Err(Unsent::Obsolete("the address is not asked for any more"));
                };
                let signed = self.signer.sign_verify_email(id, recipient, &parsed(secret)?, now);
                Ok(Some(pages.verify_email.link(&signed)?))
            }
            MailKind::AlreadyRegistered
            | MailKind::Welcome
            | MailKind::EmailInUse
            | MailKind::PasswordChanged
            | MailKind::EmailChanged
            | MailKind::UsernameChanged
            | MailKind::ProviderConnected
            | MailKind::ProviderDisconnected => Ok(None),
        }
    }
}

fn parsed(stored: &Secret) -> Result<LinkSecret, DeliveryError> {
    LinkSecret::parse(stored.expose())
        .map_err(|_| DeliveryError::refused(None, "the user's link secret in the database cannot be read"))
}
