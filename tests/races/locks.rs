//! Locks on PostgreSQL: writes that share a transaction hold the locks of all of them.

use std::time::{Duration, Instant};

use countersign::UserId;
use countersign::internals::EmailSharing;

use crate::support::TestApp;

const WAITS_FOR_A_LOCK: &str = "SELECT (count(*) > 0)::text AS line FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'countersign' AND wait_event_type = 'Lock'";
const SOMEBODY_IS_VERIFIED: &str = "SELECT (count(verified_at) > 0)::text AS line FROM users";

fn wait_until(app: &TestApp, holds: &str) {
    let began = Instant::now();
    while app.lines(holds) != ["true"] {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {holds}");
    }
}

#[tokio::test]
async fn of_two_transactions_that_wait_for_each_other_the_one_that_several_requests_share_gives_way_at_once() {
    let app = TestApp::with(|settings| settings.database.connections = 1.try_into().expect("not zero")).await;
    if app.engine() == "sqlite" {
        return;
    }
    let mut ids = Vec::new();
    for name in ["ann", "bob", "cleo"] {
        ids.push(app.registered(name).await.id);
    }
    let [ann, bob, cleo] = [&ids[0], &ids[1], &ids[2]];
    let verify = |id: &str| {
        let id = UserId::from_stored(id);
        app.store().mark_verified(id, app.now(), EmailSharing::Unique, None)
    };
    let lock = |id: &str| format!("SELECT FROM users WHERE id = '{id}' FOR UPDATE");

    // The only connection is held up with ann, and the other two wait for it together.
    let first = app.begin(&lock(ann));
    // Its own wait for a lock is the one that PostgreSQL would end first.
    let mut other = app.begin(&format!("SET LOCAL deadlock_timeout = '200ms'; {}", lock(cleo)));
    let (ann, both) = tokio::join!(verify(ann), async {
        wait_until(&app, WAITS_FOR_A_LOCK);
        tokio::join!(verify(bob), verify(cleo), async {
            drop(first);
            wait_until(&app, SOMEBODY_IS_VERIFIED);
            wait_until(&app, WAITS_FOR_A_LOCK);
            // bob's row belongs to the transaction that waits for cleo's.
            other.execute(&lock(bob));
            drop(other);
        })
    });
    for outcome in [ann, both.0, both.1] {
        outcome.expect("the database answers");
    }
    assert!(app.users().await.iter().all(|user| user.verified_at.is_some()));
}
