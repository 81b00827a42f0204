//! Requests with one key at the same time, at one server and at several.

use countersign::Settings;
use countersign::secret::Secret;
use countersign::settings::{LoginField, UsernamePolicy};
use futures_util::future::{join_all, select};
use serde_json::json;

use super::{KEY, post, register, registration};
use crate::support::accounts::{at_once, count};
use crate::support::endpoints::{Contract, serve_all};
use crate::support::test_app::PASSWORD;
use crate::support::{TestApp, dj_rest_auth};

const IN_USE: &str = "A request with this Idempotency-Key is being processed. Send it again in a moment.";

#[tokio::test]
async fn of_many_requests_at_once_one_registers() {
    let app = TestApp::with_all_contracts(|_| {}).await;
    let other = app.sibling(serve_all).await;
    for contract in Contract::THAT_REGISTER {
        let (path, body) = registration(contract);
        let (path, body) =
            (app.path_of(contract, path), body(contract.name(), &format!("{}@mail.example", contract.name())));
        let key = format!("\"{}\"", contract.name());
        let before = app.users().await.len();
        let answers = at_once((0..16).map(|number| post([&app, &other][number % 2], &path, &key, &body))).await;
        let (made, in_use) = (count(&answers, 201), count(&answers, 409));
        assert!(made >= 1 && made + in_use == 16, "{path}: {answers:?}");
        for answer in &answers {
            match answer.status {
                409 => {
                    answer.expect_detail(409, IN_USE);
                    assert_eq!(answer.header("retry-after"), Some("1"));
                }
                _ => assert_eq!(answer.json(), post(&app, &path, &key, &body).await.expect(201)),
            }
        }
        assert_eq!((app.users().await.len(), app.mails().await.len()), (before + 1, 1), "{path}");
    }
}

#[tokio::test]
async fn a_client_that_went_away_is_told_to_wait_and_then_gets_its_answer() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann");
    let held = app.hold_writes();
    let (one, other) = (Box::pin(register(&app, KEY, &body)), Box::pin(register(&app, KEY, &body)));
    // One of them waits for the database.
    let (refused, waiting) = select(one, other).await.factor_first();
    refused.expect_detail(409, IN_USE);
    drop((waiting, held));
    let mut answer = refused;
    while answer.status == 409 {
        answer = register(&app, KEY, &body).await;
    }
    assert_eq!(answer.expect(201)["username"], "ann");
    assert_eq!((app.users().await.len(), app.mails().await.len()), (1, 1));
}

#[tokio::test]
async fn of_many_requests_at_once_for_users_without_names_one_registers() {
    let by_address = |settings: &mut Settings| {
        settings.users.username = UsernamePolicy::None;
        settings.login.fields = vec![LoginField::Email];
    };
    let app = TestApp::with(by_address).await;
    let others = join_all((0..3).map(|_| app.sibling(by_address))).await;
    let body = json!({ "email": "ann@mail.example", "password": PASSWORD, "password_confirm": PASSWORD });
    let answers = at_once((0..16).map(|number| register(others.get(number % 4).unwrap_or(&app), KEY, &body))).await;
    assert!(answers.iter().all(|answer| [201, 409].contains(&answer.status)), "{answers:?}");
    let first = register(&app, KEY, &body).await.expect(201);
    assert!(answers.iter().filter(|answer| answer.status == 201).all(|answer| answer.json() == first));
    assert_eq!((app.users().await.len(), app.mails().await.len()), (1, 1));
}

#[tokio::test]
async fn a_key_is_known_to_other_servers_and_after_a_restart_with_a_new_secret() {
    let app = TestApp::start().await;
    let body = TestApp::registration_of("ann");
    let first = register(&app, KEY, &body).await.expect(201);
    let other = app
        .sibling(|settings| {
            let new = Secret::new("the new secret of this test, and of nothing else");
            settings.links.secrets.insert(0, new);
        })
        .await;
    assert_eq!(register(&other, KEY, &body).await.expect(201), first);
    assert_eq!(app.users().await.len(), 1);
}

#[tokio::test]
async fn a_repeated_registration_begins_no_session_with_a_password_that_was_replaced_meanwhile() {
    let app = TestApp::with_all_contracts(|settings| settings.registration.verification = false).await;
    let body = dj_rest_auth::registration("ann", "ann@mail.example");
    let path = app.path_of(Contract::DjRestAuth, dj_rest_auth::paths::REGISTRATION);
    post(&app, &path, KEY, &body).await.expect(201);
    let sessions = || app.lines("SELECT id AS line FROM sessions ORDER BY id");
    let before = sessions();
    let mut held = app.hold_writes();
    let hashed = app.accounts().hasher().hashes_done();
    let replacing = async {
        while app.accounts().hasher().hashes_done() == hashed {
            tokio::task::yield_now().await;
        }
        held.execute("UPDATE users SET password_hash = '!'; COMMIT");
    };
    let (answer, ()) = tokio::join!(post(&app, &path, KEY, &body), replacing);
    let refused = json!({ "non_field_errors": ["Unable to log in with provided credentials."] });
    assert_eq!(answer.expect(400), refused);
    assert!(answer.header("set-cookie").is_none(), "{answer:?}");
    assert_eq!((before.len(), sessions()), (1, before));
}
