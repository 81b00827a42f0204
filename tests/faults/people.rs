//! People: they register, and most of them use the link that they are mailed, wherever a replica is up at the moment.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::ledger::{Answer, Ledger};
use crate::process::registration;
use crate::support::dice::Dice;
use crate::support::letters::{Claim, Letter};
use crate::support::smtp_server::SmtpServer;

/// People give up an answer after this.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two people who register one after the other, this long at most.
const INTERVAL: Duration = Duration::from_millis(50);
/// Whoever is sent away, or meets nobody, takes a breath before doing anything else, this long at most.
const BREATH: Duration = Duration::from_millis(200);
/// How often a link may fail once every fault is over: a replica may find out only then that a connection is dead.
const LAST_TRIES: u32 = 10;
/// Of so many people, one never uses the link.
const ONE_NEVER_IN: u64 = 4;

/// Where the replicas are, each while it is up.
#[derive(Clone)]
pub struct Addresses(Vec<watch::Receiver<Option<String>>>);

impl Addresses {
    pub fn new(of: Vec<watch::Receiver<Option<String>>>) -> Self {
        Self(of)
    }

    /// Any replica that is up.
    fn pick(&self, dice: &mut Dice) -> Option<String> {
        let up: Vec<String> = self.0.iter().filter_map(|address| address.borrow().clone()).collect();
        dice.pick(&up).cloned()
    }
}

/// What all people share.
#[derive(Clone)]
pub struct World {
    pub addresses: Addresses,
    pub ledger: Ledger,
    pub smtp: Arc<SmtpServer>,
}

/// People at work, until they are told that it is enough.
pub struct People {
    world: World,
    registering: JoinSet<()>,
    following: JoinSet<Following>,
    enough: watch::Sender<bool>,
}

impl People {
    /// `count` who register one user after the other, and as many who use the links.
    pub fn start(world: &World, count: u64, seed: u64) -> Self {
        let enough = watch::Sender::new(false);
        let mut registering = JoinSet::new();
        for number in 0..count {
            let dice = Dice::new(seed.wrapping_add(number + 1));
            registering.spawn(register_many(number, world.clone(), dice, enough.subscribe()));
        }
        let mut following = JoinSet::new();
        following.spawn(follow_many(Following::new(world.clone(), count, Dice::new(seed)), enough.subscribe()));
        Self { world: world.clone(), registering, following, enough }
    }

    /// Lets nobody begin to register any more, and waits for the last answers.
    pub async fn stop_registering(&mut self) {
        self.enough.send_replace(true);
        while let Some(done) = self.registering.join_next().await {
            done.expect("people do not panic");
        }
    }

    /// Uses every link that is to be used and has not yet been told 200: every fault is over, so each must work.
    pub async fn finish_following(mut self) {
        self.stop_registering().await;
        let mut following = self.following.join_next().await.expect("it was started").expect("people do not panic");
        following.read_mails_taken();
        for _ in 0..LAST_TRIES {
            following.use_all().await;
        }
        let unused = following.waiting.len();
        assert_eq!(unused, 0, "links do not work though nothing is wrong: {:?}", self.world.ledger.snapshot().wrong);
    }
}

async fn register_many(number: u64, world: World, mut dice: Dice, enough: watch::Receiver<bool>) {
    let http = client();
    for count in 0_u64.. {
        if *enough.borrow() {
            return;
        }
        let Some(url) = world.addresses.pick(&mut dice) else {
            tokio::time::sleep(dice.within(BREATH)).await;
            continue;
        };
        // Each attempt is somebody else: one without an answer is not made again under the same name.
        let username = format!("person-{number}-{count}");
        let request = http.post(format!("{url}register/")).json(&registration(&username));
        let answer = Answer::to(request, StatusCode::CREATED).await;
        let is_done = matches!(answer, Answer::Yes);
        world.ledger.note_registration(&username, answer);
        tokio::time::sleep(dice.within(if is_done { INTERVAL } else { BREATH })).await;
    }
}

/// Those who use links, and the links they hold.
struct Following {
    world: World,
    http: reqwest::Client,
    hands: usize,
    dice: Dice,
    seen: usize,
    /// By address, whether its owner uses links at all.
    uses_links: HashMap<String, bool>,
    waiting: VecDeque<(String, Claim)>,
}

impl Following {
    fn new(world: World, hands: u64, dice: Dice) -> Self {
        let (uses_links, waiting) = (HashMap::new(), VecDeque::new());
        Self { world, http: client(), hands: hands as usize, dice, seen: 0, uses_links, waiting }
    }

    fn read_mails_taken(&mut self) {
        let taken = self.world.smtp.taken_since(self.seen);
        self.seen += taken.len();
        for letter in taken.iter().map(Letter::read) {
            let dice = &mut self.dice;
            let uses = self.uses_links.entry(letter.to.clone()).or_insert_with(|| dice.below(ONE_NEVER_IN) != 0);
            if *uses {
                self.waiting.push_back((letter.to, letter.claim));
            }
        }
    }

    /// Uses each link that waits once, several at a time; those that did not work wait again.
    async fn use_all(&mut self) {
        let mut using = JoinSet::new();
        let mut failed = VecDeque::new();
        while !(self.waiting.is_empty() && using.is_empty()) {
            while let Some((address, claim)) = self.waiting.pop_front_if(|_| using.len() < self.hands) {
                match self.world.addresses.pick(&mut self.dice) {
                    Some(url) => {
                        drop(using.spawn(use_link(self.world.clone(), self.http.clone(), url, address, claim)))
                    }
                    None => failed.push_back((address, claim)),
                }
            }
            if let Some(used) = using.join_next().await {
                failed.extend(used.expect("people do not panic"));
            }
        }
        self.waiting = failed;
    }
}

async fn follow_many(mut following: Following, mut enough: watch::Receiver<bool>) -> Following {
    while !*enough.borrow() {
        following.read_mails_taken();
        let worked_off = following.waiting.len();
        following.use_all().await;
        if following.waiting.len() == worked_off {
            // No new mail, or nobody is up.
            let breath = following.dice.within(BREATH);
            let _ = tokio::time::timeout(breath, enough.wait_for(|enough| *enough)).await;
        }
    }
    following
}

/// Uses a link, and gives it back if that did not work.
async fn use_link(
    world: World,
    http: reqwest::Client,
    url: String,
    address: String,
    claim: Claim,
) -> Option<(String, Claim)> {
    world.ledger.note_use_of_link(&address);
    let request = http.post(format!("{url}verify-registration/")).json(&claim);
    let answer = Answer::to(request, StatusCode::OK).await;
    world.ledger.note_verification(&address, &answer);
    if matches!(answer, Answer::Yes) { None } else { Some((address, claim)) }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(PATIENCE).build().expect("nothing special is asked of it")
}
