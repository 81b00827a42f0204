//! The accounts: each operation told as a story, from parsed values to facts.
//!
//! Nothing here knows of JSON or statuses, so that more than one HTTP contract can stand before it, and an embedding
//! program can call it directly. Errors say what is the case; a contract decides how to tell it.

mod administration;
mod budgets;
mod correction;
mod email;
mod events;
mod failure;
mod fresh_secret;
mod hooks;
mod housekeeping;
mod login;
mod new_password;
mod password_change;
mod password_check;
mod passwords;
mod profile;
mod readiness;
mod registration;
mod service_error;
mod session_token;
mod sessions;
mod set_email;
mod stored_passwords;
mod typed_name;
mod verification;

pub use crate::store::{ProfileChange, Session, SessionPage, StoreError, User, UserQuery};
pub use administration::{Administration, NoSuchUser, VerifyUserError};
pub use correction::CorrectEmailError;
pub use email::{ChangeEmailError, EmailRequested};
pub use failure::{Failure, Refusal};
pub use hooks::Hooks;
pub use housekeeping::Housekeeping;
pub use login::LoginError;
pub use new_password::{NewPassword, Run};
pub use password_change::ChangePasswordError;
pub use passwords::ResetPasswordError;
pub use profile::ProfileError;
pub use readiness::Readiness;
pub use registration::{RegisterError, Registered, Registration};
pub use service_error::ServiceError;
pub use session_token::SessionToken;
pub use sessions::{Authenticated, Client, EndSessionsError, LogOut, LoggedIn};
pub use set_email::{EmailStanding, SetEmailError};
pub use typed_name::TypedName;
pub use verification::{FirstUse, Follower, RegistrationVerified, VerifyError};

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::identity::{EmailAddress, EmailFault, UserId};
use crate::links::{BrowserMarks, LinkSigner};
use crate::log::{FindRequest, Once};
use crate::passwords::{PasswordHasher, PasswordRules};
use crate::settings::{
    ChangeEmailSettings, LoginSettings, Mode, RegistrationSettings, ResetPasswordSettings, SessionsSettings,
    ThrottleSettings, UsersSettings,
};
use crate::store::Store;
use events::Event;

/// The most accounts with an unusable hash that a process logs.
const LOGGED_HASHES: usize = 1_000;

/// The operations on accounts, and what they need. Clones share it all.
#[derive(Clone)]
pub struct Accounts {
    parts: Arc<Parts>,
    administration: Administration,
    /// The accounts that were logged because their stored password is no hash that can be computed.
    unusable_hashes: Arc<Once>,
}

/// What [`Accounts`] is made of.
pub struct Parts {
    /// Whether this is production.
    pub mode: Mode,
    /// Where users and mails are kept.
    pub store: Store,
    /// Hashes passwords beside the threads that answer requests.
    pub hasher: PasswordHasher,
    /// What a new password must meet.
    pub rules: PasswordRules,
    /// Checks the links that come back.
    pub signer: Arc<LinkSigner>,
    /// Knows the browsers that registered users.
    pub browsers: BrowserMarks,
    /// What time it is.
    pub clock: Clock,
    /// Notified when a mail was stored, so that its worker wakes up.
    pub new_mail: Arc<Notify>,
    /// Finds the request that lines of the log are about, for tasks that go on without its client.
    pub find_request: FindRequest,
    /// What an embedding program wants to hear of.
    pub hooks: Option<Arc<dyn Hooks>>,
    /// `[registration]`.
    pub registration: RegistrationSettings,
    /// `[users]`.
    pub users: UsersSettings,
    /// `[login]`.
    pub login: LoginSettings,
    /// `[sessions]`.
    pub sessions: SessionsSettings,
    /// `[reset_password]`.
    pub reset_password: ResetPasswordSettings,
    /// `[throttle]`.
    pub throttle: ThrottleSettings,
    /// `[change_email]`.
    pub change_email: ChangeEmailSettings,
}

impl Accounts {
    /// Puts the parts to work.
    pub fn new(parts: Parts) -> Self {
        let (store, clock, hooks) = (parts.store.clone(), parts.clock.clone(), parts.hooks.clone());
        let administration = Administration::new(store, clock, hooks, &parts.users);
        let unusable_hashes = Arc::new(Once::new(LOGGED_HASHES));
        Self { parts: Arc::new(parts), administration, unusable_hashes }
    }

    /// What an operator may do to accounts.
    pub fn administration(&self) -> &Administration {
        &self.administration
    }

    /// Tells the log and the hooks of an event.
    fn tell(&self, event: Event<'_>) {
        self.administration.events.tell(event);
    }

    /// Tells the log and the hooks that a user was verified for the first time.
    async fn tell_of_activation(&self, id: &UserId) {
        self.administration.events.tell_of_activation(&self.parts.store, id).await;
    }

    /// The store behind the accounts.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Parses an address that a user is to have; see [`parse_email`].
    ///
    /// # Errors
    ///
    /// As [`parse_email`].
    pub fn parse_email(&self, typed: &str) -> Result<EmailAddress, Vec<EmailFault>> {
        parse_email(self.parts.mode, typed)
    }

    /// The clock the accounts live by.
    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// The hasher, to watch how much work it does.
    pub fn hasher(&self) -> &PasswordHasher {
        &self.parts.hasher
    }
}

/// Parses an address that a user is to have.
///
/// # Errors
///
/// Those of [`EmailAddress::parse`]. In production also [`EmailFault::Invalid`] for an address that is not
/// [public](EmailAddress::is_public): the mail server that sends our mails would deliver it to itself, or not at all.
pub fn parse_email(mode: Mode, typed: &str) -> Result<EmailAddress, Vec<EmailFault>> {
    let address = EmailAddress::parse(typed)?;
    match mode {
        Mode::Production if !address.is_public() => Err(vec![EmailFault::Invalid]),
        Mode::Production | Mode::Development => Ok(address),
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}
