//! Registration: creates an unverified user from a name and an address, and mails a link that proves the address.

mod error;

use super::budgets::MailGroup;
use super::events::Event;
use super::keys_in_use::KeyInUse;
use super::{Accounts, Failure, NewPassword, ServiceError};
use crate::identity::{EmailAddress, PersonName, UserId, Username};
use crate::links::LinkSecret;
use crate::passwords::{Password, PersonalData, WeakPassword};
use crate::profile_fields::{CheckedValues, StoredProfile};
use crate::secret::Secret;
use crate::settings::UsernamePolicy;
use crate::store::{MailKind, NewIdempotencyKey, NewUser, RegisterOutcome, TakenEmail};

pub use error::RegisterError;

/// The data of a new user.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The username, where users have one. May be absent where the site generates usernames.
    pub username: Option<Username>,
    /// The address. May be absent where addresses need no proof.
    pub email: Option<EmailAddress>,
    /// May be empty.
    pub first_name: PersonName,
    /// May be empty.
    pub last_name: PersonName,
    /// Values of declared fields.
    pub fields: CheckedValues,
    /// The password, not checked yet.
    pub password: NewPassword,
}

/// A registered user. A concealed registration returns the same.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The new user's id.
    pub id: UserId,
    /// As it is stored, where users have one.
    pub username: Option<Username>,
    /// As it is stored.
    pub email: Option<EmailAddress>,
    /// As it is stored.
    pub first_name: PersonName,
    /// As it is stored.
    pub last_name: PersonName,
    /// The values of declared fields, as they are stored.
    pub profile: StoredProfile,
    /// The hash of the password that the client knows.
    pub(super) password_hash: Secret,
}

impl Accounts {
    /// Returns whether new users may register.
    pub fn is_registration_open(&self) -> bool {
        self.parts.registration.enabled
    }

    /// Returns whether a registration must name an address, even if it need not be proved.
    pub fn is_email_required(&self) -> bool {
        self.parts.registration.email_required
    }

    /// Returns whether an account without an address is refused: the address must be named or proved, is what users log
    /// in by, or is what their usernames are made of.
    pub fn is_email_needed(&self) -> bool {
        self.is_email_required() || self.is_verification_on() || self.parts.users.username != UsernamePolicy::Required
    }

    /// Returns whether users have usernames, typed or generated.
    pub fn have_usernames(&self) -> bool {
        self.parts.users.username != UsernamePolicy::None
    }

    /// Returns whether new users must prove their address.
    pub fn is_verification_on(&self) -> bool {
        self.parts.registration.verification
    }

    /// Returns which of two values are taken, for an early answer before anything is hashed. The unique indexes decide
    /// in the end.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn look_up_taken(
        &self,
        username: Option<&Username>,
        email: Option<&EmailAddress>,
    ) -> Result<Taken, ServiceError> {
        let username = match username {
            Some(username) => self.parts.store.is_username_taken(username).await?,
            None => false,
        };
        let email = match email {
            Some(email) if self.tells_taken_emails() => self.parts.store.is_email_owned(email).await?,
            _ => false,
        };
        Ok(Taken { username, email })
    }

    /// Returns the rules of the site, each as the weakness of a password that breaks it.
    pub fn password_rules(&self) -> Vec<WeakPassword> {
        self.parts.rules.weaknesses()
    }

    /// Returns the rules that a new password breaks. A password may also be too similar to its user, which only
    /// [`register`](Self::register) can tell.
    pub fn rules_broken_by(&self, password: &Password) -> Vec<WeakPassword> {
        self.parts.rules.check(password, &PersonalData::default())
    }

    /// Registers a user: checks and hashes the password, stores user and mail in one transaction, and wakes the mail
    /// worker.
    ///
    /// Unless the settings say otherwise, it conceals that a verified user has the address: the work and the answer are
    /// the same, and the owner gets a notice instead of a link.
    ///
    /// # Errors
    ///
    /// Each [`RegisterError`]; nothing is stored then.
    pub async fn register(&self, registration: Registration) -> Result<Registered, Failure<RegisterError>> {
        let password = self.judge_registration(&registration)?;
        let registered = self.pay_and_store(registration, password, None).await?;
        Ok(registered.expect("no other request has used a key that there is not"))
    }

    /// Checks everything that needs no query, and returns the password.
    pub(super) fn judge_registration(&self, registration: &Registration) -> Result<Password, Failure<RegisterError>> {
        if !self.is_registration_open() {
            return Err(RegisterError::Closed.into());
        }
        let missing = self.parts.profile_fields.missing_in(&registration.fields);
        if !missing.is_empty() {
            return Err(RegisterError::FieldsMissing(missing.into_iter().map(str::to_owned).collect()).into());
        }
        let password = self.judge_new_user(registration)?;
        if registration.email.is_none() && self.is_email_needed() {
            return Err(RegisterError::EmailMissing.into());
        }
        Ok(password)
    }

    /// Charges the budget for mails, and stores the user, the mail and the idempotency key. Returns `None` if another
    /// request with the key has registered its user meanwhile; nothing is stored then.
    pub(super) async fn pay_and_store(
        &self,
        registration: Registration,
        password: Password,
        key: Option<(NewIdempotencyKey, KeyInUse)>,
    ) -> Result<Option<Registered>, Failure<RegisterError>> {
        let Some(email) = registration.email.as_ref().filter(|_| self.is_verification_on()) else {
            return self.to_the_end(|accounts| accounts.hash_and_store(registration, password, key)).await;
        };
        // Paid before the password is hashed, and given back if the registration fails.
        let payment = self.pay_for_mail(MailGroup::Registration, email).await?;
        let accounts = self.clone();
        payment.spent_on(accounts.hash_and_store(registration, password, key), Option::is_some).await
    }

    async fn hash_and_store(
        self,
        registration: Registration,
        password: Password,
        key: Option<(NewIdempotencyKey, KeyInUse)>,
    ) -> Result<Option<Registered>, Failure<RegisterError>> {
        // In use to the end, also if the client goes away.
        let (key, _in_use) = key.unzip();
        let (user, mut registered) = self.hash_new_user(registration, password, !self.is_verification_on()).await?;
        let taken_email = self.taken_email();
        let id = registered.id.clone();
        let mail = match self.is_verification_on() {
            true => Some(self.new_mail(MailKind::VerifyRegistration, Some(id.clone()))),
            false => self.welcome(&id).filter(|_| user.email.is_some()),
        };
        let has_mail = mail.is_some();
        let stored = self.store_new_user(user, mail, taken_email, key).await?;
        registered.username = stored.username;
        match stored.outcome {
            RegisterOutcome::Created => {
                self.tell(Event::Registered(&id));
            }
            RegisterOutcome::Concealed => {
                self.tell(Event::RegistrationConcealed);
            }
            RegisterOutcome::KeyUsed => return Ok(None),
            RegisterOutcome::Taken { username, email } => return Err(RegisterError::Taken { username, email }.into()),
        }
        if has_mail {
            self.parts.new_mail.notify_one();
        }
        Ok(Some(registered))
    }

    /// Creates a user for an operator. The user is verified at once, gets no mail, and a taken address is reported.
    ///
    /// # Errors
    ///
    /// Each [`RegisterError`] but [`RegisterError::Closed`] and [`RegisterError::FieldsMissing`]; nothing is stored then.
    pub async fn create_user(&self, registration: Registration) -> Result<Registered, Failure<RegisterError>> {
        let password = self.judge_new_user(&registration)?;
        let (user, mut registered) = self.hash_new_user(registration, password, true).await?;
        let taken_email = if self.parts.users.email_unique { TakenEmail::Tell } else { TakenEmail::Allow };
        let created = self.to_the_end(|accounts| async move {
            let stored = accounts.store_new_user(user, None, taken_email, None).await?;
            registered.username = stored.username;
            match stored.outcome {
                RegisterOutcome::Created | RegisterOutcome::Concealed | RegisterOutcome::KeyUsed => {
                    accounts.tell(Event::Registered(&registered.id));
                    Ok(registered)
                }
                RegisterOutcome::Taken { username, email } => Err(RegisterError::Taken { username, email }.into()),
            }
        });
        created.await
    }

    /// Checks everything that needs no query, and returns the password.
    fn judge_new_user(&self, registration: &Registration) -> Result<Password, Failure<RegisterError>> {
        let Registration { username, email, first_name, last_name, fields, password } = registration;
        if StoredProfile::of_new_user(fields).is_too_large() {
            return Err(RegisterError::FieldsTooLarge.into());
        }
        let person = PersonalData {
            username: username.as_ref().map_or("", Username::as_str),
            first_name: first_name.as_str(),
            last_name: last_name.as_str(),
            email: email.as_ref().map_or("", EmailAddress::as_str),
        };
        let password = password.judge(&self.parts.rules, &person).map_err(RegisterError::Password)?;
        if email.is_none() && (self.is_verification_on() || username.is_none()) {
            return Err(RegisterError::EmailMissing.into());
        }
        Ok(password)
    }

    async fn hash_new_user(
        &self,
        registration: Registration,
        password: Password,
        is_verified: bool,
    ) -> Result<(NewUser, Registered), Failure<RegisterError>> {
        let password_hash = self.parts.hasher.hash(password).await?;
        // Not before: the hash takes time, and a user would be verified a second before being created.
        let now = self.parts.clock.now();
        let Registration { username, email, first_name, last_name, fields, password: _ } = registration;
        let profile = StoredProfile::of_new_user(&fields);
        let (id, password_hash) = (UserId::generate(now), Secret::new(password_hash.as_str()));
        let registered = Registered { id, username, email, first_name, last_name, profile, password_hash };
        let user = NewUser {
            id: registered.id.clone(),
            username: registered.username.clone(),
            email: registered.email.clone(),
            first_name: registered.first_name.as_str().to_owned(),
            last_name: registered.last_name.as_str().to_owned(),
            profile: registered.profile.clone(),
            password_hash: registered.password_hash.clone(),
            link_secret: Secret::new(LinkSecret::generate().to_hex()),
            created_at: now,
            verified_at: is_verified.then_some(now),
        };
        Ok((user, registered))
    }

    /// Returns whether the site conceals which addresses have an owner. It cannot do so where new users may log in at
    /// once: a user with a concealed registration would have neither an account nor a notice, and the first login would
    /// reveal it.
    pub(super) fn conceals_taken_emails(&self) -> bool {
        self.parts.users.conceal_emails && !self.may_log_in_at_once()
    }

    /// Returns whether a registration is told that a verified user has its address.
    pub fn tells_taken_emails(&self) -> bool {
        self.parts.users.email_unique && !self.conceals_taken_emails()
    }

    pub(super) fn taken_email(&self) -> TakenEmail {
        match (self.parts.users.email_unique, self.conceals_taken_emails()) {
            (false, _) => TakenEmail::Allow,
            (true, false) => TakenEmail::Tell,
            (true, true) => TakenEmail::Conceal(self.new_mail(MailKind::AlreadyRegistered, None)),
        }
    }
}

/// The values of a registration that another user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Another user has the username.
    pub username: bool,
    /// A verified user has the address, and the site does not conceal that.
    pub email: bool,
}
