//! The operations for operators: look users up, verify, disable, enable and delete them, end their sessions, and make
//! them staff.
//!
//! The command line and embedding programs use them, so that each is reported to the log and the hooks. They need
//! neither secrets nor a hasher. The operations that do ([`Accounts::create_user`](super::Accounts::create_user),
//! [`set_password`](super::Accounts::set_password), [`set_email`](super::Accounts::set_email)) stand beside the same
//! operation of the user.

mod error;

use std::sync::Arc;

use super::events::{Event, Events};
use super::{Failure, Hooks, ServiceError};
use crate::clock::Clock;
use crate::identity::{SearchText, UserId};
use crate::log::FindRequest;
use crate::metrics::Metrics;
use crate::profile_fields::CheckedValues;
use crate::settings::{RegistrationSettings, UsersSettings};
use crate::store::{
    EmailSharing, MailKind, NewMail, ProfileChanged, PurgedField, Session, Store, StoreError, User, UserQuery,
    VerifyOutcome,
};

pub use error::{NoSuchUser, SetFieldsError, VerifyUserError};

/// The operations for operators. Clones share the database.
///
/// # Example
///
/// ```no_run
/// use countersign::{Countersign, UserId};
///
/// async fn disable(countersign: &Countersign, id: &UserId) {
///     match countersign.accounts().administration().disable_user(id).await {
///         Ok(()) => println!("{id} cannot log in any more"),
///         Err(error) => println!("{id}: {error}"),
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Administration {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) events: Events,
    pub(super) find_request: FindRequest,
    pub(super) email_sharing: EmailSharing,
    /// Whether users get a mail when their account becomes active.
    welcomes: bool,
}

impl Administration {
    /// Returns the administration of the users in `store`, which reports events to `hooks`.
    pub(crate) fn new(
        store: Store,
        clock: Clock,
        hooks: Option<Arc<dyn Hooks>>,
        users: &UsersSettings,
        registration: &RegistrationSettings,
        find_request: FindRequest,
    ) -> Self {
        let email_sharing = EmailSharing::of(users);
        let (events, welcomes) = (Events::new(hooks), registration.welcome_mail);
        Self { store, clock, events, find_request, email_sharing, welcomes }
    }

    /// Counts events.
    pub(super) fn counted_by(self, metrics: Metrics) -> Self {
        Self { events: self.events.counted_by(metrics), ..self }
    }

    /// Finds a user by id.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_user(&self, id: &UserId) -> Result<Option<User>, ServiceError> {
        Ok(self.store.find_user(id.clone()).await?)
    }

    /// Finds the users that match `query`, newest first, 100 at most.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn find_users(&self, query: UserQuery) -> Result<Vec<User>, ServiceError> {
        Ok(self.store.find_users(query).await?)
    }

    /// Lists users in the order of their registration, `limit` at most. The list begins after the user `after`, and is
    /// empty if there is no such user.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_users(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, ServiceError> {
        Ok(self.store.list_users(after, i64::from(limit)).await?)
    }

    /// Lists users in the order they registered, `limit` at most, without the first `offset` of all.
    ///
    /// The database walks over `offset` rows, so a page takes longer the later it is. Users who are deleted between two
    /// pages shift the second. [`list_users`](Self::list_users) has neither fault.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_users_from(&self, offset: u32, limit: u32) -> Result<Vec<User>, ServiceError> {
        Ok(self.store.list_users_from(offset, limit).await?)
    }

    /// Finds the users whose username, address, requested address or name contains each word of `text`: `limit` at most,
    /// in the order they registered. The search begins after the user `after`, and finds none if there is no such user.
    ///
    /// All users are read, in small steps: a second or so for each million. Not for requests of clients.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn search_users(
        &self,
        text: SearchText,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<User>, ServiceError> {
        Ok(self.store.search_users(text, after, usize::try_from(limit).unwrap_or(usize::MAX)).await?)
    }

    /// Lists a user's sessions, newest first, including expired ones, 1000 at most.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn list_sessions(&self, id: &UserId) -> Result<Vec<Session>, ServiceError> {
        Ok(self.store.list_sessions(id.clone()).await?)
    }

    /// Ends all sessions of a user. Returns how many.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn end_sessions(&self, id: &UserId) -> Result<usize, ServiceError> {
        let id = id.clone();
        let ended = self.to_the_end(|administration| async move {
            let ended = administration.store.end_all_sessions(id.clone()).await;
            if let Ok(ended @ 1..) = ended {
                administration.events.tell(Event::SessionsEnded(&id, ended));
            }
            ended
        });
        Ok(ended.await?)
    }

    /// Verifies a user, who becomes the owner of the address, as if the user had followed the link.
    ///
    /// # Errors
    ///
    /// Each [`VerifyUserError`]; nothing is changed then.
    pub async fn verify_user(&self, id: &UserId) -> Result<(), Failure<VerifyUserError>> {
        let (now, id) = (self.clock.now(), id.clone());
        let welcome = self.welcomes.then(|| NewMail::about(MailKind::Welcome, Some(id.clone()), now));
        let verified = self.to_the_end(|Self { store, events, email_sharing, .. }| async move {
            let verified = store.vouch_for_email(id.clone(), now, email_sharing, welcome).await;
            if matches!(verified, Ok(VerifyOutcome::Verified)) {
                events.tell_of_activation(&store, &id).await;
            }
            verified
        });
        match verified.await? {
            VerifyOutcome::Verified => Ok(()),
            VerifyOutcome::AlreadyVerified => Err(VerifyUserError::AlreadyVerified.into()),
            VerifyOutcome::Disabled => Err(VerifyUserError::Disabled.into()),
            VerifyOutcome::EmailTaken => Err(VerifyUserError::EmailTaken.into()),
            // An operator vouches for the user's present address, so an earlier correction is no obstacle.
            VerifyOutcome::NoSuchUser | VerifyOutcome::Corrected => Err(VerifyUserError::NoSuchUser.into()),
        }
    }

    /// Disables a user and ends the user's sessions. A disabled user cannot log in, and no link changes that.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn disable_user(&self, id: &UserId) -> Result<(), Failure<NoSuchUser>> {
        let now = self.clock.now();
        self.done_to(id, |id| Event::Disabled(id), |store, id| async move { store.disable_user(id, now).await }).await
    }

    /// Enables a disabled user.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn enable_user(&self, id: &UserId) -> Result<(), Failure<NoSuchUser>> {
        self.done_to(id, |id| Event::Enabled(id), |store, id| async move { store.enable_user(id).await }).await
    }

    /// Makes a user staff from now on; a user who is staff already keeps the earlier time.
    ///
    /// A staff member may list, change and delete all users at the contract `djoser`, and nothing more anywhere else.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn make_staff(&self, id: &UserId) -> Result<(), Failure<NoSuchUser>> {
        let since = Some(self.clock.now());
        self.done_to(id, |id| Event::MadeStaff(id), |store, id| async move { store.set_staff(id, since).await }).await
    }

    /// Makes a user staff no longer, from the next request on. The user's sessions go on.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn dismiss_staff(&self, id: &UserId) -> Result<(), Failure<NoSuchUser>> {
        self.done_to(id, |id| Event::StaffDismissed(id), |store, id| async move { store.set_staff(id, None).await })
            .await
    }

    /// Sets values of declared fields, also of those that users cannot change themselves. Returns the changed user.
    ///
    /// # Errors
    ///
    /// Each [`SetFieldsError`]; nothing is changed then.
    pub async fn set_profile_fields(
        &self,
        id: &UserId,
        values: CheckedValues,
    ) -> Result<User, Failure<SetFieldsError>> {
        let (now, id) = (self.clock.now(), id.clone());
        let set = self.to_the_end(|Self { store, events, .. }| async move {
            let set = store.set_profile_fields(id.clone(), values, now).await;
            if matches!(set, Ok(ProfileChanged::Changed(_))) {
                events.tell(Event::ProfileSet(&id));
            }
            set
        });
        match set.await? {
            ProfileChanged::Changed(user) => Ok(*user),
            ProfileChanged::FieldsTooLarge => Err(SetFieldsError::FieldsTooLarge.into()),
            ProfileChanged::NoSuchUser => Err(SetFieldsError::NoSuchUser.into()),
        }
    }

    /// Counts the users who have a stored value of the field `name`, declared or not.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn count_profile_values(&self, name: &str) -> Result<PurgedField, ServiceError> {
        Ok(self.store.count_profile_values(name).await?)
    }

    /// Deletes the stored values of the field `name` of all users for good, in small transactions beside which the
    /// server goes on.
    ///
    /// # Errors
    ///
    /// When the database does not answer; what was deleted stays deleted.
    pub async fn purge_profile_field(&self, name: &str) -> Result<PurgedField, ServiceError> {
        let purged = self.store.purge_profile_field(name).await?;
        self.events.tell(Event::ProfileFieldPurged { name, users: purged.users });
        Ok(purged)
    }

    /// Deletes a user for good, with all sessions and waiting mails.
    ///
    /// # Errors
    ///
    /// [`NoSuchUser`].
    pub async fn delete_user(&self, id: &UserId) -> Result<(), Failure<NoSuchUser>> {
        self.done_to(id, |id| Event::Deleted(id), |store, id| async move { store.delete_user(id).await }).await
    }

    /// Changes a user, and reports the change. `change` returns whether there is the user.
    async fn done_to<W>(
        &self,
        id: &UserId,
        event: fn(&UserId) -> Event<'_>,
        change: impl FnOnce(Store, UserId) -> W,
    ) -> Result<(), Failure<NoSuchUser>>
    where
        W: Future<Output = Result<bool, StoreError>> + Send + 'static,
    {
        let (change, id) = (change(self.store.clone(), id.clone()), id.clone());
        let done = self.to_the_end(|administration| async move {
            let done = change.await;
            if matches!(done, Ok(true)) {
                administration.events.tell(event(&id));
            }
            done
        });
        if done.await? { Ok(()) } else { Err(NoSuchUser.into()) }
    }
}
