//! Clients that register one user after the other, wherever the program is at the moment.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::process::registration;

/// A client gives up an answer after this, as people do.
const PATIENCE: Duration = Duration::from_secs(5);

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

pub struct Clients(JoinSet<Attempts>);

impl Clients {
    /// Clients that work until `base_url` has no sender any more.
    pub fn start(count: usize, base_url: &watch::Receiver<Option<String>>) -> Self {
        let mut clients = JoinSet::new();
        for number in 0..count {
            clients.spawn(register_many(number, base_url.clone()));
        }
        Self(clients)
    }

    /// Waits until all have ended, and adds up what they saw.
    pub async fn finish(self) -> Attempts {
        let mut all = Attempts::default();
        for attempts in self.0.join_all().await {
            all.acknowledged.extend(attempts.acknowledged);
            all.unanswered += attempts.unanswered;
            all.postponed += attempts.postponed;
        }
        all
    }
}

async fn register_many(client: usize, mut base_url: watch::Receiver<Option<String>>) -> Attempts {
    let http = reqwest::Client::builder().timeout(PATIENCE).build().expect("nothing special is asked of it");
    let mut attempts = Attempts::default();
    for number in 0.. {
        let name = format!("person-{client}-{number}");
        let Ok(Some(url)) = base_url.wait_for(Option::is_some).await.map(|url| url.clone()) else { break };
        match http.post(format!("{url}register/")).json(&registration(&name)).send().await.map(|answer| answer.status())
        {
            Ok(StatusCode::CREATED) => attempts.acknowledged.push(name),
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
