//! Sends mails to a mail server over a few connections, which are kept while there are mails to send.
//!
//! The SMTP client is implemented here, because lettre has three faults for this use: it accepts replies that arrived
//! before TLS as replies inside TLS, it does not report which command a server refused, and it has a single time limit
//! for all commands.

mod addresses;
mod advice;
mod channel;
mod checking;
mod connecting;
mod connection;
mod failure;
mod offers;
mod refusal;
mod stage;
mod tls;

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_native_tls::TlsConnector;

use self::addresses::Addresses;
use self::connection::{Parts, Session};
use self::failure::Failure;
use super::error::TransportError;
use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;
use crate::mail::settings::SmtpRelay;
use crate::mail::turns::Turns;
use crate::settings::SmtpTls;

/// Servers close idle connections after some minutes (RFC 5321 asks for 5). A kept connection younger than this is
/// tried.
const IDLE_LIMIT: Duration = Duration::from_secs(60);

/// How long a mail waits for one of our other connections if the server refuses another one. It is shorter than the
/// shortest pause of the retries, which would be the alternative.
const CROWDED_FOR: Duration = Duration::from_secs(8);
/// The most attempts while it waits.
const CROWDED_ATTEMPTS: usize = 50;

pub(super) struct Smtp {
    settings: SmtpRelay,
    hello: String,
    tls: Option<TlsConnector>,
    addresses: Addresses,
    turns: Turns,
    idle: Mutex<Vec<Idle>>,
    busy: Arc<Busy>,
}

/// A connection that waits for the next mail.
struct Idle {
    parts: Parts,
    since: Instant,
}

/// The connections that mails use, or wait for.
#[derive(Debug)]
struct Busy {
    count: AtomicUsize,
    /// Changes when the server has accepted a mail, so that its connection is free, and when no connection is busy.
    freed: watch::Sender<()>,
}

/// Counts a connection for as long as a mail uses it.
struct Counted(Arc<Busy>);

/// A connection in use.
struct Lent<'a> {
    session: Session<'a>,
    /// Whether this connection has sent a mail before.
    is_used: bool,
    /// The server's other addresses, if this connection is new.
    untried: Vec<SocketAddr>,
    _counted: Counted,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl Counted {
    fn new(busy: &Arc<Busy>) -> Self {
        busy.count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(busy))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.freed.send_replace(());
        }
    }
}

impl Smtp {
    pub(super) fn new(settings: SmtpRelay) -> Result<Self, TransportError> {
        let tls = match settings.tls {
            SmtpTls::None => None,
            SmtpTls::StartTls | SmtpTls::Implicit => Some(tls::connector(settings.tls_ca_file.as_deref())?),
        };
        Ok(Self {
            hello: settings.hello_name.clone().unwrap_or_else(host_name),
            tls,
            addresses: Addresses::default(),
            turns: Turns::new(settings.pool_size.get()),
            idle: Mutex::default(),
            busy: Arc::new(Busy { count: AtomicUsize::new(0), freed: watch::Sender::new(()) }),
            settings,
        })
    }

    pub(super) async fn send_mail(&self, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        let turn = self.turns.next().await;
        self.turns.spend(turn, self.send_in_turn(mail)).await
    }

    pub(super) async fn close_idle(&self) {
        let idle = std::mem::take(&mut *self.idle());
        let farewells = idle.into_iter().map(|idle| self.part_from(idle));
        futures_util::future::join_all(farewells).await;
    }

    async fn send_in_turn(&self, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        // The time limit ends before the end of the mail's text: after it the server may have accepted the mail, and
        // would get it a second time.
        let mut lent = self.within(self.settings.send_timeout, self.offer(mail)).await?;
        let taken = lent.session.taken().await;
        self.give_back(lent, taken.as_ref().err());
        taken.map_err(|failure| failure.error)
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, DeliveryError> {
        match timeout(limit, work).await {
            Ok(done) => done.map_err(|failure| failure.error),
            Err(_) => Err(DeliveryError::delayed(None, &format!("sending took longer than {} ms", limit.as_millis()))),
        }
    }

    /// Sends the mail, over another connection, to another address, or a moment later where that may help.
    async fn offer(&self, mail: &OutgoingMail) -> Result<Lent<'_>, Failure> {
        let give_up_at = Instant::now() + CROWDED_FOR;
        let mut attempts_left = CROWDED_ATTEMPTS;
        loop {
            let failure = match self.offer_over(self.lend().await, mail).await {
                Ok(lent) => return Ok(lent),
                Err(None) => continue,
                Err(Some(failure)) => failure,
            };
            attempts_left -= 1;
            if attempts_left == 0
                || !failure.may_be_of_too_many_connections()
                || !self.another_is_free(give_up_at).await
            {
                return Err(failure);
            }
        }
    }

    /// Sends the mail over this connection, or to the next address if this one fails before the mail's text. Returns
    /// `None` if the connection was worn, so that a new one may succeed.
    async fn offer_over<'a>(
        &'a self,
        lent: Result<Lent<'a>, Failure>,
        mail: &OutgoingMail,
    ) -> Result<Lent<'a>, Option<Failure>> {
        let mut lent = lent?;
        let mut before: Option<Failure> = None;
        loop {
            let address = lent.session.address();
            let failure = match lent.session.offer(mail).await {
                Ok(()) => {
                    self.addresses.prefer(address);
                    return Ok(lent);
                }
                Err(failure) if lent.is_used && failure.may_be_of_a_worn_connection() => return Err(None),
                Err(failure) => failure,
            };
            if failure.speaks_against_the_address() {
                self.addresses.demote(address);
            } else {
                self.addresses.prefer(address);
            }
            if failure.may_be_of_one_address() && !lent.untried.is_empty() {
                match self.connect_to(std::mem::take(&mut lent.untried)).await {
                    Ok((session, untried)) => (lent.session, lent.untried) = (session, untried),
                    Err(next) => return Err(Some(failure.or_later(next))),
                }
                before = Some(failure);
                continue;
            }
            // One that may be too many is closed, or the mail would meet it again.
            if !failure.may_be_of_too_many_connections() {
                self.give_back(lent, Some(&failure));
            }
            return Err(Some(match before {
                Some(before) if failure.may_be_of_one_address() => failure.or_later(before),
                _ => failure,
            }));
        }
    }

    /// Waits until a connection that another mail uses is free. Returns whether there was one.
    async fn another_is_free(&self, give_up_at: Instant) -> bool {
        let mut freed = self.busy.freed.subscribe();
        if !self.idle().is_empty() {
            return true;
        }
        if self.busy.count.load(Ordering::SeqCst) == 0 || timeout_at(give_up_at, freed.changed()).await.is_err() {
            return false;
        }
        // If no connection is busy or idle now, all mails wait for each other and none can be freed.
        self.busy.count.load(Ordering::SeqCst) > 0 || !self.idle().is_empty()
    }

    /// Returns a kept connection, or a new one.
    async fn lend(&self) -> Result<Lent<'_>, Failure> {
        let counted = Counted::new(&self.busy);
        let kept = {
            let mut idle = self.idle();
            idle.retain(|idle| idle.since.elapsed() < IDLE_LIMIT);
            idle.pop()
        };
        if let Some(Idle { parts, .. }) = kept {
            if let Ok(session) = Session::resume(&self.settings, parts).await {
                return Ok(Lent { session, is_used: true, untried: Vec::new(), _counted: counted });
            }
            // All kept connections lead to the same server: if one is dead, trying each of the others would cost a time
            // limit.
            self.idle().clear();
        }
        let (session, untried) = self.connect().await?;
        Ok(Lent { session, is_used: false, untried, _counted: counted })
    }

    fn give_back(&self, lent: Lent<'_>, failure: Option<&Failure>) {
        if failure.is_none_or(Failure::leaves_the_connection_usable) {
            let mut idle = self.idle();
            if idle.len() < self.settings.pool_size.get() {
                idle.push(Idle { parts: lent.session.into_parts(), since: Instant::now() });
            }
        }
        if failure.is_none() {
            self.busy.freed.send_replace(());
        }
    }

    async fn part_from(&self, idle: Idle) {
        let Idle { parts, .. } = idle;
        if let Ok(session) = Session::resume(&self.settings, parts).await {
            session.quit().await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the name that this machine gives itself, or an address literal where it has none that EHLO may carry (RFC
/// 5321, 4.1.4).
fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let may_be_said = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_graphic());
    if may_be_said { name } else { "[127.0.0.1]".to_owned() }
}
