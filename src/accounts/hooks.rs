//! What an embedding program can be told of.

use crate::identity::UserId;
use crate::store::User;

/// Called when something has happened to an account. Every method does nothing unless overridden.
///
/// A method runs on the thread that answers the request, after the database has committed and before the answer is
/// sent: it should hand longer work on (a channel, a task) and return.
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
    /// A user has been created, and is unverified unless addresses need no proof.
    ///
    /// Not called for a registration with an address that another user has proved already, where the site conceals that:
    /// the account stays unverified as long as the address has its owner.
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
}
