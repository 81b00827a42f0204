//! Rate limits of single accounts. A name without a user has limits too, and costs the same statements.
//!
//! Guesses at one user's password have two limits: a low one for each network, and a higher one for all networks
//! together. A network from which the user has logged in lately is exempt from the second, so that strangers elsewhere
//! cannot lock the user out. Each operation pays first, and gets back what was not a wrong guess. In this way
//! concurrent guesses are all counted.
//!
//! Mails are counted by the name that the client typed, and by the mailbox that receives them. The client is told when
//! the first limit is reached (429). It is not told of the second: the answer must not depend on whose mailbox it is.

mod key;

use super::{Accounts, ServiceError};
use crate::clock::Seconds;
use crate::identity::{EmailAddress, Network};
use crate::log::in_the_course_of;
use crate::settings::Rate;
use crate::store::{Budget, Exempt, MailKind, Mark, NewMail, Restitution, Spending, User};

use key::key;

pub(super) use key::{MailGroup, Operation, Subject};

/// How long a network from which a user has logged in is trusted.
const TRUSTED_FOR: Seconds = Seconds::new(30 * 86_400);

/// A payment in advance. It is given back when it is dropped, as happens when the client goes away.
#[must_use = "what was paid is given back when this is dropped"]
pub(super) struct Payment {
    accounts: Accounts,
    budgets: Vec<Budget>,
    /// The digest of the budget that counts only the client's own network.
    own: Option<String>,
    trust: Option<String>,
}

impl Payment {
    /// Keeps the payment spent.
    pub(super) fn keep(mut self) {
        self.budgets.clear();
    }

    /// Keeps the payment spent after a wrong guess. This costs the same as [`Payment::give_back`], since the client
    /// gets the same answer.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn charge(mut self) -> Result<(), ServiceError> {
        let budgets = std::mem::take(&mut self.budgets);
        if !budgets.is_empty() {
            self.accounts.parts.store.give_nothing_back(budgets).await?;
        }
        Ok(())
    }

    /// Runs `work`. Keeps the payment spent if the work succeeds and `something_came_of_it`, and gives it back
    /// otherwise. The work runs to the end even if the client goes away: otherwise a client that disconnects in time
    /// would get a mail for free.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub(super) async fn spent_on<T, E>(
        self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
        something_came_of_it: fn(&T) -> bool,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let accounts = self.accounts.clone();
        let settled = accounts.to_the_end(|_| async move {
            let outcome = work.await;
            if outcome.as_ref().is_ok_and(something_came_of_it) {
                self.keep();
            } else {
                self.give_back().await;
            }
            outcome
        });
        settled.await
    }

    /// Gives the payment back before the answer is sent.
    pub(super) async fn give_back(mut self) {
        give_back(&self.accounts, std::mem::take(&mut self.budgets)).await;
    }

    /// Returns the refund for a user who has proved to know the password, if anything was paid.
    pub(super) fn restitution(&self) -> Option<Restitution> {
        let until = self.accounts.parts.clock.now().plus(TRUSTED_FOR);
        let trust = self.trust.clone().map(|digest| Mark { digest, until });
        let is_due = !self.budgets.is_empty();
        is_due.then(|| Restitution { paid: self.budgets.clone(), own: self.own.clone(), trust })
    }

    /// Gives back the cost of this guess and of the wrong guesses before it, and trusts the network for a while.
    pub(super) async fn make_good(mut self) {
        let Some(restitution) = self.restitution() else { return };
        self.budgets.clear();
        if let Err(error) = self.accounts.parts.store.make_good(restitution, self.accounts.parts.clock.now()).await {
            tracing::warn!(%error, "attempts could not be given back");
        }
    }
}

impl Drop for Payment {
    fn drop(&mut self) {
        let budgets = std::mem::take(&mut self.budgets);
        if let (false, Ok(runtime)) = (budgets.is_empty(), tokio::runtime::Handle::try_current()) {
            let accounts = self.accounts.clone();
            let request = (accounts.parts.find_request)();
            runtime.spawn(in_the_course_of(request, async move { give_back(&accounts, budgets).await }));
        }
    }
}

async fn give_back(accounts: &Accounts, budgets: Vec<Budget>) {
    if budgets.is_empty() {
        return;
    }
    if let Err(error) = accounts.parts.store.give_back(budgets).await {
        tracing::warn!(%error, "attempts could not be given back");
    }
}

impl Accounts {
    /// Pays for one guess at a password. The subject may be a name without a user.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] after too many wrong guesses lately.
    pub(super) async fn pay_for_guess(
        &self,
        operation: Operation,
        subject: &Subject,
        network: Option<Network>,
    ) -> Result<Payment, ServiceError> {
        let throttle = &self.parts.throttle;
        let anywhere = budget(key(operation, subject, None), throttle.account_login_anywhere, 1);
        let Some(network) = network else { return self.pay(vec![anywhere], None, None).await };
        let own = budget(key(operation, subject, Some(network)), throttle.account_login, 1);
        let digest = own.digest.clone();
        let wider = network
            .wider()
            .map(|(wider, times)| budget(key(operation, subject, Some(wider)), throttle.account_login, times));
        let budgets = std::iter::once(own).chain(wider).collect();
        let exempt = Exempt { mark: key(Operation::TrustNetwork, subject, Some(network)), budget: anywhere };
        self.pay(budgets, Some(exempt), Some(digest)).await
    }

    /// Pays for one mail to an address that the client typed. The client is told when the limit is reached.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Throttled`] after too many requests lately.
    pub(super) async fn pay_for_mail(&self, group: MailGroup, email: &EmailAddress) -> Result<Payment, ServiceError> {
        let budgets = self.mail_limit(Operation::ReceiveMail(group), &Subject::of_email(email));
        self.pay(budgets.into_iter().collect(), None, None).await
    }

    /// Notes that something is used which can be used once. Returns `None` if it was used within that time. No setting
    /// switches this off. What is given back can be used again.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub(super) async fn use_once(
        &self,
        operation: Operation,
        subject: &Subject,
        remembered_for: Seconds,
    ) -> Result<Option<Payment>, ServiceError> {
        let refill_ms = i64::try_from(remembered_for.get()).unwrap_or(i64::MAX).saturating_mul(1_000);
        let once = Budget { digest: key(operation, subject, None), refill_ms, burst: 1 };
        let mut payment = Payment { accounts: self.clone(), budgets: Vec::new(), own: None, trust: None };
        match self.parts.store.spend(vec![once], None, self.parts.clock.now()).await? {
            Spending::Paid { budgets } => payment.budgets = budgets,
            Spending::Refused { .. } => return Ok(None),
        }
        Ok(Some(payment))
    }

    /// Returns the limit of requested or received mails, if the site has limits.
    pub(super) fn mail_limit(&self, operation: Operation, subject: &Subject) -> Option<Budget> {
        let throttle = &self.parts.throttle;
        throttle.enabled.then(|| budget(key(operation, subject, None), throttle.account_mails, 1))
    }

    /// Builds the notice of a change, which is mailed to the user's address. An address that was never proved may be a
    /// stranger's mailbox, so the number of notices to it is limited.
    pub(super) fn notice(&self, kind: MailKind, user: &User) -> NewMail {
        let is_proved = user.verified_at.is_some() && self.is_verification_on() && self.is_email_verification_on();
        let email = user.email.as_ref().filter(|_| !is_proved).map(EmailAddress::from_stored);
        let within = email
            .and_then(|email| self.mail_limit(Operation::ReceiveMail(MailGroup::Notice), &Subject::of_email(&email)));
        NewMail { within, ..self.new_mail(kind, Some(user.id.clone())) }
    }

    async fn pay(
        &self,
        budgets: Vec<Budget>,
        unless_marked: Option<Exempt>,
        own: Option<String>,
    ) -> Result<Payment, ServiceError> {
        let trust = unless_marked.as_ref().map(|exempt| exempt.mark.clone());
        let mut payment = Payment { accounts: self.clone(), budgets: Vec::new(), own, trust };
        if !self.parts.throttle.enabled {
            return Ok(payment);
        }
        // Runs to the end: what is spent while the client goes away must be given back as well.
        let paid = self.to_the_end(|accounts| async move {
            match accounts.parts.store.spend(budgets, unless_marked, accounts.parts.clock.now()).await? {
                Spending::Paid { budgets } => payment.budgets = budgets,
                Spending::Refused { retry_after } => return Err(ServiceError::Throttled { retry_after }),
            }
            Ok(payment)
        });
        paid.await
    }
}

/// Maps a reached limit to an error.
///
/// # Errors
///
/// [`ServiceError::Throttled`].
pub(super) fn unless_refused(spending: Spending) -> Result<(), ServiceError> {
    match spending {
        Spending::Paid { .. } => Ok(()),
        Spending::Refused { retry_after } => Err(ServiceError::Throttled { retry_after }),
    }
}

fn budget(digest: String, rate: Rate, times: u32) -> Budget {
    Budget {
        digest,
        refill_ms: (3_600_000 / i64::from(rate.per_hour.get()) / i64::from(times)).max(1),
        burst: rate.burst.get().saturating_mul(times),
    }
}
