//! The operations on accounts. Each takes parsed values and returns a result, or an error that states a fact.
//!
//! Nothing here depends on JSON or HTTP statuses, so that several HTTP contracts can use it and an embedding program
//! can call it directly. Each contract decides how to report an error.

mod administration;
mod after_hash;
mod budgets;
mod correction;
mod deletion;
mod email;
mod email_removal;
mod events;
mod failure;
mod followed_links;
mod fresh_secret;
mod generated_username;
mod hooks;
mod housekeeping;
mod keys_in_use;
mod login;
mod moving;
mod new_password;
mod old_links;
mod old_tokens;
mod password_change;
mod password_check;
mod passwords;
mod profile;
mod profiles;
mod provider_logins;
mod readiness;
mod registration;
mod repeated_registration;
mod reset_links;
mod service_error;
mod session_token;
mod sessions;
mod set_email;
mod single_tokens;
mod staff;
mod stored_passwords;
mod to_the_end;
mod token_pairs;
mod typed_name;
mod username;
mod verification;
mod verification_link;

pub use crate::providers::{Kind as ProviderKind, Proof as ProviderProof, Provider, Refusal as ProviderRefusal};
pub use crate::store::{
    ProfileChange, ProviderAccount, PurgedField, Session, SessionPage, StoreError, User, UserQuery,
};
pub use crate::tokens::{TokenFault, TokenType};
pub use administration::{Administration, NoSuchUser, SetFieldsError, VerifyUserError};
pub use correction::CorrectEmailError;
pub use deletion::DeleteAccountError;
pub use email::{ChangeEmailError, EmailRequested, EmailVerified};
pub use email_removal::RemoveEmailError;
pub use failure::{Failure, Refusal};
pub use hooks::Hooks;
pub use housekeeping::Housekeeping;
pub use login::LoginError;
pub(crate) use moving::{
    ImportOutcome, ImportRecord, ImportStep, Key, KeyKind, MovedEmail, MovedSession, MovedUser, Origin, RevokedToken,
    SessionKind, digest_of_token_id, fresh_link_secret, is_lower_hex, no_password,
};
pub use new_password::{NewPassword, Run};
pub use old_links::CheckedRegistration;
pub use password_change::ChangePasswordError;
pub use password_check::Confirmed;
pub use passwords::ResetPasswordError;
pub use profile::ProfileError;
pub use profiles::{EmptyProfileError, FillProfileError};
pub use provider_logins::{
    AuthorizationError, Begun, ConnectError, DisconnectError, NoEmail, OpenAuthorization, ProviderLoginError, Returned,
};
pub use readiness::Readiness;
pub use registration::{RegisterError, Registered, Registration, Taken};
pub use repeated_registration::RegisterOnceError;
pub use reset_links::Receivers;
pub use service_error::ServiceError;
pub use session_token::{SessionToken, TokenDigits};
pub use sessions::{Authenticated, Client, EndSessionsError, LogOut, LoggedIn};
pub use set_email::{EmailStanding, SetEmailError};
pub use single_tokens::{SingleToken, SingleTokens};
pub use staff::StaffError;
pub use token_pairs::{Renewed, TokenError, TokenPair, TokenPairs};
pub use typed_name::TypedName;
pub use username::{ChangeUsernameError, ResetUsernameError};
pub use verification::{FirstUse, Follower, RegistrationVerified, VerifyError};
pub use verification_link::{VerificationLink, VerificationLinkError};

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::{Clock, Seconds};
use crate::identity::{EmailAddress, EmailFault, UserId};
use crate::links::{AuthorizationStates, BrowserMarks, IdempotencyDigests, LinkSigner, OldLinks};
use crate::log::{FindRequest, Once};
use crate::metrics::Metrics;
use crate::passwords::{PasswordHasher, PasswordRules};
use crate::profile_fields::ProfileFields;
use crate::providers::Providers;
use crate::settings::{
    ChangeEmailSettings, ChangePasswordSettings, JwtSettings, LoginSettings, Mode, RegistrationSettings,
    ResetPasswordSettings, SessionsSettings, ThrottleSettings, UsersSettings,
};
use crate::store::{MailKind, NewMail, Store};
use crate::tokens::{Simplejwt, TokenSigner};
use events::Event;
use keys_in_use::KeysInUse;

/// Maximum number of accounts with an unusable hash that a process logs.
const LOGGED_HASHES: usize = 1_000;

/// The operations on accounts. Clones share one state.
#[derive(Clone)]
pub struct Accounts {
    parts: Arc<Parts>,
    administration: Arc<Administration>,
    /// The accounts whose stored password is an unusable hash and has been logged.
    unusable_hashes: Arc<Once>,
    keys_in_use: Arc<KeysInUse>,
    contract: ForContract,
}

/// How one contract has operations carried out, where contracts differ.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ForContract {
    /// The contract whose pages the links in mails lead to, by its name in the settings; `None`: the site's pages.
    pub pages: Option<&'static str>,
    /// The length of the tokens of new sessions.
    pub token_digits: TokenDigits,
    /// The longest life of new sessions, where it is shorter than elsewhere.
    pub longest_session: Option<Seconds>,
}

/// The parts and settings of [`Accounts`].
pub struct Parts {
    /// Production or development.
    pub mode: Mode,
    /// Stores users and mails.
    pub store: Store,
    /// Hashes passwords, on threads that answer no requests.
    pub hasher: PasswordHasher,
    /// Counts logins, links and events.
    pub metrics: Metrics,
    /// The rules for new passwords.
    pub rules: PasswordRules,
    /// Verifies the links that users follow.
    pub signer: Arc<LinkSigner>,
    /// Verifies links that another system has mailed.
    pub old_links: OldLinks,
    /// Verifies refresh tokens that another system has signed; `None` where they are not accepted.
    pub old_tokens: Option<Arc<Simplejwt>>,
    /// Signs and verifies JSON Web Tokens; `None` where no contract serves them.
    pub tokens: Option<Arc<TokenSigner>>,
    /// Recognises the browsers in which users registered.
    pub browsers: BrowserMarks,
    /// Makes what is kept of idempotency keys.
    pub idempotency: IdempotencyDigests,
    /// The identity providers by which users may log in.
    pub providers: Providers,
    /// Signs what an identity provider returns.
    pub authorization_states: AuthorizationStates,
    /// The clock.
    pub clock: Clock,
    /// Notified when a mail was stored, which wakes the mail worker.
    pub new_mail: Arc<Notify>,
    /// Finds the request that log lines name, for tasks that continue when the client has gone away.
    pub find_request: FindRequest,
    /// The hooks of an embedding program.
    pub hooks: Option<Arc<dyn Hooks>>,
    /// `[[profile_fields]]`.
    pub profile_fields: ProfileFields,
    /// `[registration]`.
    pub registration: RegistrationSettings,
    /// `[users]`.
    pub users: UsersSettings,
    /// `[login]`.
    pub login: LoginSettings,
    /// `[sessions]`.
    pub sessions: SessionsSettings,
    /// `[jwt]`.
    pub jwt: JwtSettings,
    /// `[change_password]`.
    pub change_password: ChangePasswordSettings,
    /// `[reset_password]`.
    pub reset_password: ResetPasswordSettings,
    /// `[throttle]`.
    pub throttle: ThrottleSettings,
    /// `[change_email]`.
    pub change_email: ChangeEmailSettings,
}

impl Accounts {
    /// Builds the operations from their parts.
    pub fn new(parts: Parts) -> Self {
        let (store, clock, hooks) = (parts.store.clone(), parts.clock.clone(), parts.hooks.clone());
        let administration =
            Administration::new(store, clock, hooks, &parts.users, &parts.registration, parts.find_request);
        let unusable_hashes = Arc::new(Once::new(LOGGED_HASHES));
        let administration = administration.counted_by(parts.metrics.clone());
        Self {
            parts: Arc::new(parts),
            administration: Arc::new(administration),
            unusable_hashes,
            keys_in_use: Arc::default(),
            contract: ForContract::default(),
        }
    }

    /// Returns the same accounts for a contract.
    pub(crate) fn for_contract(&self, contract: ForContract) -> Self {
        Self { contract, ..self.clone() }
    }

    /// Returns a mail to a user's own address. Its link leads to the pages of the contract.
    fn new_mail(&self, kind: MailKind, user_id: Option<UserId>) -> NewMail {
        NewMail::about(kind, user_id, self.parts.clock.now()).of_contract(self.contract.pages)
    }

    /// Returns the operations for operators.
    pub fn administration(&self) -> &Administration {
        &self.administration
    }

    /// Returns the mail to a user whose account becomes active, if the site sends one.
    fn welcome(&self, user_id: &UserId) -> Option<NewMail> {
        let is_sent = self.parts.registration.welcome_mail;
        is_sent.then(|| self.new_mail(MailKind::Welcome, Some(user_id.clone())))
    }

    /// Reports an event to the log and the hooks.
    fn tell(&self, event: Event<'_>) {
        self.administration.events.tell(event);
    }

    /// Reports to the log and the hooks that a user was verified for the first time.
    async fn tell_of_activation(&self, id: &UserId) {
        self.administration.events.tell_of_activation(&self.parts.store, id).await;
    }

    /// Returns the store of the accounts.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Parses a new address of a user; see [`parse_email`].
    ///
    /// # Errors
    ///
    /// As [`parse_email`].
    pub fn parse_email(&self, typed: &str) -> Result<EmailAddress, Vec<EmailFault>> {
        parse_email(self.parts.mode, typed)
    }

    /// Returns the clock.
    pub fn clock(&self) -> &Clock {
        &self.parts.clock
    }

    /// Returns what counts for operators.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.parts.metrics
    }

    /// Returns the hasher, whose load can be observed.
    pub fn hasher(&self) -> &PasswordHasher {
        &self.parts.hasher
    }
}

/// Parses a new address of a user.
///
/// # Errors
///
/// Those of [`EmailAddress::parse`]. In production also [`EmailFault::Invalid`] for an address that is not
/// [public](EmailAddress::is_public): the site's mail server would deliver a mail to itself, or not at all.
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
