//! What happens to PostgreSQL, and to the network before it.

use std::sync::Arc;
use std::time::Duration;

use super::proxy::{Cut, Proxy};
use crate::support::dice::Dice;
use crate::support::postgres_cluster::{PostgresCluster, Stop};

/// The longest the network stalls. Less than people wait for an answer, so that some get theirs late.
const LONGEST_STALL: Duration = Duration::from_secs(4);
/// The longest new connections are refused.
const LONGEST_REFUSAL: Duration = Duration::from_secs(2);
/// The longest PostgreSQL is down on top of what its start takes.
const LONGEST_DOWN: Duration = Duration::from_secs(1);

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseFault {
    Stopped(Stop),
    Cut(Cut),
    Stalled,
    Refused,
}

pub const ALL: [DatabaseFault; 6] = [
    DatabaseFault::Stopped(Stop::Fast),
    DatabaseFault::Stopped(Stop::Immediate),
    DatabaseFault::Cut(Cut::Fin),
    DatabaseFault::Cut(Cut::Reset),
    DatabaseFault::Stalled,
    DatabaseFault::Refused,
];

/// A PostgreSQL and the network before it.
pub struct Database {
    pub cluster: Arc<PostgresCluster>,
    pub proxy: Proxy,
}

impl Database {
    pub fn start(cluster: PostgresCluster) -> Self {
        let proxy = Proxy::start(cluster.port());
        Self { cluster: Arc::new(cluster), proxy }
    }

    /// Lets something go wrong, and comes back when it is well again.
    pub async fn suffer(&self, fault: DatabaseFault, dice: &mut Dice) {
        match fault {
            DatabaseFault::Stopped(how) => {
                self.at_cluster(move |cluster| cluster.stop(how)).await;
                tokio::time::sleep(dice.within(LONGEST_DOWN)).await;
                self.at_cluster(PostgresCluster::resume).await;
            }
            DatabaseFault::Cut(how) => self.proxy.cut_all(how),
            DatabaseFault::Stalled => {
                self.proxy.stall();
                tokio::time::sleep(dice.within(LONGEST_STALL)).await;
                self.proxy.heal();
            }
            DatabaseFault::Refused => {
                self.proxy.refuse();
                self.proxy.cut_all(Cut::Reset);
                tokio::time::sleep(dice.within(LONGEST_REFUSAL)).await;
                self.proxy.heal();
            }
        }
    }

    /// Commands wait for the server, which people must not.
    async fn at_cluster(&self, command: impl FnOnce(&PostgresCluster) + Send + 'static) {
        let cluster = Arc::clone(&self.cluster);
        tokio::task::spawn_blocking(move || command(&cluster)).await.expect("PostgreSQL stops and starts");
    }
}
