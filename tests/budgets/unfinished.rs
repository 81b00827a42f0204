//! What costs nothing: attempts of which nobody learns whether they were right.

use std::num::NonZeroUsize;

use countersign::accounts::{Client, TypedName};
use countersign::passwords::Password;
use futures_util::future::{FutureExt, join};
use serde_json::json;

use super::{WRONG, by_account};
use crate::support::TestApp;
use crate::support::accounts::NEW_PASSWORD;
use crate::support::test_app::PASSWORD;

fn password(text: &str) -> Password {
    Password::parse(text, 100).expect("a password")
}

/// Another one on the same database, whose one hashing thread takes long and lets some more wait.
async fn slow(app: &TestApp, queue: usize) -> TestApp {
    app.sibling(|settings| {
        by_account(settings);
        settings.passwords.threads = NonZeroUsize::MIN;
        settings.passwords.queue = NonZeroUsize::new(queue).expect("not zero");
        (settings.passwords.memory_kib, settings.passwords.passes) = (65_536, 32);
    })
    .await
}

/// Makes requests while the hashing queue is full.
async fn while_busy<F: Future<Output = ()>>(app: &TestApp, requests: F) {
    let hash = || Box::pin(app.accounts().hasher().hash(password(WRONG)));
    let mut waiting = Vec::new();
    // One that the thread has taken out of the queue, and one that fills it.
    while waiting.len() < 2 {
        let mut next = hash();
        if (&mut next).now_or_never().is_none() {
            waiting.push(next);
        }
        tokio::task::yield_now().await;
    }
    let _ = join(futures_util::future::join_all(waiting), requests).await;
}

#[tokio::test]
async fn a_busy_server_charges_nothing() {
    let app = TestApp::with(by_account).await;
    let (_, token) = app.somebody("ann").await;
    let slow = slow(&app, 1).await;
    while_busy(&slow, async {
        for number in 0..11 {
            let mut answers =
                vec![slow.log_in("ann", PASSWORD).await, slow.change_password(&token, PASSWORD, NEW_PASSWORD).await];
            if number < 6 {
                answers.push(slow.register("bob", json!({})).await);
            }
            assert!(answers.iter().all(|answer| answer.status == 503), "{answers:?}");
        }
    })
    .await;
    for _ in 0..9 {
        app.log_in("ann", WRONG).await.expect(400);
    }
    app.log_in("ann", PASSWORD).await.expect(200);
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
    app.register("bob", json!({})).await.expect(201);
}

#[tokio::test]
async fn a_client_that_goes_away_is_charged_nothing() {
    let app = TestApp::with(by_account).await;
    app.verified("ann").await;
    let slow = slow(&app, 1_000).await;
    let network = Some(countersign::identity::Network::of("127.0.0.1".parse().expect("an address")));
    for number in 0..12 {
        let client = Client { network, ..Client::default() };
        let mut guess = Box::pin(slow.accounts().log_in(TypedName::Any("ann"), password(WRONG), client));
        // Goes on until it has been paid for, or is about to be, and is dropped there.
        let before = slow.store().statements_run();
        while slow.store().statements_run() < before + 4 + number % 5 {
            assert!((&mut guess).now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        drop(guess);
    }
    // What is given back is on its way.
    while app.log_in("ann", PASSWORD).await.status == 429 {
        tokio::task::yield_now().await;
    }
    for _ in 0..10 {
        app.log_in("ann", WRONG).await.expect(400);
    }
}

#[tokio::test]
async fn a_database_that_fails_charges_nothing() {
    let app = TestApp::with(by_account).await;
    app.verified("ann").await;
    app.execute("ALTER TABLE sessions RENAME TO sessions_away");
    for _ in 0..12 {
        assert_eq!(app.log_in("ann", PASSWORD).await.status, 500);
    }
    app.execute("ALTER TABLE sessions_away RENAME TO sessions");
    app.log_in("ann", PASSWORD).await.expect(200);
}
