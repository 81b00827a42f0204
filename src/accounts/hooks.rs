//! What an embedding program can be told of.

use super::LoginError;
use crate::identity::UserId;
use crate::store::User;

/// Called when something has happened to an account. Every method does nothing unless overridden.
///
/// A method runs on the thread that does the work, after the database has committed and before the answer is sent: it
/// should give longer work to a channel or a task and return. A panic is logged, and the request goes on. The process
/// may end between the commit and the call: a program that must not miss an event compares its own table with the
/// users.
///
/// Hooks hear what their own process does: requests, housekeeping, and operations of [`Accounts`](crate::Accounts) that
/// the program calls. The command line is a process of its own and has no hooks.
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
    /// Not called for a registration with an address that another user has proved already, where the site conceals
    /// that: the account stays unverified as long as the address has its owner.
    fn user_registered(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user has proved the address, for the first time.
    fn user_activated(&self, user: &User) {
        let _ = user;
    }

    /// A user has another address than before.
    fn user_changed_email(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user has logged in.
    fn user_logged_in(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A login was refused. No user goes by the name that was typed where there is no id.
    fn login_failed(&self, user_id: Option<&UserId>, reason: LoginError) {
        let _ = (user_id, reason);
    }

    /// A user has another password: changed, reset by mail, or set by an operator.
    fn user_changed_password(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// An operator has shut the account: it cannot log in, and its sessions have ended.
    fn user_disabled(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// An operator has opened a shut account again.
    fn user_enabled(&self, user_id: &UserId) {
        let _ = user_id;
    }

    /// A user is gone with everything that belonged to it: deleted by an operator, or by housekeeping because the address
    /// was not proved in time. Called for each user.
    fn user_deleted(&self, user_id: &UserId) {
        let _ = user_id;
    }
}
