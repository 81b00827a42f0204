//! Compares what people were told with what is there.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use countersign::Settings;
use countersign::internals::{Store, User};
use countersign::settings::DatabaseUrl;

use super::ledger::Told;
use crate::process::Home;
use crate::support::letters::Mailbox;
use crate::support::smtp_server::SmtpServer;
use crate::support::stored_users::all_users;

/// How long the outbox may take to get empty once all is well: a lease, the longest pause between two attempts, and
/// the sending.
const DRAINED_WITHIN: Duration = Duration::from_secs(120);

/// What was found.
#[derive(Clone, Copy, Debug)]
pub struct Findings {
    pub users: usize,
    pub verified: usize,
    pub mails: usize,
    pub duplicates: usize,
}

/// Opens the database that `home`'s program uses, at `url`.
pub async fn open(home: &Home, url: DatabaseUrl) -> Store {
    let mut settings = Settings::load(Some(&home.settings()), []).expect("the program took them");
    settings.database.url = url;
    Store::open(settings.database).await.expect("the database is there")
}

/// Waits until every mail is sent, and tells how long that took.
///
/// # Panics
///
/// If one is parked, or it takes too long.
pub async fn wait_until_drained(store: &Store) -> Duration {
    let began = Instant::now();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        let waiting = store.list_mails(100).await.expect("the database answers");
        if waiting.is_empty() {
            return began.elapsed();
        }
        assert!(waiting.iter().all(|mail| mail.parked_at.is_none()), "parked: {waiting:?}");
        assert!(began.elapsed() < DRAINED_WITHIN, "mails still wait: {waiting:?}");
    }
}

/// While mails still wait and nobody registers any more: every user has a mail or one that waits, and every mail that
/// waits has a user.
pub async fn assert_nothing_half_made(store: &Store, smtp: &SmtpServer) {
    // In this order: a mail that is sent in between is found among those that were received.
    let users = all_users(store).await;
    let waiting = store.list_mails(i64::MAX).await.expect("the database answers");
    let mailbox = Mailbox::read(smtp);
    let ids: HashSet<&str> = users.iter().map(|user| user.id.as_str()).collect();
    let promised: HashSet<&str> =
        waiting.iter().filter_map(|mail| mail.user_id.as_ref()).map(|id| id.as_str()).collect();
    let ownerless: Vec<_> = promised.difference(&ids).collect();
    assert!(ownerless.is_empty(), "mails without a user: {ownerless:?}");
    let mailless: Vec<_> =
        users.iter().filter(|user| !promised.contains(user.id.as_str()) && !mailbox.has_mail_of(name(user))).collect();
    assert!(mailless.is_empty(), "users without a mail: {mailless:?}");
}

/// Once every mail is sent and every fault is over.
///
/// # Panics
///
/// If anything that was told is not so, or anything is so that nobody did.
pub async fn assert_all_kept(store: &Store, smtp: &SmtpServer, told: &Told, most_duplicates: usize) -> Findings {
    let users = all_users(store).await;
    let mailbox = Mailbox::read(smtp);
    assert!(told.wrong.is_empty(), "{} answers that nobody should get: {:#?}", told.wrong.len(), told.wrong.get(..5));

    let names: HashSet<&str> = users.iter().map(name).collect();
    let lost: Vec<_> = told.registered.iter().filter(|name| !names.contains(name.as_str())).collect();
    assert!(lost.is_empty(), "{} told 201 and not there: {lost:?}", lost.len());
    let mailless: Vec<_> = names.iter().filter(|name| !mailbox.has_mail_of(name)).collect();
    assert!(mailless.is_empty(), "{} users without a mail: {mailless:?}", mailless.len());
    assert_eq!(mailbox.people(), users.len(), "mails to people who are no users");

    let verified: HashSet<&str> =
        users.iter().filter(|user| user.verified_at.is_some()).filter_map(|user| user.email.as_deref()).collect();
    let forgotten: Vec<_> = told.verified.iter().filter(|address| !verified.contains(address.as_str())).collect();
    assert!(forgotten.is_empty(), "{} told 200 and not verified: {forgotten:?}", forgotten.len());
    let unasked: Vec<_> = verified.iter().filter(|address| !told.followed.contains(**address)).collect();
    assert!(unasked.is_empty(), "{} verified whose link nobody used: {unasked:?}", unasked.len());

    let duplicates = mailbox.received_twice();
    assert!(mailbox.duplicates_share_their_message_id(), "a duplicate cannot be recognised");
    let findings = Findings { users: users.len(), verified: verified.len(), mails: mailbox.mails(), duplicates };
    assert!(duplicates <= most_duplicates, "too many duplicates: {findings:?}");
    findings
}

fn name(user: &User) -> &str {
    user.username.as_deref().expect("everybody gave one")
}
