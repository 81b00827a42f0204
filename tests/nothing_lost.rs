//! Nobody who was told "201" waits in vain: the program is killed again and again while people register and the mail
//! server misbehaves, and afterwards every account has its mail.

pub mod clients;

use std::collections::HashSet;
use std::io::Write;
use std::time::{Duration, Instant};

use countersign::Settings;
use countersign::internals::Store;
use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use crate::process::{Home, Program};
use crate::support::dice::{self, Dice};
use crate::support::letters::Mailbox;
use crate::support::smtp_chaos;
use crate::support::smtp_server::SmtpServer;
use crate::support::stored_users::all_users;
use clients::{Attempts, Clients};

/// How often the program is killed.
const KILLS: u32 = 20;
/// The longest it lives, from its start; long enough to get through its start now and then.
const LONGEST_LIFE_MS: u64 = 2_000;
/// How many clients register at the same time.
const CLIENTS: usize = 6;
/// So many register at least: one in a hundred may get a mail twice, and among few people one is soon too many.
const FEWEST_USERS: usize = 4_000;
/// How long the outbox may take to get empty once all is well.
const DRAINED_WITHIN: Duration = Duration::from_secs(120);
/// Of a thousand users, so many may get a mail twice.
const MOST_DUPLICATES_PER_MILLE: usize = 10;

fn settings(smtp: &SmtpServer) -> String {
    format!(
        "[server]\nbind = \"127.0.0.1:0\"\n\
         [log]\nlevel = \"error\"\n\
         [passwords]\nmemory_kib = 8\npasses = 1\n\
         [throttle]\nenabled = false\n\
         [mail]\ntransport = \"smtp\"\nlease_seconds = 5\nsend_timeout_seconds = 2\n\
         first_retry_after_seconds = 1\nlongest_retry_after_seconds = 2\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\nhello_name = \"app.example\"\n\
         command_timeout_seconds = 1\ndata_timeout_seconds = 1\n\
         end_of_data_timeout_seconds = 1\n",
        smtp.port()
    )
}

#[tokio::test]
async fn whoever_was_told_201_has_a_mail_with_a_link_that_verifies() {
    let seed = dice::seed();
    println!("seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again");
    let began = Instant::now();
    let smtp = SmtpServer::start();
    smtp_chaos::misbehave(&smtp, Dice::new(seed));
    let home = Home::new(&settings(&smtp));

    let (attempts, mut program) = register_while_it_is_killed(&home, Dice::new(seed.wrapping_add(1))).await;
    let killed_for = began.elapsed();

    smtp.heal();
    let base_url = program.base_url().await;
    let store = open_store(&home).await;
    wait_until_the_outbox_is_empty(&store).await;
    let drained_for = began.elapsed() - killed_for;

    let mailbox = Mailbox::read(&smtp);
    verify_all(&base_url, &mailbox).await;
    let verified_for = began.elapsed() - drained_for - killed_for;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    let users = all_users(&store).await;

    let twice = mailbox.received_twice();
    let figures = format!(
        "nothing lost: killed {KILLS} times in {:.1} s; {} told 201, {} left without an answer, {} told 503; {} users; \
         outbox empty after {:.1} s; {} mails, {twice} of them duplicates; all verified in {:.1} s; seed {seed}",
        killed_for.as_secs_f64(),
        attempts.acknowledged.len(),
        attempts.unanswered,
        attempts.postponed,
        users.len(),
        drained_for.as_secs_f64(),
        mailbox.mails(),
        verified_for.as_secs_f64(),
    );
    // Past the capture of test output: the figures are wanted though the test passes.
    let _ = writeln!(std::io::stderr(), "{figures}");

    let names: HashSet<&str> = users.iter().filter_map(|user| user.username.as_deref()).collect();
    let lost: Vec<_> = attempts.acknowledged.iter().filter(|name| !names.contains(name.as_str())).collect();
    assert!(lost.is_empty(), "told 201 and not there: {lost:?}; {figures}");
    let without_mail: Vec<_> = names.iter().filter(|name| !mailbox.has_mail_of(name)).collect();
    assert!(without_mail.is_empty(), "users without a mail: {without_mail:?}; {figures}");
    assert_eq!(mailbox.people(), users.len(), "mails to people who are no users; {figures}");
    let half_made: Vec<_> = users.iter().filter(|user| user.verified_at.is_none() || user.email.is_none()).collect();
    assert!(half_made.is_empty(), "{half_made:?}; {figures}");
    assert!(mailbox.duplicates_share_their_message_id(), "{figures}");
    assert!(twice * 1_000 <= users.len() * MOST_DUPLICATES_PER_MILLE, "too many duplicates: {figures}");
}

/// Starts the program and kills it at a random moment, again and again, while clients register; and lets it live the
/// last time.
async fn register_while_it_is_killed(home: &Home, mut dice: Dice) -> (Attempts, Program) {
    let (tell, base_url) = watch::channel(None);
    let mut clients = Clients::start(CLIENTS, &base_url);
    for _ in 0..KILLS {
        let program = home.serve();
        let life = Duration::from_millis(dice.below(LONGEST_LIFE_MS));
        // The kill must come at an arbitrary moment of the work, so there is no event to wait for.
        let death = tokio::time::sleep(life);
        tokio::join!(death, announce(&program, &tell, life));
        program.kill();
    }
    let program = home.serve();
    tell.send_replace(Some(program.base_url().await));
    clients.wait_for(FEWEST_USERS).await;
    // The clients end when nothing tells them any more where the program is.
    tell.send_replace(None);
    drop(tell);
    (clients.finish().await, program)
}

/// Tells the clients where the program listens, if it lives long enough to say so itself.
async fn announce(program: &Program, tell: &watch::Sender<Option<String>>, life: Duration) {
    let mut address = program.address();
    if let Ok(Ok(url)) = tokio::time::timeout(life, address.wait_for(Option::is_some)).await {
        tell.send_replace(url.clone());
    }
}

async fn open_store(home: &Home) -> Store {
    let mut settings = Settings::load(Some(&home.settings()), []).expect("the program took them");
    settings.database.url = countersign::settings::DatabaseUrl::Sqlite(home.path("var/countersign.sqlite3"));
    Store::open(settings.database).await.expect("the program uses it")
}

async fn wait_until_the_outbox_is_empty(store: &Store) {
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let deadline = Instant::now() + DRAINED_WITHIN;
    loop {
        let waiting = store.list_mails(3).await.expect("the database answers");
        if waiting.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "mails still wait: {waiting:?}");
        tick.tick().await;
    }
}

/// Uses the link of every mail, duplicates included.
async fn verify_all(base_url: &str, mailbox: &Mailbox) {
    let client = reqwest::Client::new();
    let url = format!("{base_url}verify-registration/");
    let posts = mailbox.claims().map(|claim| client.post(&url).json(claim).send());
    let mut answers = stream::iter(posts).buffer_unordered(32);
    while let Some(answer) = answers.next().await {
        let answer = answer.expect("the program runs");
        assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    }
}
