//! Clients that register one user after the other, wherever the program is at the moment.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::process::registration;

/// A client gives up an answer after this, as people do.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take until enough have registered, once nobody kills the program any more.
const ENOUGH_WITHIN: Duration = Duration::from_secs(120);

/// What became of the registrations.
#[derive(Debug, Default)]
pub struct Attempts {
    /// The names of those who were told 201.
    pub acknowledged: Vec<String>,
    /// How many got no answer: they may be users or not.
    pub unanswered: usize,
    /// How many were told to come back.
    pub postponed: usize,
}

pub struct Clients {
    working: JoinSet<Attempts>,
    /// Who was told 201 so far, by all clients.
    acknowledged: watch::Receiver<Vec<String>>,
}

impl Clients {
    /// Clients that work until `base_url` has no sender any more.
    pub fn start(count: usize, base_url: &watch::Receiver<Option<String>>) -> Self {
        let mut working = JoinSet::new();
        let (tell, acknowledged) = watch::channel(Vec::new());
        for number in 0..count {
            working.spawn(register_many(number, base_url.clone(), tell.clone()));
        }
        Self { working, acknowledged }
    }

    /// Waits until so many were told 201.
    pub async fn wait_for(&mut self, count: usize) {
        let enough = self.acknowledged.wait_for(|acknowledged| acknowledged.len() >= count);
        let enough = tokio::time::timeout(ENOUGH_WITHIN, enough).await;
        enough.expect("people can register").expect("the clients go on");
    }

    /// The names of those who were told 201 so far.
    pub fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.borrow().clone()
    }

    /// Waits until all have ended, and adds up what they saw.
    pub async fn finish(self) -> Attempts {
        let mut all = Attempts::default();
        for attempts in self.working.join_all().await {
            all.acknowledged.extend(attempts.acknowledged);
            all.unanswered += attempts.unanswered;
            all.postponed += attempts.postponed;
        }
        all
    }
}

async fn register_many(
    client: usize,
    mut base_url: watch::Receiver<Option<String>>,
    told: watch::Sender<Vec<String>>,
) -> Attempts {
    let http = reqwest::Client::builder().timeout(PATIENCE).build().expect("nothing special is asked of it");
    let mut attempts = Attempts::default();
    for number in 0.. {
        let name = format!("person-{client}-{number}");
        let Ok(Some(url)) = base_url.wait_for(Option::is_some).await.map(|url| url.clone()) else { break };
        match http.post(format!("{url}register/")).json(&registration(&name)).send().await.map(|answer| answer.status())
        {
            Ok(StatusCode::CREATED) => {
                told.send_modify(|acknowledged| acknowledged.push(name.clone()));
                attempts.acknowledged.push(name);
            }
            Ok(StatusCode::SERVICE_UNAVAILABLE) => attempts.postponed += 1,
            Ok(status) => panic!("{name} was told {status}"),
            Err(_) => {
                attempts.unanswered += 1;
                // The program was killed: the next one is somewhere else.
                if base_url.changed().await.is_err() {
                    break;
                }
            }
        }
    }
    attempts
}
