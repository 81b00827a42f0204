//! Replicas of the program, each started again whenever it has ended, as an orchestrator does.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::people::Addresses;
use crate::process::{Home, Program};

/// How often a replica is looked after.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(20);
/// The pause before a replica is started again that could not start, as it cannot without its database.
const START_AGAIN_AFTER: Duration = Duration::from_millis(200);
/// What every start but the last may take.
const UP_WITHIN: Duration = Duration::from_secs(60);

/// What is done to a replica.
enum Order {
    /// SIGKILL, and another start.
    Kill,
    /// SIGTERM, and no other start.
    Stop,
}

/// How a replica lived.
#[derive(Debug, Default)]
pub struct Life {
    pub kills: usize,
    /// How often it could not start.
    pub failed_starts: usize,
    /// What it last said before it ended though nobody had told it to.
    pub ended_by_itself: Vec<String>,
}

struct Replica {
    address: watch::Receiver<Option<String>>,
    orders: mpsc::UnboundedSender<Order>,
    life: JoinHandle<Life>,
}

pub struct Fleet(Vec<Replica>);

impl Fleet {
    /// A replica at home in each of these.
    pub fn start(homes: Vec<Home>) -> Self {
        let replicas = homes.into_iter().map(|home| {
            let (tell, address) = watch::channel(None);
            let (orders, given) = mpsc::unbounded_channel();
            Replica { address, orders, life: tokio::spawn(look_after(home, tell, given)) }
        });
        Self(replicas.collect())
    }

    pub fn addresses(&self) -> Addresses {
        Addresses::new(self.0.iter().map(|replica| replica.address.clone()).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Kills a replica, whatever it is at, even if it has only begun to start.
    pub fn kill(&self, number: usize) {
        self.0[number].orders.send(Order::Kill).expect("it is looked after");
    }

    /// Waits until every replica is up.
    pub async fn wait_until_up(&self) {
        for replica in &self.0 {
            let mut address = replica.address.clone();
            let up = tokio::time::timeout(UP_WITHIN, address.wait_for(Option::is_some)).await;
            assert!(matches!(up, Ok(Ok(_))), "a replica does not start");
        }
    }

    /// Stops every replica in order, and tells how all lived.
    pub async fn stop(self) -> Life {
        let mut all = Life::default();
        for replica in &self.0 {
            replica.orders.send(Order::Stop).expect("it is looked after");
        }
        for replica in self.0 {
            let life = replica.life.await.expect("looking after it does not panic");
            all.kills += life.kills;
            all.failed_starts += life.failed_starts;
            all.ended_by_itself.extend(life.ended_by_itself);
        }
        all
    }
}

async fn look_after(
    home: Home,
    tell: watch::Sender<Option<String>>,
    mut orders: mpsc::UnboundedReceiver<Order>,
) -> Life {
    let mut life = Life::default();
    loop {
        let mut program = home.serve();
        let order = tokio::select! {
            order = orders.recv() => order,
            () = watch_over(&mut program, &tell) => None,
        };
        let was_up = tell.send_replace(None).is_some();
        match order {
            Some(Order::Kill) => {
                life.kills += 1;
                program.kill();
            }
            Some(Order::Stop) => {
                program.terminate();
                let status = program.ended().await;
                assert!(status.success(), "{status} after SIGTERM:\n{}", program.log());
                return life;
            }
            None if was_up => life.ended_by_itself.push(program.log()),
            None => {
                life.failed_starts += 1;
                tokio::time::sleep(START_AGAIN_AFTER).await;
            }
        }
    }
}

/// Tells where the program listens once it does; comes back when it has ended.
async fn watch_over(program: &mut Program, tell: &watch::Sender<Option<String>>) {
    let address = program.address();
    let mut tick = tokio::time::interval(LOOK_AGAIN_AFTER);
    while program.has_ended().is_none() {
        tick.tick().await;
        if tell.borrow().is_none() && address.borrow().is_some() {
            tell.send_replace(address.borrow().clone());
        }
    }
}
