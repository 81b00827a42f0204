//! How often something may be asked of one account, or of a name that nobody has: both are counted alike, by what was
//! typed.
//!
//! Guessing one user's password is bounded twice: from one network closely, from everywhere loosely. Whoever has logged
//! in from a network lately is spared the second, so that strangers elsewhere cannot keep a user out.

use sha2::{Digest, Sha256};

use super::{Accounts, Client, ServiceError};
use crate::clock::Seconds;
use crate::mail::MailKind;
use crate::settings::Rate;
use crate::store::{Budget, LoginName, Spending};

/// How long a network from which a user has logged in is trusted.
const TRUSTED_FOR: Seconds = Seconds::new(30 * 86_400);

/// Who is asked about: the compared form of what was typed, whether or not somebody goes by it.
pub(super) struct Subject(String);

impl Subject {
    /// A name somebody typed to log in or to have a link sent.
    pub(super) fn of_login(name: &LoginName, typed: &str) -> Self {
        let key = name.email_key.as_deref().or(name.username_key.as_deref());
        Self(key.unwrap_or(typed).to_owned())
    }

    /// An address mails are asked for, or the id of a user who asks.
    pub(super) fn of_key(key: impl Into<String>) -> Self {
        Self(key.into())
    }
}

impl Accounts {
    /// Pays for one attempt to log in.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] if too many have failed lately.
    pub(super) async fn pay_for_login(&self, subject: &Subject, client: &Client) -> Result<(), ServiceError> {
        let throttle = &self.0.throttle;
        if !throttle.enabled {
            return Ok(());
        }
        let mut budgets = vec![budget("login", subject, &client.network, throttle.account_login)];
        let trusted = digest("trusted", subject, &client.network);
        if !self.0.store.is_budget_spent(trusted, self.0.clock.now()).await? {
            budgets.push(budget("login", subject, "", throttle.account_login_anywhere));
        }
        self.pay(budgets).await
    }

    /// Gives the attempts back after one that succeeded, and trusts the network it came from for a while.
    pub(super) async fn settle_login(&self, subject: &Subject, client: &Client) -> Result<(), ServiceError> {
        if !self.0.throttle.enabled {
            return Ok(());
        }
        let now = self.0.clock.now();
        self.0.store.restore_budget(digest("login", subject, &client.network)).await?;
        self.0.store.spend_until(digest("trusted", subject, &client.network), now.plus(TRUSTED_FOR)).await?;
        Ok(())
    }

    /// Pays for one mail that a stranger can have sent to somebody; each kind has a budget of its own.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] if too many were asked for lately.
    pub(super) async fn pay_for_mail(&self, kind: MailKind, subject: &Subject) -> Result<(), ServiceError> {
        self.pay(vec![budget(kind.as_str(), subject, "", self.0.throttle.account_mails)]).await
    }

    async fn pay(&self, budgets: Vec<Budget>) -> Result<(), ServiceError> {
        if !self.0.throttle.enabled {
            return Ok(());
        }
        match self.0.store.spend(budgets, self.0.clock.now()).await? {
            Spending::Paid => Ok(()),
            Spending::Refused { retry_after } => Err(ServiceError::Throttled { retry_after }),
        }
    }
}

fn budget(what: &str, subject: &Subject, network: &str, rate: Rate) -> Budget {
    Budget {
        digest: digest(what, subject, network),
        refill_ms: 3_600_000 / i64::from(rate.per_hour.get()),
        burst: rate.burst.get(),
    }
}

/// Each part is followed by a NUL, which none of them holds, so that no two lists of parts make one text.
fn digest(what: &str, subject: &Subject, network: &str) -> String {
    let mut hash = Sha256::new();
    for part in [what, &subject.0, network] {
        hash.update(part);
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}
