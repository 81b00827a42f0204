//! The first login by a provider account, which creates a user, or joins the owner of the address.

use super::identified::{Identified, Known};
use super::{ProviderLoginError, new_provider_account};
use crate::accounts::budgets::MailGroup;
use crate::accounts::events::Event;
use crate::accounts::generated_username::candidates_of;
use crate::accounts::{Accounts, Failure, ServiceError};
use crate::identity::{EmailAddress, PersonName, UserId, Username};
use crate::links::LinkSecret;
use crate::profile_fields::StoredProfile;
use crate::secret::Secret;
use crate::settings::UsernamePolicy;
use crate::store::{
    Claimants, JoinOutcome, LoginName, MailKind, NewMail, NewUser, ProviderRegistration, RegisterOutcome, TakenEmail,
    User, no_password,
};

/// Whether the new user must prove the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    ByLink,
    NotNeeded,
}

/// What came of the creation of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Creation {
    /// The user is stored, or concealed, and so is the mail.
    Stored,
    /// Another first login of the same provider account was faster, and nothing was stored.
    OfAnotherLogin,
}

impl Accounts {
    /// Creates a user for a provider account, or connects it to the owner of the address where the operator allows that.
    /// No user has the provider account, or `mistaken` has it, who [is made anew](Self::is_made_anew).
    pub(super) async fn first_login(
        &self,
        someone: &Identified,
        mistaken: Option<UserId>,
    ) -> Result<Known, Failure<ProviderLoginError>> {
        if self.is_joined(someone).await? {
            return self.found_again(someone).await;
        }
        if !self.creates_users(someone) {
            return Err(ProviderLoginError::Closed.into());
        }
        if someone.identity.email.is_none() && self.is_email_needed() {
            return Err(ProviderLoginError::EmailMissing(someone.why_no_email()).into());
        }
        if let Some(email) = someone.proved_email()
            && self.logs_somebody_in(email).await?
        {
            return Err(ProviderLoginError::EmailTaken.into());
        }
        let is_mailed = self.is_verification_on() && someone.proved_email().is_none();
        let Some(email) = someone.identity.email.as_ref().filter(|_| is_mailed) else {
            self.create(someone, mistaken, Proof::NotNeeded).await?;
            return self.found_again(someone).await;
        };
        let payment = self.pay_for_mail(MailGroup::Registration, &email.address).await?;
        let created = self.create(someone, mistaken, Proof::ByLink).await;
        match created {
            Ok(Creation::Stored) => payment.keep(),
            Ok(Creation::OfAnotherLogin) | Err(_) => payment.give_back().await,
        }
        created?;
        self.found_again(someone).await
    }

    fn creates_users(&self, someone: &Identified) -> bool {
        someone.provider.rules().creates_users && self.is_registration_open()
    }

    /// Returns whether the user of an earlier first login may have to be created again: the provider tells another address
    /// now, and the user seems never used. Such a user could never log in: the link went to the other address, and only a
    /// user with a password can correct it.
    pub(super) fn is_made_anew(&self, someone: &Identified, user: &User) -> bool {
        let tells_another = someone.identity.email.as_ref().is_some_and(|told| !user.has_email(&told.address));
        let was_used = user.last_login_at.is_some() || user.profile_updated_at.is_some() || user.staff_at.is_some();
        let is_unused = user.verified_at.is_none() && user.disabled_at.is_none() && !user.has_password() && !was_used;
        tells_another && is_unused && !self.may_log_in_at_once() && self.creates_users(someone)
    }

    /// Connects the provider account to the owner of the address that the provider has verified, where the operator
    /// allows that. Returns whether a user has it now.
    pub(super) async fn is_joined(&self, someone: &Identified) -> Result<bool, Failure<ProviderLoginError>> {
        match someone.proved_email() {
            Some(email) if someone.provider.rules().joins_verified_emails && self.are_owners_proved() => {
                self.join_owner(someone, email).await
            }
            _ => Ok(false),
        }
    }

    /// Returns whether a user logs in by the address who has not proved it, where such users may. A new user who has proved
    /// it would shut that user out; and to join the two would give the new user's account to somebody who may only have
    /// claimed the address. Who gets the mail for it can reset the password of the first.
    async fn logs_somebody_in(&self, email: &EmailAddress) -> Result<bool, ServiceError> {
        let claimants = self.claimants();
        if claimants == Claimants::AreTold || !self.parts.users.email_unique {
            return Ok(false);
        }
        let name = LoginName { username_key: None, email_key: Some(email.key()), claimants };
        let found = self.parts.store.find_by_login_name(name, self.email_sharing()).await?;
        Ok(found.by_address.is_some())
    }

    /// Returns whether who owns an address has followed a link to it. Elsewhere anybody could own the address of somebody
    /// else, and wait for their first login.
    fn are_owners_proved(&self) -> bool {
        self.is_verification_on() && self.is_email_verification_on()
    }

    /// Connects the provider account to the owner of an address. Returns whether a user has it now.
    async fn join_owner(
        &self,
        someone: &Identified,
        email: &EmailAddress,
    ) -> Result<bool, Failure<ProviderLoginError>> {
        let (account, notice) = (self.new_provider_account(someone), self.new_mail(MailKind::ProviderConnected, None));
        match self.parts.store.join_owner(email, account, notice).await? {
            JoinOutcome::Joined { owner, before } => {
                self.parts.new_mail.notify_one();
                self.tell_of_connection(&owner, before.as_ref(), someone.provider.name());
                Ok(true)
            }
            JoinOutcome::AlreadyConnected => Ok(true),
            JoinOutcome::NoOwner => Ok(false),
            JoinOutcome::TooMany => Err(ProviderLoginError::EmailTaken.into()),
        }
    }

    /// Creates the user, in the place of `mistaken` if that one was never used. Of several first logins at the same time one
    /// does; the others find its user.
    async fn create(
        &self,
        someone: &Identified,
        mistaken: Option<UserId>,
        proof: Proof,
    ) -> Result<Creation, Failure<ProviderLoginError>> {
        let now = self.parts.clock.now();
        let id = UserId::generate(now);
        let email = someone.identity.email.as_ref().map(|email| email.address.clone());
        let mail = match proof {
            Proof::ByLink => Some(self.new_mail(MailKind::VerifyRegistration, Some(id.clone()))),
            Proof::NotNeeded => self.welcome(&id).filter(|_| email.is_some()),
        };
        let taken_email = match proof {
            Proof::ByLink => match self.taken_email() {
                TakenEmail::Conceal(notice) => TakenEmail::Conceal(notice.about_provider(someone.provider.name())),
                allowed_or_told => allowed_or_told,
            },
            // The provider vouches for its user, who may know that somebody has the address.
            Proof::NotNeeded if self.parts.users.email_unique => TakenEmail::Tell,
            Proof::NotNeeded => TakenEmail::Allow,
        };
        let name = |name: &Option<String>| {
            let parsed = name.as_deref().map(PersonName::parse).and_then(Result::ok);
            parsed.map(|name| name.as_str().to_owned()).unwrap_or_default()
        };
        let user = NewUser {
            id,
            username: None,
            email,
            first_name: name(&someone.identity.first_name),
            last_name: name(&someone.identity.last_name),
            profile: StoredProfile::default(),
            password_hash: no_password(),
            link_secret: Secret::new(LinkSecret::generate().to_hex()),
            created_at: now,
            verified_at: (proof == Proof::NotNeeded).then_some(now),
        };
        self.store_with_username(someone, user, mistaken, mail, taken_email).await
    }

    async fn store_with_username(
        &self,
        someone: &Identified,
        mut user: NewUser,
        mistaken: Option<UserId>,
        mail: Option<NewMail>,
        taken_email: TakenEmail,
    ) -> Result<Creation, Failure<ProviderLoginError>> {
        let usernames: Vec<Option<Username>> = match self.parts.users.username {
            UsernamePolicy::None => vec![None],
            UsernamePolicy::Required | UsernamePolicy::Generated => {
                let email = someone.identity.email.as_ref().map(|email| &email.address);
                candidates_of(someone.identity.username.as_deref(), email).into_iter().map(Some).collect()
            }
        };
        let account = new_provider_account(someone, user.created_at);
        for username in usernames {
            user.username = username;
            let (new, account, mail) = (user.clone(), account.clone(), mail.clone());
            let id = user.id.clone();
            let stored = self
                .parts
                .store
                .register_by_provider(new, account, mistaken.clone(), mail, taken_email.clone())
                .await?;
            let (outcome, has_replaced) = match stored {
                ProviderRegistration::AlreadyConnected => return Ok(Creation::OfAnotherLogin),
                ProviderRegistration::Registered { outcome, has_replaced } => (outcome, has_replaced),
            };
            match outcome {
                RegisterOutcome::Taken { username: true, .. } => {}
                RegisterOutcome::Taken { .. } => {
                    // Another first login of the same provider account may have been faster.
                    return match self.find_known(someone).await? {
                        Some(known) if Some(&known.user.id) != mistaken.as_ref() => Ok(Creation::OfAnotherLogin),
                        _ => Err(ProviderLoginError::EmailTaken.into()),
                    };
                }
                outcome => {
                    self.parts.new_mail.notify_one();
                    if let Some(id) = mistaken.as_ref().filter(|_| has_replaced) {
                        self.tell(Event::MadeAnew { id, provider: someone.provider.name() });
                    }
                    self.tell(match outcome {
                        RegisterOutcome::Concealed => Event::RegistrationConcealed,
                        RegisterOutcome::Created | RegisterOutcome::Taken { .. } | RegisterOutcome::KeyUsed => {
                            Event::Registered(&id)
                        }
                    });
                    self.tell(Event::ProviderConnected { id: &id, provider: someone.provider.name() });
                    return Ok(Creation::Stored);
                }
            }
        }
        Err(ProviderLoginError::Overtaken.into())
    }

    pub(super) async fn found_again(&self, someone: &Identified) -> Result<Known, Failure<ProviderLoginError>> {
        Ok(self.find_known(someone).await?.ok_or(ProviderLoginError::Overtaken)?)
    }
}
