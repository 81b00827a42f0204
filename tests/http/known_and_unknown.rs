//! Who asks about somebody learns nothing: known and unknown users get the same answer, at the price of the same work.

mod logins;

use countersign::settings::LoginField;
use countersign::{Settings, UserId};
use serde_json::{Value, json};

use crate::support::accounts::paths;
use crate::support::declared::{declare, of_every_type, values_of_every_type, with_members};
use crate::support::endpoints::{Contract, Question, WITH_JWT, serve_all, serve_jwt};
use crate::support::limits::{rate, unreached};
use crate::support::test_app::PASSWORD;
use crate::support::{Answer, TestApp};

/// What a request cost, and what it was answered.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    body: String,
    headers: Vec<(String, String)>,
    hashes: u64,
    statements: u64,
}

/// Limits cost statements too, so they are on, and too generous to be reached.
fn generously_limited(settings: &mut Settings) {
    let rate = unreached();
    let throttle = &mut settings.throttle;
    throttle.enabled = true;
    (throttle.register, throttle.resend_verification, throttle.login) = (rate, rate, rate);
    (throttle.send_reset_link, throttle.reset_password, throttle.register_email) = (rate, rate, rate);
    (throttle.account_login, throttle.account_login_anywhere, throttle.account_mails) = (rate, rate, rate);
}

/// Users of every standing: ann is verified, bea is not, cyd is disabled. Nobody else is known.
async fn inhabited(conceal: bool) -> TestApp {
    inhabited_with(serve_all, conceal).await
}

/// The contracts that can answer logins with JSON Web Tokens, and what may be asked there; and all contracts with tokens.
async fn inhabited_in_both_modes() -> [(TestApp, Vec<(Contract, Question)>); 2] {
    let of_jwt = questions().into_iter().filter(|(contract, _)| WITH_JWT.contains(contract)).collect();
    [(inhabited(true).await, questions()), (inhabited_with(serve_jwt, true).await, of_jwt)]
}

async fn inhabited_with(serve: fn(&mut Settings), conceal: bool) -> TestApp {
    let app = TestApp::with(|settings| {
        serve(settings);
        settings.login.fields = vec![LoginField::Username, LoginField::Email];
        settings.users.conceal_emails = conceal;
        declare(settings, of_every_type());
        generously_limited(settings);
    })
    .await;
    app.verified("ann").await;
    app.registered("bea").await;
    let cyd = app.verified("cyd").await;
    app.store().disable_user(UserId::from_stored(&cyd.id), app.now()).await.expect("it answers");
    app.deliver().await;
    app
}

/// Sends a request and sees what it costs. What differs from request to request anyway is made equal.
async fn seen(app: &TestApp, path: &str, body: &Value) -> Seen {
    let (hashes, statements) = (app.accounts().hasher().hashes_done(), app.store().statements_run());
    let answer = app.post_json(path, body).await;
    let (hashes, statements) =
        (app.accounts().hasher().hashes_done() - hashes, app.store().statements_run() - statements);
    let Answer { status, mut headers, body: mut text } = answer;
    headers.retain(|(name, _)| !["date", "x-request-id", "ratelimit"].contains(&name.as_str()));
    headers.sort();
    // An answer without a body tells nothing.
    if let Some(id) = serde_json::from_str::<Value>(&text).unwrap_or_default()["id"].as_str() {
        assert_eq!(id.len(), 36);
        text = text.replace(id, "ID");
    }
    for value in body.as_object().expect("an object").values().filter_map(Value::as_str).filter(|text| text.len() > 2) {
        text = text.replace(value, "SENT");
    }
    headers.retain(|(name, _)| name != "content-length" || !text.contains("SENT"));
    Seen { status, body: text, headers, hashes, statements }
}

#[track_caller]
fn are_alike(all: &[Seen]) {
    for other in &all[1..] {
        assert_eq!(&all[0], other);
    }
}

/// The questions of all contracts.
fn questions() -> Vec<(Contract, Question)> {
    let of = |contract: Contract| contract.questions().iter().map(move |question| (contract, *question));
    Contract::ALL.into_iter().flat_map(of).collect()
}

#[tokio::test]
async fn a_mail_costs_the_same_whoever_it_is_asked_for() {
    let app = inhabited(true).await;
    let addresses = ["nobody@mail.example", "ann@mail.example", "bea@mail.example", "cyd@mail.example"];
    let mut asked = 0;
    for (contract, question) in questions() {
        let (path, body, names) = match question {
            Question::MailByName { path, body } => {
                let other = ["nobody", "ann", "bea", "cyd", "no name and no address!"];
                (path, body, [&addresses[..], &other].concat())
            }
            Question::MailByAddress { path, body } => (path, body, addresses.to_vec()),
            _ => continue,
        };
        let mut all = Vec::new();
        for name in names {
            all.push(seen(&app, &app.path_of(contract, path), &body(name)).await);
            app.deliver().await;
        }
        are_alike(&all);
        assert!([200, 204].contains(&all[0].status) && all[0].hashes == 0, "{path}: {:?}", all[0]);
        asked += 1;
    }
    assert!(asked >= 2);
}

#[tokio::test]
async fn a_registration_costs_the_same_whoever_has_the_address() {
    for (app, questions) in inhabited_in_both_modes().await {
        for (contract, question) in questions {
            let Question::Registration { path, body } = question else { continue };
            let mut all = Vec::new();
            for (number, email) in
                ["nobody@mail.example", "ann@mail.example", "bea@mail.example", "cyd@mail.example", "ANN@mail.example"]
                    .into_iter()
                    .enumerate()
            {
                let username = format!("{}{number}", contract.name());
                let body = with_members(body(&username, email), &values_of_every_type());
                all.push(seen(&app, &app.path_of(contract, path), &body).await);
            }
            are_alike(&all);
            assert_eq!((all[0].status, all[0].hashes), (201, 1), "{path}");
            let shows_fields = all[0].body.contains(r#""age":31"#);
            assert_eq!(shows_fields, Contract::THAT_SHOW_NEW_USERS.contains(&contract), "{path}: declared fields");
        }
    }
}

#[tokio::test]
async fn a_forged_link_of_a_stranger_costs_what_one_of_a_user_does() {
    let app = inhabited(true).await;
    let ann = app.users().await[0].id.to_string();
    for (contract, question) in questions() {
        let Question::ForgedLink { path, body } = question else { continue };
        let mut all = Vec::new();
        for id in [ann.as_str(), "00000000-0000-7000-8000-000000000000", "x"] {
            all.push(seen(&app, &app.path_of(contract, path), &body(id)).await);
        }
        are_alike(&all);
        assert!([400, 404].contains(&all[0].status) && all[0].hashes == 0, "{path}: {:?}", all[0]);
    }
}

#[tokio::test]
async fn a_mailbox_that_may_get_no_more_mails_costs_what_any_other_does() {
    let one = |settings: &mut Settings| {
        generously_limited(settings);
        settings.throttle.account_mails = rate(1, 1);
    };
    let app = TestApp::with(one).await;
    app.registered("ann").await;
    app.register("cyd", json!({ "email": "cyd@mail.example" })).await.expect(201);
    app.advance(3_600);
    app.register("bea", json!({ "email": "ann+bea@mail.example" })).await.expect(201);
    app.mails().await;
    let mut all = Vec::new();
    for login in ["ann", "bea", "cyd", "nobody"] {
        all.push(seen(&app, paths::SEND_RESET_LINK, &json!({ "login": login })).await);
    }
    are_alike(&all);
    assert_eq!(all[0].status, 200);
    let told: Vec<_> = app.mails().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(told.len(), 2, "ann's mailbox is bea's: {told:?}");
}

#[tokio::test]
async fn a_reset_link_by_address_costs_the_same_too() {
    let app = inhabited(true).await;
    let by_email = |settings: &mut Settings| {
        generously_limited(settings);
        settings.contracts.accounts.reset_password_by_email = true;
    };
    let app = app.sibling(by_email).await;
    let mut all = Vec::new();
    for name in ["nobody", "ann", "bea", "cyd"] {
        let body = json!({ "email": format!("{name}@mail.example") });
        all.push(seen(&app, paths::SEND_RESET_LINK, &body).await);
    }
    all.push(seen(&app, paths::SEND_RESET_LINK, &json!({ "email": "no address" })).await);
    are_alike(&all);
}

#[tokio::test]
async fn another_address_costs_the_same_whoever_has_it() {
    let app = inhabited(true).await;
    let token = app.log_in("ann", PASSWORD).await.expect(200)["token"].as_str().expect("a token").to_owned();
    let mut costs = Vec::new();
    for name in ["nobody", "ann", "bea", "cyd"] {
        // Who keeps the server waiting for a body is judged once more; of a few requests one arrives whole.
        let mut cheapest = (String::new(), u64::MAX);
        for _ in 0..5 {
            let before = app.store().statements_run();
            let answer = app.ask_for_email(&token, &format!("{name}@mail.example")).await;
            cheapest = (answer.body, cheapest.1.min(app.store().statements_run() - before));
        }
        costs.push(cheapest);
    }
    assert!(costs.windows(2).all(|pair| pair[0] == pair[1]), "{costs:?}");
}

#[tokio::test]
async fn the_comparison_would_see_a_difference() {
    let app = inhabited(false).await;
    let mut taken = TestApp::registration_of("user1");
    taken["email"] = json!("ann@mail.example");
    let taken = seen(&app, paths::REGISTER, &taken).await;
    let free = seen(&app, paths::REGISTER, &TestApp::registration_of("user2")).await;
    assert_eq!((taken.status, taken.hashes, free.status, free.hashes), (400, 0, 201, 1));
    assert_ne!(taken.statements, free.statements);
}
