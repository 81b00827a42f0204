//! The worker: claims mails that are due, signs their links now, sends them, and settles the claims.
//!
//! Nothing is kept in memory: whoever dies leaves leases behind that end, and another takes over. Several workers may
//! work on one database; none is special.

mod complaints;
mod lease;
mod settling;
mod signing;
mod told_once;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use self::complaints::Complaints;
use self::lease::{DATABASE_PAUSE, Lease};
use self::settling::settle;
use self::told_once::ToldOnce;
use super::queue::MailQueue;
use super::schedule::RetrySchedule;
use super::turns::{Turn, Turns};
use super::{DeliveryError, DeliveryFault, Dispatcher, MailContext, MailKind, MailUser, Pages, PagesByContract};
use crate::clock::{Clock, Seconds, Timestamp};
use crate::identity::EmailAddress;
use crate::links::LinkSigner;
use crate::settings::Settings;
use crate::store::{Claimed, ClaimedMail, Settlement, Store, StoreError};

/// The longest sleep between two looks at the outbox: another process may have stored a mail without ringing our bell.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// Between two looks at the outbox: mails that follow each other closely are claimed together.
const GATHERED_FOR: Duration = Duration::from_millis(50);

/// Sends what waits in the outbox.
pub struct MailWorker {
    mailer: Arc<Mailer>,
    turns: Turns,
}

/// What one mail needs on its way.
struct Mailer {
    store: Store,
    bell: Arc<Notify>,
    signer: Arc<LinkSigner>,
    dispatcher: Dispatcher,
    clock: Clock,
    app_name: String,
    lease: Seconds,
    schedule: RetrySchedule,
    pages: PagesByContract,
    complaints: Complaints,
    unknown_kinds: ToldOnce,
    unknown_contracts: ToldOnce,
}

/// What the mails that were not claimed wait for.
enum Waiting {
    /// Some are due, or may be: a turn.
    ForATurn,
    /// None is due that could be claimed: time, or a new one.
    For(Duration),
}

/// Why a mail is not handed to the transport.
enum Unsent {
    /// There is nothing to say any more.
    Obsolete(&'static str),
    /// It cannot be made or sent.
    Failed(DeliveryError),
}

impl From<DeliveryError> for Unsent {
    fn from(error: DeliveryError) -> Self {
        Self::Failed(error)
    }
}

impl MailWorker {
    /// A worker that looks at the outbox whenever `bell` rings, and now and then by itself.
    pub fn new(
        store: Store,
        signer: Arc<LinkSigner>,
        dispatcher: Dispatcher,
        pages: PagesByContract,
        clock: Clock,
        bell: Arc<Notify>,
        settings: &Settings,
    ) -> Self {
        let mailer = Mailer {
            store,
            bell,
            signer,
            dispatcher,
            clock,
            app_name: settings.mail.app_name.clone(),
            lease: settings.mail.lease,
            schedule: RetrySchedule::new(&settings.mail),
            pages,
            complaints: Complaints::default(),
            unknown_kinds: ToldOnce::default(),
            unknown_contracts: ToldOnce::default(),
        };
        Self { mailer: Arc::new(mailer), turns: Turns::new(settings.mail.concurrency.get()) }
    }

    /// The outbox as an operator sees it.
    pub fn queue(&self) -> MailQueue {
        MailQueue::new(self.mailer.store.clone(), self.mailer.clock.clone(), Arc::clone(&self.mailer.bell))
    }

    /// Works until `stop` turns true; mails being sent are finished then, and no more are claimed.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut sending = JoinSet::new();
        while !*stop.borrow() {
            let turns = tokio::select! {
                Ok(_) = stop.wait_for(|stop| *stop) => continue,
                turns = self.turns.all_free() => turns,
            };
            let looked_at = Instant::now();
            let waiting = self.claim_and_send(turns, &mut sending).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the outbox cannot be read; mails wait");
                Waiting::For(DATABASE_PAUSE)
            });
            let Waiting::For(pause) = waiting else { continue };
            let next_look = async {
                tokio::select! {
                    () = self.mailer.bell.notified() => {}
                    () = tokio::time::sleep(pause) => {}
                }
                tokio::time::sleep_until((looked_at + GATHERED_FOR).into()).await;
            };
            tokio::select! {
                Ok(_) = stop.wait_for(|stop| *stop) => {}
                () = next_look => {}
            }
        }
        while sending.join_next().await.is_some() {}
        self.mailer.dispatcher.rest().await;
    }

    /// Sends everything that is due and returns when it is settled. Returns how many mails were taken up.
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

    /// Claims as many mails as there are `turns`, and tells what the next ones wait for.
    async fn claim_and_send(&self, mut turns: Turn, sending: &mut JoinSet<()>) -> Result<Waiting, StoreError> {
        while sending.try_join_next().is_some() {}
        let claimed = self.mailer.claim(turns.num_permits()).await?;
        for mail in claimed.unknown.iter().filter(|name| self.mailer.unknown_kinds.is_new(name)) {
            tracing::warn!(
                mail,
                "mails of a kind that this program does not know wait for a newer program; this is told once"
            );
        }
        for mail in claimed.mails {
            let turn = turns.split(1).expect("no more mails are claimed than there are turns");
            let (mailer, all_turns) = (Arc::clone(&self.mailer), self.turns.clone());
            sending.spawn(async move { mailer.send_and_settle(mail, &all_turns, turn).await });
        }
        let pause = self.until(claimed.next_due_at);
        let all_turns_are_taken = turns.num_permits() == 0;
        Ok(if all_turns_are_taken && pause.is_zero() { Waiting::ForATurn } else { Waiting::For(pause) })
    }

    /// Returns how long nothing will be due. Whole seconds: an instant within the present one has come.
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
        // The turn is over then: the next mail need not wait for this one to be settled.
        let (sent, hold) = lease.keep(turns.spend(turn, self.send(&mail))).await;
        let settlement = match &sent {
            Ok(()) | Err(Unsent::Obsolete(_)) => Settlement::Done,
            Err(Unsent::Failed(error)) => self.postpone_or_park(&mail, error),
        };
        if settle(&self.store, &mail, &settlement, hold).await {
            self.log(&mail, &sent, &settlement);
        }
        if matches!(settlement, Settlement::Postponed { .. }) {
            // It may be due before anything else.
            self.bell.notify_one();
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
            link: self.link(self.pages_of(mail), kind, user, recipient)?,
        };
        let to = EmailAddress::from_stored(recipient);
        Ok(self.dispatcher.send(kind, &context, &to, &mail.id, mail.created_at).await?)
    }

    /// Returns the pages of the mail's contract. Those of the site where it names none, or one that is not on any more:
    /// the mail's reader has only this link.
    fn pages_of(&self, mail: &ClaimedMail) -> &Pages {
        let Some(contract) = &mail.contract else { return self.pages.of_site() };
        self.pages.of_contract(contract).unwrap_or_else(|| {
            if self.unknown_contracts.is_new(contract) {
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
            DeliveryFault::Delayed => self.schedule.next_attempt_at(mail.created_at, mail.attempts, now),
        };
        let error = error.to_string();
        match next {
            Some(due_at) => Settlement::Postponed { due_at, error },
            None => Settlement::Parked { at: now, error },
        }
    }

    /// Returns what became of a mail, once the database knows it.
    fn log(&self, claimed: &ClaimedMail, sent: &Result<(), Unsent>, settlement: &Settlement) {
        let ClaimedMail { id, kind, attempts, user, .. } = claimed;
        let mail = kind.map(MailKind::as_str);
        let user_id = user.as_ref().map(|user| user.id.as_str());
        match (sent, settlement) {
            (Ok(()), _) => {
                self.complaints.forget_old();
                tracing::info!(mail_id = %id, mail, user_id, "mail sent");
            }
            (Err(Unsent::Obsolete(why)), _) => tracing::debug!(mail_id = %id, mail, why, "mail dropped"),
            (Err(Unsent::Failed(error)), Settlement::Postponed { due_at, .. }) => {
                let (code, reason) = (error.code(), error.reason());
                if error.is_about_the_sender() && self.complaints.is_new(error) {
                    tracing::error!(
                        code,
                        error = reason,
                        "the mail server refuses mails of this sender or this machine; they wait, see [mail] in the \
                         settings"
                    );
                }
                tracing::warn!(mail_id = %id, user_id, attempts, code, error = reason, %due_at, "mail postponed");
            }
            (Err(Unsent::Failed(error)), Settlement::Parked { .. } | Settlement::Done) => {
                let (code, error) = (error.code(), error.reason());
                tracing::error!(mail_id = %id, user_id, attempts, code, error, "mail parked");
            }
        }
    }
}
