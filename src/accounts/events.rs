//! Events of accounts. They are reported in this one place: as a line to the log, and to the hooks of an embedding
//! program.
//!
//! Reporting is not part of a contract, so that HTTP, the command line and housekeeping report the same. The log adds
//! the request that a line belongs to. No line contains what a client typed: an unknown name may be a password that was
//! typed into the wrong field.

mod counting;
mod event;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Hooks, LoginError};
use crate::identity::UserId;
use crate::metrics::Metrics;
use crate::store::Store;

pub(super) use event::Event;

/// The receivers of events: the log, and the hooks if there are any.
#[derive(Clone)]
pub(super) struct Events {
    hooks: Option<Arc<dyn Hooks>>,
    metrics: Metrics,
}

impl Events {
    pub(super) fn new(hooks: Option<Arc<dyn Hooks>>) -> Self {
        Self { hooks, metrics: Metrics::default() }
    }

    pub(super) fn counted_by(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    /// Writes the log line of an event, and calls its hook.
    pub(super) fn tell(&self, event: Event<'_>) {
        counting::count(&self.metrics, &event);
        match event {
            Event::Registered(id) => {
                tracing::info!(user_id = %id, "user registered");
                self.call_hook(|hooks| hooks.user_registered(id));
            }
            Event::RegistrationConcealed => {
                tracing::info!("registration concealed: the e-mail address has an owner, who gets a mail");
            }
            Event::LoggedIn(id) => {
                tracing::info!(user_id = %id, "user logged in");
                self.call_hook(|hooks| hooks.user_logged_in(id));
            }
            Event::OldLinkUsed { id, purpose, system } => {
                tracing::info!(user_id = %id, purpose, system, "link of the previous system used");
            }
            Event::OldTokenExchanged(id) => {
                tracing::info!(user_id = %id, "session begun by a refresh token of the previous system");
            }
            Event::OldTokenRevoked(id) => {
                tracing::info!(user_id = %id, "refresh token of the previous system revoked");
            }
            Event::LoginFailed(user, fact) => {
                let (id, reason) = (user.map(|user| &user.id), reason(fact));
                tracing::warn!(user_id = id.map(UserId::as_str), reason, "login failed");
                self.call_hook(|hooks| hooks.login_failed(id, fact));
            }
            Event::LoggedInByProvider { id, provider } => {
                tracing::info!(user_id = %id, provider, "user logged in by an identity provider");
                self.call_hook(|hooks| hooks.user_logged_in_by_provider(id, provider));
            }
            Event::ProviderLoginFailed { id, provider, fact } => {
                let user_id = id.map(UserId::as_str);
                tracing::warn!(user_id, provider, reason = %fact, "login by a provider refused");
                self.call_hook(|hooks| hooks.provider_login_failed(id, provider, fact));
            }
            Event::ProviderStateRefused { provider, reason } => {
                tracing::warn!(provider, %reason, "login by a provider refused");
            }
            Event::ProviderNotConnected { id, provider, reason } => {
                tracing::warn!(user_id = %id, provider, %reason, "connection of a provider account refused");
            }
            Event::ProviderConnected { id, provider } => {
                tracing::info!(user_id = %id, provider, "provider account connected");
                self.call_hook(|hooks| hooks.user_connected_provider(id, provider));
            }
            Event::ProviderDisconnected { id, provider } => {
                tracing::info!(user_id = %id, provider, "provider account disconnected");
                self.call_hook(|hooks| hooks.user_disconnected_provider(id, provider));
            }
            Event::SessionsEnded(id, sessions) => tracing::info!(user_id = %id, sessions, "sessions ended"),
            Event::RefreshTokenReplayed(id) => {
                tracing::warn!(user_id = %id, "session ended: a refresh token was used after its replacement");
            }
            Event::OldPasswordWrong(id) => {
                tracing::warn!(user_id = %id, reason = "wrong password", "password not changed");
            }
            Event::PasswordChanged(id) => {
                tracing::info!(user_id = %id, "password changed");
                self.call_hook(|hooks| hooks.user_changed_password(id));
            }
            Event::PasswordReset(id) => {
                tracing::info!(user_id = %id, "password reset");
                self.call_hook(|hooks| hooks.user_changed_password(id));
            }
            Event::PasswordSet(id) => {
                tracing::info!(user_id = %id, "password set by an operator");
                self.call_hook(|hooks| hooks.user_changed_password(id));
            }
            Event::PasswordNotConfirmed(id) => {
                tracing::warn!(user_id = %id, reason = "wrong password", "password not confirmed");
            }
            Event::VerificationLinkSigned(id) => {
                tracing::info!(user_id = %id, "verification link signed for an operator")
            }
            Event::EmailAskedFor(id) => tracing::info!(user_id = %id, "new e-mail address asked for"),
            Event::EmailCorrected(id) => tracing::info!(user_id = %id, "unproved e-mail address corrected"),
            Event::EmailChanged(id) => {
                tracing::info!(user_id = %id, "e-mail address changed");
                self.call_hook(|hooks| hooks.user_changed_email(id));
            }
            Event::Disabled(id) => {
                tracing::info!(user_id = %id, "user disabled by an operator");
                self.call_hook(|hooks| hooks.user_disabled(id));
            }
            Event::Enabled(id) => {
                tracing::info!(user_id = %id, "user enabled by an operator");
                self.call_hook(|hooks| hooks.user_enabled(id));
            }
            Event::MadeStaff(id) => tracing::info!(user_id = %id, "user made staff by an operator"),
            Event::StaffDismissed(id) => tracing::info!(user_id = %id, "user is staff no longer, by an operator"),
            Event::ProfileFieldPurged { name, users } => {
                tracing::info!(name, users, "values of a profile field deleted by an operator");
            }
            Event::Imported { users } => tracing::info!(users, "users imported by an operator"),
            Event::ProfileSet(id) => tracing::info!(user_id = %id, "profile fields set by an operator"),
            Event::Deleted(id) => {
                tracing::info!(user_id = %id, "user deleted by an operator");
                self.call_hook(|hooks| hooks.user_deleted(id));
            }
            Event::UsernameChanged(id) => {
                tracing::info!(user_id = %id, "username changed");
                self.call_hook(|hooks| hooks.user_changed_username(id));
            }
            Event::DeletedByUser(id) => {
                tracing::info!(user_id = %id, "user deleted the account");
                self.call_hook(|hooks| hooks.user_deleted(id));
            }
            Event::ChangedByStaff { id, staff_id } => {
                tracing::info!(user_id = %id, %staff_id, "user changed by a staff member");
            }
            Event::DeletedByStaff { id, staff_id } => {
                tracing::info!(user_id = %id, %staff_id, "user deleted by a staff member");
                self.call_hook(|hooks| hooks.user_deleted(id));
            }
            Event::Purged(id) => self.call_hook(|hooks| hooks.user_deleted(id)),
            Event::MadeAnew { id, provider } => {
                tracing::info!(user_id = %id, provider, "unused user deleted: the provider tells another address");
                self.call_hook(|hooks| hooks.user_deleted(id));
            }
        }
    }

    /// Reports that a user was verified for the first time. The verification stands even if the hook cannot be called.
    pub(super) async fn tell_of_activation(&self, store: &Store, id: &UserId) {
        tracing::info!(user_id = %id, "user verified");
        self.metrics.event("activated");
        if self.hooks.is_some() {
            // Boxed, as few programs have hooks, and the others do not pay for its memory.
            Box::pin(self.call_user_activated(store, id)).await;
        }
    }

    async fn call_user_activated(&self, store: &Store, id: &UserId) {
        match store.find_user(id.clone()).await {
            Ok(Some(user)) => self.call_hook(|hooks| hooks.user_activated(&user)),
            Ok(None) => {}
            Err(error) => tracing::error!(user_id = %id, %error, "user_activated could not be told"),
        }
    }

    /// Calls a hook. The event has happened already, so a panic of the hook must not fail the request.
    fn call_hook(&self, call: impl FnOnce(&dyn Hooks)) {
        let Some(hooks) = &self.hooks else { return };
        if catch_unwind(AssertUnwindSafe(|| call(&**hooks))).is_err() {
            tracing::error!("a hook of the embedding program panicked; the request goes on");
        }
    }
}

fn reason(fact: LoginError) -> &'static str {
    match fact {
        LoginError::NoSuchUser => "no such user",
        LoginError::WrongPassword => "wrong password",
        LoginError::Disabled => "the user is disabled",
        LoginError::Unverified => "the user is not verified",
        LoginError::Overtaken => "the account was changed meanwhile",
    }
}
