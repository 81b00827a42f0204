//! Registrations with an idempotency key: a client that got no answer sends the request again, and gets the answer of the
//! first one.
//!
//! The transaction that stores the user also stores a MAC of the key, a MAC of the registration without its password, and
//! the user's id. The answer is made of these and of the repeated request; it is stored nowhere. The repeated password is
//! compared with the user's, at the cost of a registration: so nothing that is quick to compute is kept of a password,
//! and guesses are counted as elsewhere. Of requests at the same time one registers.

use super::registration::{RegisterError, Registered, Registration};
use super::{Accounts, Client, Failure, Refusal, ServiceError};
use crate::identity::{EmailAddress, IdempotencyKey, Username};
use crate::links::IdempotencyDigest;
use crate::profile_fields::StoredProfile;
use crate::secret::Secret;
use crate::store::{KnownIdempotencyKey, NewIdempotencyKey};

/// Why a registration with an idempotency key was refused.
#[derive(Debug, thiserror::Error)]
pub enum RegisterOnceError {
    /// The registration is refused for itself. Its key is free.
    #[error(transparent)]
    Refused(RegisterError),
    /// The key came with another registration, or the password is not that of the user whom it registered.
    #[error("the idempotency key was used for another registration")]
    KeyReused,
    /// This process is still working on an earlier request with the key.
    #[error("a registration with the idempotency key is under way")]
    UnderWay,
}

impl Refusal for RegisterOnceError {}

impl Accounts {
    /// Returns whether a registration with this key has created a user lately.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn is_key_used(&self, key: &IdempotencyKey) -> Result<bool, ServiceError> {
        Ok(self.find_key(&self.parts.idempotency.of(key.as_str(), &[])).await?.is_some())
    }

    /// Registers a user like [`register`](Self::register). If the same registration came with the same key within
    /// `registration.idempotency_key_kept_for_seconds`, nothing is stored or sent, and the outcome is that of the first.
    ///
    /// A client that knows the key but not the whole registration learns nothing but that the key was used. Wrong
    /// passwords count as guesses at the user's.
    ///
    /// # Errors
    ///
    /// Each [`RegisterOnceError`]; nothing is stored then.
    pub async fn register_once(
        &self,
        registration: Registration,
        key: &IdempotencyKey,
        client: &Client,
    ) -> Result<Registered, Failure<RegisterOnceError>> {
        let password = self.judge_registration(&registration).map_err(refused)?;
        let digests = self.digests_of(&registration, key);
        let first = digests.first().expect("there is at least one secret");
        let in_use = self.keys_in_use.begin(&first.key).ok_or(RegisterOnceError::UnderWay)?;
        if let Some(known) = self.find_key(&digests).await? {
            return self.repeat(known, &digests, registration, client).await;
        }
        let expires_at = self.parts.clock.now().plus(self.parts.registration.idempotency_key_kept_for);
        let new = NewIdempotencyKey { digest: first.key.clone(), content: first.content(), expires_at };
        let refusal = match self.pay_and_store(registration.clone(), password, Some((new, in_use))).await {
            Ok(Some(registered)) => return Ok(registered),
            Ok(None) => None,
            Err(failure @ Failure::Refused(RegisterError::Taken { .. })) => Some(failure),
            Err(failure) => return Err(refused(failure)),
        };
        // Another process may have answered the same request meanwhile.
        match (self.find_key(&digests).await?, refusal) {
            (Some(known), _) => self.repeat(known, &digests, registration, client).await,
            (None, Some(refusal)) => Err(refused(refusal)),
            // Its user was deleted at once.
            (None, None) => Err(RegisterOnceError::KeyReused.into()),
        }
    }

    async fn find_key(&self, digests: &[IdempotencyDigest]) -> Result<Option<KnownIdempotencyKey>, ServiceError> {
        let digests = digests.iter().map(|digest| digest.key.clone()).collect();
        Ok(self.parts.store.find_idempotency_key(digests, self.parts.clock.now()).await?)
    }

    /// Returns the outcome of the registration that a key has made, if `registration` is the same one.
    async fn repeat(
        &self,
        known: KnownIdempotencyKey,
        digests: &[IdempotencyDigest],
        registration: Registration,
        client: &Client,
    ) -> Result<Registered, Failure<RegisterOnceError>> {
        let KnownIdempotencyKey { digest, content, user } = known;
        let Registration { username, email, first_name, last_name, fields, password } = registration;
        let is_same = digests.iter().any(|ours| ours.key == digest && ours.is_of_content(&content));
        // Also for another registration: the time of the answer must not tell which part of it is another one.
        let is_password = self.is_password_of(&user, password.password, client).await?;
        if !(is_same && is_password) {
            return Err(RegisterOnceError::KeyReused.into());
        }
        let username = match username {
            None if self.are_usernames_generated() => user.username.as_deref().map(Username::from_stored),
            typed => typed,
        };
        let profile = StoredProfile::of_new_user(&fields);
        let password_hash = Secret::new(user.password_hash.expose());
        Ok(Registered { id: user.id, username, email, first_name, last_name, profile, password_hash })
    }

    fn digests_of(&self, registration: &Registration, key: &IdempotencyKey) -> Vec<IdempotencyDigest> {
        let Registration { username, email, first_name, last_name, fields, password: _ } = registration;
        let profile = StoredProfile::of_new_user(fields);
        let content = [
            username.as_ref().map(Username::as_str),
            email.as_ref().map(EmailAddress::as_str),
            Some(first_name.as_str()),
            Some(last_name.as_str()),
            profile.as_stored(),
        ];
        self.parts.idempotency.of(key.as_str(), &content)
    }
}

fn refused(failure: Failure<RegisterError>) -> Failure<RegisterOnceError> {
    failure.map(RegisterOnceError::Refused)
}
