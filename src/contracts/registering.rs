//! What all contracts share of a registration: its throttle, its idempotency key, and the look-up of taken values.

use actix_web::HttpRequest;

use super::service_faults::telling;
use super::site::Site;
use crate::accounts::{Accounts, Client, RegisterError, RegisterOnceError, Registered, Registration, Taken};
use crate::http::Fault;
use crate::http::idempotency::{idempotency_key, key_in_use, reused_key};
use crate::identity::{EmailAddress, IdempotencyKey, Username};

/// A request that registers a user.
pub(super) struct Registering<'a> {
    accounts: &'a Accounts,
    key: Option<(IdempotencyKey, Client)>,
}

impl<'a> Registering<'a> {
    /// Charges the client's budget, and reads the idempotency key.
    ///
    /// # Errors
    ///
    /// 429 if the client has asked too often, 400 for a malformed key.
    pub(super) fn admit(site: &Site, accounts: &'a Accounts, request: &HttpRequest) -> Result<Self, Fault> {
        site.admit(&site.throttles.register, request)?;
        Ok(Self { accounts, key: idempotency_key(request)?.map(|key| (key, site.client(request))) })
    }

    /// Returns which values are taken, for an early answer with all errors. If the key has registered a user, none
    /// counts as taken: the request may repeat that registration.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn look_up_taken(
        &self,
        username: Option<&Username>,
        email: Option<&EmailAddress>,
    ) -> Result<Taken, Fault> {
        let taken = self.accounts.look_up_taken(username, email).await?;
        if let Some((key, _)) = &self.key
            && (taken.username || taken.email)
            && self.accounts.is_key_used(key).await?
        {
            return Ok(Taken { username: false, email: false });
        }
        Ok(taken)
    }

    /// Registers the user, or repeats the answer of the request that came with the key before.
    ///
    /// # Errors
    ///
    /// What `told` makes of a refusal, 422 for a key of another request, 409 while the first one is answered.
    pub(super) async fn register(
        self,
        registration: Registration,
        told: impl FnOnce(RegisterError) -> Fault,
    ) -> Result<Registered, Fault> {
        let Some((key, client)) = &self.key else {
            return self.accounts.register(registration).await.map_err(telling(told));
        };
        let registered = self.accounts.register_once(registration, key, client).await;
        registered.map_err(telling(|fact| match fact {
            RegisterOnceError::Refused(fact) => told(fact),
            RegisterOnceError::KeyReused => reused_key(),
            RegisterOnceError::UnderWay => key_in_use(),
        }))
    }
}
