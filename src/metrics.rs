//! What the program counts for operators: requests, hashing, mails, links, logins.
//!
//! The rooms count through [`Metrics`], which does nothing where `metrics.bind` is not set. The program's own server
//! writes all of it in the OpenMetrics text format. `docs/metrics.md` lists every metric.
//!
//! Labels have few values, which are all known to the program: route templates, kinds, outcomes. They never hold what a
//! client sent.

mod endpoint;
mod labels;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

pub(crate) use endpoint::EndpointMetrics;
use endpoint::{RequestCounters, SECONDS};
use labels::{EventLabels, LinkLabels, LoginLabels, MailLabels};

/// Events that are counted as 0 from the start: an alert on a counter that appears with its first event misses that event.
const EVENTS: [&str; 11] = [
    "registered",
    "activated",
    "logged_in",
    "login_failed",
    "password_changed",
    "password_reset",
    "email_changed",
    "deleted",
    "purged",
    "refresh_token_replayed",
    "old_link_used",
];

/// Methods and outcomes of logins, likewise.
const LOGINS: [(&str, &str); 8] = [
    ("password", "succeeded"),
    ("password", "wrong_password"),
    ("password", "no_such_user"),
    ("password", "unverified"),
    ("password", "disabled"),
    ("password", "overtaken"),
    ("provider", "succeeded"),
    ("provider", "refused"),
];

/// The counters of a program. Clones share them. The default counts nothing.
#[derive(Clone, Default)]
pub struct Metrics(Option<Arc<Registered>>);

struct Registered {
    registry: Registry,
    requests: RequestCounters,
    hashing_wait_seconds: Histogram,
    hashing_rejected: Counter,
    hashing_queue: Gauge,
    logins: Family<LoginLabels, Counter>,
    links: Family<LinkLabels, Counter>,
    events: Family<EventLabels, Counter>,
    sessions_ended: Counter,
    mails: Family<MailLabels, Counter>,
    outbox_waiting: Gauge<f64, AtomicU64>,
    outbox_parked: Gauge<f64, AtomicU64>,
    oldest_due_mail_seconds: Gauge<f64, AtomicU64>,
    database_up: Gauge,
}

/// What became of a link that a user followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkOutcome {
    /// It did what it is for.
    Verified,
    /// It was used before.
    Used,
    /// It is too old.
    Expired,
    /// It is not from this site, or for another state of the user.
    Invalid,
    /// It is good, and something else was refused, such as the new password.
    Refused,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MailOutcome {
    /// The mail server took it.
    Sent,
    /// It is tried again later.
    Retried,
    /// It waits for an operator.
    Parked,
    /// It had become pointless.
    Dropped,
}

/// What is looked up when the metrics are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed {
    /// Passwords that wait to be hashed.
    pub(crate) hashing_queue: usize,
    /// The outbox; absent if the database does not answer.
    pub(crate) outbox: Option<OutboxState>,
}

/// The mails in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OutboxState {
    /// Mails that are tried again by themselves.
    pub(crate) waiting: u64,
    /// Mails that wait for an operator.
    pub(crate) parked: u64,
    /// For how long the oldest mail has been due.
    pub(crate) oldest_due_seconds: u64,
}

impl Metrics {
    /// Returns counters that count, all at zero.
    pub(crate) fn counting() -> Self {
        let mut registry = Registry::default();
        let metrics = Registered {
            requests: RequestCounters::default(),
            hashing_wait_seconds: Histogram::new(SECONDS),
            hashing_rejected: Counter::default(),
            hashing_queue: Gauge::default(),
            logins: Family::default(),
            links: Family::default(),
            events: Family::default(),
            sessions_ended: Counter::default(),
            mails: Family::default(),
            outbox_waiting: Gauge::default(),
            outbox_parked: Gauge::default(),
            oldest_due_mail_seconds: Gauge::default(),
            database_up: Gauge::default(),
            registry: Registry::default(),
        };
        for event in EVENTS {
            drop(metrics.events.get_or_create(&EventLabels { event }));
        }
        for (method, outcome) in LOGINS {
            drop(metrics.logins.get_or_create(&LoginLabels { method, outcome }));
        }
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("countersign_build", "The version of the program", build);
        let all = &mut registry;
        metrics.requests.register(all);
        let wait = "Time that passwords waited to be hashed";
        let histogram = metrics.hashing_wait_seconds.clone();
        all.register_with_unit("countersign_hashing_wait", wait, Unit::Seconds, histogram);
        let rejected = "Passwords that were not hashed because the queue was full (503)";
        all.register("countersign_hashing_rejected", rejected, metrics.hashing_rejected.clone());
        let queue = "Passwords that wait to be hashed now";
        all.register("countersign_hashing_queue_depth", queue, metrics.hashing_queue.clone());
        let logins = "Logins by method and outcome";
        all.register("countersign_logins", logins, metrics.logins.clone());
        let links = "Mailed links that were followed, by purpose, the system that mailed them, and outcome";
        all.register("countersign_links_followed", links, metrics.links.clone());
        let events = "Events of accounts";
        all.register("countersign_account_events", events, metrics.events.clone());
        let ended = "Sessions that users ended in their list of sessions";
        all.register("countersign_sessions_ended", ended, metrics.sessions_ended.clone());
        let mails = "Mails settled by this process, by kind and outcome";
        all.register("countersign_mails", mails, metrics.mails.clone());
        let waiting = "Mails in the outbox that are tried by themselves; NaN while the database does not answer";
        all.register("countersign_outbox_waiting_mails", waiting, metrics.outbox_waiting.clone());
        let parked = "Mails in the outbox that wait for an operator; NaN while the database does not answer";
        all.register("countersign_outbox_parked_mails", parked, metrics.outbox_parked.clone());
        let oldest = "For how long the oldest mail has been due; NaN while the database does not answer";
        let gauge = metrics.oldest_due_mail_seconds.clone();
        all.register_with_unit("countersign_outbox_oldest_due", oldest, Unit::Seconds, gauge);
        let up = "1 if the database answered when the metrics were written, else 0";
        all.register("countersign_database_up", up, metrics.database_up.clone());
        Self(Some(Arc::new(Registered { registry, ..metrics })))
    }

    /// Returns the counters of one endpoint; none where nothing is counted.
    pub(crate) fn endpoint(&self, contract: &'static str, path: &str) -> Option<EndpointMetrics> {
        Some(EndpointMetrics::new(self.0.as_ref()?.requests.clone(), contract, path))
    }

    /// Returns the beginning of a wait for the hasher, for [`Metrics::hashing_waited`].
    pub(crate) fn hashing_waits(&self) -> Option<Instant> {
        self.0.as_ref().map(|_| Instant::now())
    }

    /// Counts a password whose turn has come.
    pub(crate) fn hashing_waited(&self, since: Option<Instant>) {
        if let (Some(metrics), Some(since)) = (&self.0, since) {
            metrics.hashing_wait_seconds.observe(since.elapsed().as_secs_f64());
        }
    }

    /// Counts a password for which the queue had no place.
    pub(crate) fn hashing_rejected(&self) {
        if let Some(metrics) = &self.0 {
            metrics.hashing_rejected.inc();
        }
    }

    /// Counts a login.
    pub(crate) fn login(&self, method: &'static str, outcome: &'static str) {
        if let Some(metrics) = &self.0 {
            metrics.logins.get_or_create(&LoginLabels { method, outcome }).inc();
        }
    }

    /// Counts a link that was followed, and that `system` has mailed.
    pub(crate) fn link(&self, purpose: &'static str, system: &'static str, outcome: LinkOutcome) {
        if let Some(metrics) = &self.0 {
            metrics.links.get_or_create(&LinkLabels { purpose, system, outcome: outcome.as_str() }).inc();
        }
    }

    /// Counts an event of an account.
    pub(crate) fn event(&self, event: &'static str) {
        if let Some(metrics) = &self.0 {
            metrics.events.get_or_create(&EventLabels { event }).inc();
        }
    }

    /// Counts sessions that were ended together.
    pub(crate) fn sessions_ended(&self, sessions: usize) {
        if let Some(metrics) = &self.0 {
            metrics.sessions_ended.inc_by(count(sessions));
        }
    }

    /// Counts a mail that was settled.
    pub(crate) fn mail(&self, kind: &'static str, outcome: MailOutcome) {
        if let Some(metrics) = &self.0 {
            metrics.mails.get_or_create(&MailLabels { kind, outcome: outcome.as_str() }).inc();
        }
    }

    /// Returns whether anything is counted.
    pub(crate) fn are_on(&self) -> bool {
        self.0.is_some()
    }

    /// Returns all metrics as OpenMetrics text; `None` where nothing is counted.
    pub(crate) fn text(&self, observed: Observed) -> Option<String> {
        let metrics = self.0.as_ref()?;
        metrics.hashing_queue.set(i64::try_from(observed.hashing_queue).unwrap_or(i64::MAX));
        metrics.database_up.set(i64::from(observed.outbox.is_some()));
        let seen =
            |read: fn(&OutboxState) -> u64| observed.outbox.as_ref().map_or(f64::NAN, |state| number(read(state)));
        metrics.outbox_waiting.set(seen(|state| state.waiting));
        metrics.outbox_parked.set(seen(|state| state.parked));
        metrics.oldest_due_mail_seconds.set(seen(|state| state.oldest_due_seconds));
        let mut text = String::new();
        encode(&mut text, &metrics.registry).expect("a String takes all that is written");
        Some(text)
    }
}

impl LinkOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Invalid => "invalid",
            Self::Refused => "refused",
        }
    }
}

impl MailOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Retried => "retried",
            Self::Parked => "parked",
            Self::Dropped => "dropped",
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Returns a count as a float, exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "no outbox holds 2^53 mails")]
fn number(count: u64) -> f64 {
    count as f64
}
