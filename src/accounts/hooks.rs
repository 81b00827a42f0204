//! Hooks: calls that report events of accounts to an embedding program.

use super::{LoginError, ProviderLoginError};
use crate::identity::UserId;
use crate::store::User;

/// Methods that are called after events of accounts. Every method does nothing unless overridden.
///
/// A method runs on the thread that does the work, after the database has committed and before the answer is sent. It
/// should pass longer work to a channel or a task. A panic is logged, and the request goes on. The process may end
/// between the commit and the call: a program that must not miss an event compares its own table with the users.
///
/// Hooks are called for what their own process does: requests, housekeeping, and operations of
/// [`Accounts`](crate::Accounts) that the program calls. The command line is a separate process and has no hooks.
///
/// # Example
///
/// ```
/// use countersign::{Hooks, User, UserId};
///
/// struct Welcome;
///
/// impl Hooks for Welcome {
///     fn user_activated(&self, user: &User) {
///         println!("{} is in", user.id);
///     }
/// }
/// ```
pub trait Hooks: Send + Sync + 'static {
    /// A user has been created, and is unverified unless addresses need no proof or an operator created it.
    ///
    /// Not called for a registration with an address that another user has proved already, if the site conceals that:
    /// the new account cannot be verified as long as that user has the address.
    fn user_registered(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user has proved the address, for the first time.
    fn user_activated(&self, user: &User) {
        let _ = user;
    }

    /// A verified user's address was changed. Not called when an unverified user corrects the address.
    fn user_changed_email(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user has another username than before: changed, or reset by mail.
    fn user_changed_username(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user has logged in.
    fn user_logged_in(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A login was refused. `user_id` is `None` if no user has the name that was typed.
    fn login_failed(&self, user_id: Option<&UserId>, reason: LoginError) {
        let _ = (user_id, reason);
    }

    /// A user has logged in by an account at an identity provider, which the settings call `provider`. Unless overridden,
    /// it calls [`user_logged_in`](Hooks::user_logged_in).
    fn user_logged_in_by_provider(&self, user_id: &UserId, provider: &str) {
        let _ = provider;
        self.user_logged_in(user_id);
    }

    /// A login by an account at an identity provider was refused. `user_id` is `None` if no user has the account, or
    /// the provider did not confirm the login.
    fn provider_login_failed(&self, user_id: Option<&UserId>, provider: &str, reason: &ProviderLoginError) {
        let _ = (user_id, provider, reason);
    }

    /// An account at an identity provider was connected: the user can log in by it from now on. Called also when the
    /// first login by the account has created the user, after [`user_registered`](Hooks::user_registered).
    fn user_connected_provider(&self, user_id: &UserId, provider: &str) {
        let _ = (user_id, provider);
    }

    /// An account at an identity provider was disconnected: by its user or an operator, by a reset of the password because
    /// another person may have connected it, or from an unverified user because a verified one has connected it.
    fn user_disconnected_provider(&self, user_id: &UserId, provider: &str) {
        let _ = (user_id, provider);
    }

    /// A user's password was changed, reset by mail, or set by an operator.
    fn user_changed_password(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// An operator has disabled a user, who cannot log in any more. The user's sessions have ended.
    fn user_disabled(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// An operator has enabled a disabled user.
    fn user_enabled(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user was deleted with everything that belonged to it: by the user, a staff member or an operator; by housekeeping
    /// because the user did not prove the address in time or another user proved it; or by a login by an identity provider
    /// that tells another address of a user who was never used, and who is created again. Called once for each user.
    fn user_deleted(&self, user_id: &UserId) {
        let _ = user_id;
    }
}
