//! The worker: claims mails that are due, signs their links, sends them, and settles the claims.
//!
//! All state is in the database. A crashed worker's leases expire and another worker takes its mails over. Several
//! workers may share one database; all have the same role.

mod complaints;
mod gathering;
mod lease;
mod reporting;
mod settling;
mod signing;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use self::complaints::Complaints;
use self::gathering::gathered_for;
use self::lease::{DATABASE_PAUSE, Lease};
use self::settling::settle;
use super::queue::MailQueue;
use super::schedule::RetrySchedule;
use super::turns::{Turn, Turns};
use super::{DeliveryError, DeliveryFault, Dispatcher, MailContext, MailProvider, MailUser, Pages, PagesByContract};
use crate::clock::{Clock, Seconds, Timestamp};
use crate::identity::EmailAddress;
use crate::links::LinkSigner;
use crate::log::Once;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::store::{Claimed, ClaimedMail, Settlement, Store, StoreError};

/// The longest sleep between two polls of the outbox: another process may store a mail without waking this worker.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// The most unknown kinds of mails, and the most unknown contracts, that a process logs: more than any version or site
/// has.
const LOGGED: usize = 100;

/// The most mails that are sent at once, whatever a transport says.
const MOST_AT_ONCE: NonZeroUsize = NonZeroUsize::new(1024).expect("it is not zero");

/// Sends what waits in the outbox.
pub struct MailWorker {
    mailer: Arc<Mailer>,
    turns: Turns,
}

/// What a worker needs to send one mail.
struct Mailer {
    store: Store,
    new_mail: Arc<Notify>,
    signer: Arc<LinkSigner>,
    dispatcher: Dispatcher,
    clock: Clock,
    app_name: String,
    lease: Seconds,
    schedule: RetrySchedule,
    pages: PagesByContract,
    /// The titles of identity providers, by their names.
    provider_titles: BTreeMap<String, String>,
    complaints: Complaints,
    unknown_kinds: Once,
    unknown_contracts: Once,
    metrics: Metrics,
}

/// What has to happen before the next mails can be claimed.
enum Waiting {
    /// Mails are due, or may be: they wait for a free turn.
    ForATurn,
    /// No due mail waits for a turn: the worker sleeps this long, or until a mail is stored.
    For(Duration),
}

/// Why a mail is not sent.
enum Unsent {
    /// The mail has become pointless.
    Obsolete(&'static str),
    /// The mail cannot be rendered or sent.
    Failed(DeliveryError),
}

impl From<DeliveryError> for Unsent {
    fn from(error: DeliveryError) -> Self {
        Self::Failed(error)
    }
}

impl MailWorker {
    /// Returns a worker that polls the outbox when `new_mail` is notified, and at intervals.
    pub fn new(
        store: Store,
        signer: Arc<LinkSigner>,
        dispatcher: Dispatcher,
        pages: PagesByContract,
        clock: Clock,
        new_mail: Arc<Notify>,
        settings: &Settings,
    ) -> Self {
        let of_transport = dispatcher.most_at_once();
        let at_once = of_transport.unwrap_or(settings.mail.concurrency).min(MOST_AT_ONCE);
        let mailer = Mailer {
            store,
            new_mail,
            signer,
            dispatcher,
            clock,
            app_name: settings.mail.app_name.clone(),
            lease: settings.mail.lease,
            schedule: RetrySchedule::new(&settings.mail),
            pages,
            provider_titles: settings.providers.iter().map(|it| (it.name.clone(), it.title.clone())).collect(),
            complaints: Complaints::default(),
            unknown_kinds: Once::new(LOGGED),
            unknown_contracts: Once::new(LOGGED),
            metrics: Metrics::default(),
        };
        let turns = match of_transport {
            Some(_) => Turns::returned_together(at_once.get()),
            None => Turns::new(at_once.get()),
        };
        Self { mailer: Arc::new(mailer), turns }
    }

    /// Returns the outbox for operators.
    pub fn queue(&self) -> MailQueue {
        MailQueue::new(self.mailer.store.clone(), self.mailer.clock.clone(), Arc::clone(&self.mailer.new_mail))
    }

    /// Learns which port this server listens on, for links to its own pages.
    pub(crate) fn know_port(&self, port: u16) {
        self.mailer.pages.know_port(port);
    }

    /// Works until `stop` turns true. It then claims no more mails, and finishes those being sent.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut sending = JoinSet::new();
        while !*stop.borrow() {
            let turns = tokio::select! {
                Ok(_) = stop.wait_for(|stop| *stop) => continue,
                turns = self.turns.all_free() => turns,
            };
            let looked_at = Instant::now();
            let (claimed, waiting) = self.claim_and_send(turns, &mut sending).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the outbox cannot be read; mails wait");
                (0, Waiting::For(DATABASE_PAUSE))
            });
            let Waiting::For(pause) = waiting else { continue };
            let next_look = async {
                tokio::select! {
                    () = self.mailer.new_mail.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
                tokio::time::sleep_until((looked_at + gathered_for(claimed)).into()).await;
            };
            tokio::select! {
                Ok(_) = stop.wait_for(|stop| *stop) => {}
                () = next_look => {}
            }
        }
        while sending.join_next().await.is_some() {}
        self.mailer.dispatcher.rest().await;
    }

    /// Sends all mails that are due, and returns when they are settled. Returns the number of claimed mails.
    ///
    /// # Errors
    ///
    /// When the database does not answer; claimed mails are tried again after their lease.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let mut taken_up = 0;
        loop {
            let mut sending = JoinSet::new();
            self.claim_and_send(self.turns.all_free().await, &mut sending).await?;
            if sending.is_empty() {
                return Ok(taken_up);
            }
            taken_up += sending.len();
            while sending.join_next().await.is_some() {}
        }
    }

    /// Claims as many mails as there are `turns`. Returns the number of claimed mails, and what the next mails wait for.
    async fn claim_and_send(&self, mut turns: Turn, sending: &mut JoinSet<()>) -> Result<(usize, Waiting), StoreError> {
        while sending.try_join_next().is_some() {}
        let claimed = self.mailer.claim(turns.num_permits()).await?;
        for mail in claimed.unknown.iter().filter(|name| self.mailer.unknown_kinds.is_first(name)) {
            tracing::warn!(
                mail,
                "mails of a kind that this program does not know wait for a newer program; this is told once"
            );
        }
        let count = claimed.mails.len();
        for mail in claimed.mails {
            let turn = turns.split(1).expect("no more mails are claimed than there are turns");
            let (mailer, all_turns) = (Arc::clone(&self.mailer), self.turns.clone());
            sending.spawn(async move { mailer.send_and_settle(mail, &all_turns, turn).await });
        }
        let pause = self.until(claimed.next_due_at);
        let all_turns_are_taken = turns.num_permits() == 0;
        let waiting = if all_turns_are_taken && pause.is_zero() { Waiting::ForATurn } else { Waiting::For(pause) };
        Ok((count, waiting))
    }

    /// Returns the time until the next mail is due, in whole seconds: an instant within the present second has come.
    fn until(&self, next_due_at: Option<Timestamp>) -> Duration {
        let now = self.mailer.clock.now();
        next_due_at.map_or(LONGEST_SLEEP, |due_at| due_at.since(now).duration().min(LONGEST_SLEEP))
    }
}

impl Mailer {
    async fn claim(&self, limit: usize) -> Result<Claimed, StoreError> {
        let now = self.clock.now();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.store.claim_due_mails(now, now.plus(self.lease), limit).await
    }

    async fn send_and_settle(&self, mail: ClaimedMail, turns: &Turns, turn: Turn) {
        let lease = Lease { store: &self.store, clock: &self.clock, length: self.lease, mail: &mail };
        // The turn ends here: the next mail need not wait until this one is settled.
        let (sent, hold) = lease.keep(turns.spend(turn, self.send(&mail))).await;
        let settlement = match &sent {
            Ok(()) | Err(Unsent::Obsolete(_)) => Settlement::Done,
            Err(Unsent::Failed(error)) => self.postpone_or_park(&mail, error),
        };
        if settle(&self.store, &mail, &settlement, hold).await {
            self.count(&mail, &sent, &settlement);
            self.log(&mail, &sent, &settlement);
        }
        if matches!(settlement, Settlement::Postponed { .. }) {
            // This mail may be due before any other.
            self.new_mail.notify_one();
        }
    }

    async fn send(&self, mail: &ClaimedMail) -> Result<(), Unsent> {
        let (Some(kind), Some(user)) = (mail.kind, &mail.user) else { return Err(Unsent::Obsolete("a decoy")) };
        let recipient = mail.recipient.as_deref().or(user.email.as_deref());
        let recipient = recipient.ok_or_else(|| DeliveryError::refused(None, "the user has no address"))?;
        let context = MailContext {
            app_name: self.app_name.clone(),
            user: MailUser {
                username: user.username.clone().unwrap_or_default(),
                first_name: user.first_name.clone(),
                last_name: user.last_name.clone(),
                email: user.email.clone().unwrap_or_default(),
            },
            email: recipient.to_owned(),
            link: self.link(self.pages_of(mail), kind, user, recipient)?.map(|link| self.pages.at_own_port(link)),
            provider: kind.may_name_provider().then(|| self.provider_of(mail)),
        };
        let to = EmailAddress::from_stored(recipient);
        Ok(self.dispatcher.send(kind, &context, &to, &mail.id, mail.created_at).await?)
    }

    /// Returns the provider that the mail is about, by its title; by its name if the settings do not name it any more.
    fn provider_of(&self, mail: &ClaimedMail) -> MailProvider {
        let name = mail.provider.as_deref().unwrap_or_default();
        MailProvider { provider_title: self.provider_titles.get(name).map_or(name, String::as_str).to_owned() }
    }

    /// Returns the pages of the mail's contract. If the mail names none, or one that is switched off now, the site's
    /// pages are used: the mail's reader has only this link.
    fn pages_of(&self, mail: &ClaimedMail) -> &Pages {
        let Some(contract) = &mail.contract else { return self.pages.of_site() };
        self.pages.of_contract(contract).unwrap_or_else(|| {
            if self.unknown_contracts.is_first(contract) {
                tracing::warn!(
                    mail_id = %mail.id,
                    contract,
                    "mails name a contract that is not enabled; their links lead to the site's own pages; this is told once"
                );
            }
            self.pages.of_site()
        })
    }

    fn postpone_or_park(&self, mail: &ClaimedMail, error: &DeliveryError) -> Settlement {
        let now = self.clock.now();
        let next = match error.fault() {
            DeliveryFault::Refused => None,
            DeliveryFault::Delayed => {
                // A mail that an operator has sent again has the whole time once more.
                let since = mail.retried_at.unwrap_or(mail.created_at);
                self.schedule.next_attempt_at(since, mail.attempts, now)
            }
        };
        let error = error.to_string();
        match next {
            Some(due_at) => Settlement::Postponed { due_at, error },
            None => Settlement::Parked { at: now, error },
        }
    }
}
