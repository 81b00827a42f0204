//! What the log tells of accounts: one line for each thing that happens to one, by the user's id.
//!
//! Here and not in a contract, so that embedding programs and every contract have the same lines. Which request a line
//! belongs to is added where it is written. No line holds what was typed: a name that nobody has may be a password that
//! went into the wrong field.

use crate::identity::UserId;
use crate::passwords::Verdict;
use crate::store::User;

pub(super) fn registered(id: &UserId) {
    tracing::info!(user_id = %id, "user registered");
}

/// The one who asked is told that it was done.
pub(super) fn registration_concealed() {
    tracing::info!("registration concealed: the e-mail address has an owner, who gets a mail");
}

pub(super) fn verified(id: &UserId) {
    tracing::info!(user_id = %id, "user verified");
}

pub(super) fn logged_in(id: &UserId) {
    tracing::info!(user_id = %id, "user logged in");
}

/// Tells which of the reasons it was that nobody else is told.
pub(super) fn login_failed(user: Option<&User>, verdict: Verdict) {
    let reason = match (user, verdict) {
        (None, _) => "no such user",
        (Some(_), Verdict::Mismatch) => "wrong password",
        (Some(user), _) if user.disabled_at.is_some() => "the user is disabled",
        (Some(_), _) => "the user is not verified",
    };
    tracing::warn!(user_id = user.map(|user| user.id.as_str()), reason, "login failed");
}

pub(super) fn sessions_ended(id: &UserId, sessions: usize) {
    tracing::info!(user_id = %id, sessions, "sessions ended");
}

pub(super) fn old_password_wrong(id: &UserId) {
    tracing::warn!(user_id = %id, reason = "wrong password", "password not changed");
}

pub(super) fn password_changed(id: &UserId) {
    tracing::info!(user_id = %id, "password changed");
}

pub(super) fn password_reset(id: &UserId) {
    tracing::info!(user_id = %id, "password reset");
}

pub(super) fn email_asked_for(id: &UserId) {
    tracing::info!(user_id = %id, "new e-mail address asked for");
}

pub(super) fn email_corrected(id: &UserId) {
    tracing::info!(user_id = %id, "unproved e-mail address corrected");
}

/// It was asked for beside a link or a session.
pub(super) fn password_not_confirmed(id: &UserId) {
    tracing::warn!(user_id = %id, reason = "wrong password", "password not confirmed");
}

pub(super) fn email_changed(id: &UserId) {
    tracing::info!(user_id = %id, "e-mail address changed");
}
