//! How users change their password and their e-mail address.

use super::reader::Reader;
use super::registration::parse_frontend_url;
use crate::clock::Seconds;
use crate::links::{FrontendUrl, ResetPassword, VerifyEmail};

/// `[change_password]`: for users who are logged in.
#[derive(Clone, Debug)]
pub struct ChangePasswordSettings {
    /// Whether a new password takes the old one.
    pub old_required: bool,
}

impl ChangePasswordSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { old_required: reader.flag("change_password.old_required") }
    }
}

/// `[reset_password]`: for users who have forgotten their password.
#[derive(Clone, Debug)]
pub struct ResetPasswordSettings {
    /// Whether passwords can be reset at all.
    pub enabled: bool,
    /// Whether an unknown user gets the same answer as a known one.
    pub conceal_unknown: bool,
    /// The frontend's page that the mailed link opens. Set whenever `enabled` is on.
    pub frontend_url: Option<FrontendUrl<ResetPassword>>,
    /// How long a link can be used: 1 s to 31 days.
    pub expires_after: Seconds,
}

impl ResetPasswordSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("reset_password.enabled"),
            conceal_unknown: reader.flag("reset_password.conceal_unknown"),
            frontend_url: reader.optional("reset_password.frontend_url", parse_frontend_url),
            expires_after: reader.seconds("reset_password.expires_after_seconds", 1..=2_678_400),
        }
    }
}

/// `[change_email]`: a new address.
#[derive(Clone, Debug)]
pub struct ChangeEmailSettings {
    /// Whether a new address must be proved.
    pub verification: bool,
    /// Whether a request for a new address needs the password.
    pub password: bool,
    /// The frontend's page that the mailed link opens. Set whenever `verification` is on.
    pub frontend_url: Option<FrontendUrl<VerifyEmail>>,
    /// How long a link can be used: 1 s to 31 days.
    pub expires_after: Seconds,
}

impl ChangeEmailSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            verification: reader.flag("change_email.verification"),
            password: reader.flag("change_email.password"),
            frontend_url: reader.optional("change_email.frontend_url", parse_frontend_url),
            expires_after: reader.seconds("change_email.expires_after_seconds", 1..=2_678_400),
        }
    }
}
