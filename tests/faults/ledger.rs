//! What people were told, written down the moment they were told it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::sync::watch;

/// How long people may try in vain before the test calls that a fault of its own.
const PROGRESS_WITHIN: Duration = Duration::from_secs(90);

/// What became of a request.
pub enum Answer {
    /// Done.
    Yes,
    /// 503: to come back later.
    Later,
    /// The connection was refused or lost, or nothing came in time. It may have been done or not.
    None,
    /// What nobody should be told, whatever breaks.
    Wrong(StatusCode, String),
}

impl Answer {
    /// Waits for what a request is told.
    pub async fn to(request: reqwest::RequestBuilder, done: StatusCode) -> Self {
        let Ok(response) = request.send().await else { return Self::None };
        let status = response.status();
        if status == done {
            return Self::Yes;
        }
        match (status, response.text().await) {
            (StatusCode::SERVICE_UNAVAILABLE, _) => Self::Later,
            (_, Ok(text)) => Self::Wrong(status, text),
            (_, Err(_)) => Self::None,
        }
    }
}

/// What all were told until now.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Usernames of those who were told 201.
    pub registered: Vec<String>,
    /// Addresses whose link was used, whatever came back.
    pub followed: HashSet<String>,
    /// Addresses that were told 200 for it.
    pub verified: HashSet<String>,
    /// How many registrations were told 503.
    pub registrations_postponed: usize,
    /// How many registrations got no answer: they may be users or not.
    pub registrations_unanswered: usize,
    /// How many links were told 503 or got no answer.
    pub links_failed: usize,
    /// Answers that nobody should get.
    pub wrong: Vec<String>,
}

/// The book of what was told. Clones write in the same one.
#[derive(Clone)]
pub struct Ledger {
    told: Arc<Mutex<Told>>,
    registered: watch::Sender<usize>,
    last_success_at: watch::Sender<Option<Instant>>,
}

impl Ledger {
    pub fn new() -> Self {
        Self { told: Arc::default(), registered: watch::Sender::new(0), last_success_at: watch::Sender::new(None) }
    }

    pub fn note_registration(&self, username: &str, answer: Answer) {
        match answer {
            Answer::Yes => {
                self.told().registered.push(username.to_owned());
                self.registered.send_modify(|registered| *registered += 1);
                self.last_success_at.send_replace(Some(Instant::now()));
            }
            Answer::Later => self.told().registrations_postponed += 1,
            Answer::None => self.told().registrations_unanswered += 1,
            Answer::Wrong(status, text) => self.told().wrong.push(format!("{username} was told {status}: {text}")),
        }
    }

    /// Before a link is used: from now on its user may be verified.
    pub fn note_use_of_link(&self, address: &str) {
        self.told().followed.insert(address.to_owned());
    }

    pub fn note_verification(&self, address: &str, answer: &Answer) {
        match answer {
            Answer::Yes => drop(self.told().verified.insert(address.to_owned())),
            Answer::Later | Answer::None => self.told().links_failed += 1,
            Answer::Wrong(status, text) => {
                self.told().wrong.push(format!("{address}'s link was told {status}: {text}"))
            }
        }
    }

    pub fn snapshot(&self) -> Told {
        self.told().clone()
    }

    pub fn registered(&self) -> usize {
        *self.registered.borrow()
    }

    /// Waits until so many were told 201.
    ///
    /// # Panics
    ///
    /// If nobody registers for a long time.
    pub async fn wait_for(&self, count: usize) {
        let mut registered = self.registered.subscribe();
        while self.registered() < count {
            let so_far = self.registered();
            let more = tokio::time::timeout(PROGRESS_WITHIN, registered.wait_for(|now| *now > so_far)).await;
            more.unwrap_or_else(|_| panic!("nobody can register: {:?}", self.summary())).expect("the ledger is open");
        }
    }

    /// Waits until it is the turn of one of `of` events (the first is 0) that are spread evenly over `users` who are told
    /// 201.
    pub async fn wait_for_turn(&self, number: usize, of: usize, users: usize) {
        self.wait_for(users * (number + 1) / (of + 1)).await;
    }

    /// Waits until somebody is told 201 later than `moment`, and tells when.
    ///
    /// # Panics
    ///
    /// If that takes a long time.
    pub async fn first_success_after(&self, moment: Instant) -> Instant {
        let mut last = self.last_success_at.subscribe();
        let later = last.wait_for(|last| last.is_some_and(|last| last > moment));
        let later = tokio::time::timeout(PROGRESS_WITHIN, later).await;
        let later = *later.unwrap_or_else(|_| panic!("nobody can register: {:?}", self.summary())).expect("it is open");
        later.expect("it was waited for")
    }

    fn summary(&self) -> (usize, usize, usize, Vec<String>) {
        let told = self.told();
        let wrong = told.wrong.iter().take(3).cloned().collect();
        (told.registered.len(), told.registrations_postponed, told.registrations_unanswered, wrong)
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
