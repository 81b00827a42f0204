//! How events of accounts are counted.

use super::event::Event;
use crate::accounts::LoginError;
use crate::metrics::Metrics;

/// Counts an event.
pub(super) fn count(metrics: &Metrics, event: &Event<'_>) {
    match event {
        Event::LoggedIn(_) => metrics.login("password", "succeeded"),
        Event::LoggedInByProvider { .. } => metrics.login("provider", "succeeded"),
        Event::LoginFailed(_, fact) => metrics.login("password", outcome(*fact)),
        Event::ProviderLoginFailed { .. } | Event::ProviderStateRefused { .. } => metrics.login("provider", "refused"),
        Event::SessionsEnded(_, sessions) => metrics.sessions_ended(*sessions),
        _ => {}
    }
    metrics.event(name(event));
}

fn outcome(fact: LoginError) -> &'static str {
    match fact {
        LoginError::NoSuchUser => "no_such_user",
        LoginError::WrongPassword => "wrong_password",
        LoginError::Disabled => "disabled",
        LoginError::Unverified => "unverified",
        LoginError::Overtaken => "overtaken",
    }
}

fn name(event: &Event<'_>) -> &'static str {
    match event {
        Event::Registered(_) => "registered",
        Event::RegistrationConcealed => "registration_concealed",
        Event::LoggedIn(_) | Event::LoggedInByProvider { .. } => "logged_in",
        Event::OldLinkUsed { .. } => "old_link_used",
        Event::OldTokenExchanged(_) => "old_token_exchanged",
        Event::OldTokenRevoked(_) => "old_token_revoked",
        Event::LoginFailed(..) | Event::ProviderLoginFailed { .. } | Event::ProviderStateRefused { .. } => {
            "login_failed"
        }
        Event::ProviderConnected { .. } => "provider_connected",
        Event::ProviderNotConnected { .. } => "provider_not_connected",
        Event::ProviderDisconnected { .. } => "provider_disconnected",
        Event::SessionsEnded(..) => "sessions_ended",
        Event::RefreshTokenReplayed(_) => "refresh_token_replayed",
        Event::OldPasswordWrong(_) => "old_password_wrong",
        Event::PasswordChanged(_) => "password_changed",
        Event::PasswordReset(_) => "password_reset",
        Event::PasswordSet(_) => "password_set",
        Event::PasswordNotConfirmed(_) => "password_not_confirmed",
        Event::VerificationLinkSigned(_) => "verification_link_signed",
        Event::EmailAskedFor(_) => "email_requested",
        Event::EmailCorrected(_) => "email_corrected",
        Event::EmailChanged(_) => "email_changed",
        Event::Disabled(_) => "disabled",
        Event::Enabled(_) => "enabled",
        Event::MadeStaff(_) => "made_staff",
        Event::StaffDismissed(_) => "staff_dismissed",
        Event::ProfileSet(_) => "profile_set",
        Event::ProfileFieldPurged { .. } => "profile_field_purged",
        Event::Imported { .. } => "imported",
        Event::UsernameChanged(_) => "username_changed",
        Event::Deleted(_) | Event::DeletedByUser(_) | Event::DeletedByStaff { .. } => "deleted",
        Event::ChangedByStaff { .. } => "changed_by_staff",
        Event::Purged(_) | Event::MadeAnew { .. } => "purged",
    }
}
