//! Connects provider accounts to users who are logged in.

use countersign::{Hooks, UserId};
use std::sync::{Arc, Mutex};

use super::*;

#[tokio::test]
async fn a_connected_account_logs_in_its_user() {
    let site = Site::start().await;
    let (bob, session) = site.app.somebody("bob").await;
    site.app.mails().await;
    site.connect(&session, &ann()).await.expect_detail(200, "Provider account connected");
    let notice = site.app.mail().await;
    assert_eq!((&*notice.to, &*notice.subject), ("bob@mail.example", "A way to log in to Tea & Co was added"));
    // Once more changes nothing.
    site.connect(&session, &ann()).await.expect_detail(200, "Provider account connected");
    assert!(site.app.mails().await.is_empty());
    let accounts = site.accounts_of(&session).await;
    assert_eq!(accounts.len(), 1);
    assert_eq!((&accounts[0]["provider"], &accounts[0]["subject"]), (&json!("idp"), &json!("ann-there")));
    assert_eq!(accounts[0]["last_login_at"], Value::Null);
    site.app.advance(60);
    let by_provider = token(&site.log_in(&ann()).await);
    assert_eq!(site.profile(&by_provider).await["id"], bob.id.as_str());
    assert_eq!(site.profile(&by_provider).await["email"], "bob@mail.example", "the user's own address stays");
    assert_eq!(site.accounts_of(&session).await[0]["last_login_at"], "2023-11-14T22:14:20Z");
}

#[tokio::test]
async fn a_disconnected_account_logs_in_nobody() {
    let site = Site::with(|settings| settings.providers[0].creates_users = false).await;
    let (_, session) = site.app.somebody("bob").await;
    site.connect(&session, &ann()).await.expect(200);
    let path = format!("provider-accounts/{}/", site.accounts_of(&session).await[0]["id"].as_str().expect("an id"));
    let (_, eve) = site.app.somebody("eve").await;
    site.app.delete_by(&eve, &path).await.expect_detail(404, "Not found.");
    site.app.delete_by(&session, "provider-accounts/%00/").await.expect_detail(404, "Not found.");
    site.app.mails().await;
    site.app.delete_by(&session, &path).await.expect_detail(200, "Provider account disconnected");
    let notice = site.app.mail().await;
    assert_eq!((&*notice.to, &*notice.subject), ("bob@mail.example", "A way to log in to Tea & Co was removed"));
    site.log_in(&ann()).await.expect(400);
    // The user may connect it again, and so may another now.
    site.connect(&eve, &ann()).await.expect_detail(200, "Provider account connected");
}

#[tokio::test]
async fn of_two_ways_in_one_may_go() {
    let site = Site::start().await;
    let session = token(&site.log_in(&ann()).await);
    site.connect(&session, &FakeUser::new("second", "second@mail.example")).await.expect(200);
    let accounts = site.accounts_of(&session).await;
    let paths = accounts.iter().map(|account| format!("provider-accounts/{}/", account["id"].as_str().expect("an id")));
    let gone =
        crate::support::accounts::at_once(paths.map(async |path| site.app.delete_by(&session, &path).await)).await;
    assert_eq!(crate::support::accounts::count(&gone, 200), 1, "{gone:?}");
    assert_eq!(site.accounts_of(&session).await.len(), 1);
}

#[tokio::test]
async fn an_account_of_a_provider_that_is_not_set_any_more_is_no_way_in() {
    let site = Site::start().await;
    let session = token(&site.log_in(&ann()).await);
    let id = site.app.users().await[0].id.to_string();
    let stranded = format!(
        "INSERT INTO provider_accounts (id, provider, subject, user_id, created_at) \
         VALUES ('stranded', 'github', '77', '{id}', 1700000000)"
    );
    site.app.execute(&stranded);
    let accounts = site.accounts_of(&session).await;
    let of_idp = accounts.iter().find(|account| account["provider"] == "idp").expect("it is listed");
    let path = format!("provider-accounts/{}/", of_idp["id"].as_str().expect("an id"));
    let sentence =
        "You could not log in any more. Set a password by a reset link first, or connect another provider account.";
    expect_refused(&site.app.delete_by(&session, &path).await, sentence);
    // The other one logs in nobody, so it may go.
    let stranded = site.app.delete_by(&session, "provider-accounts/stranded/").await;
    stranded.expect_detail(200, "Provider account disconnected");
    assert_eq!(site.accounts_of(&session).await.len(), 1);
}

#[tokio::test]
async fn strangers_connect_nothing() {
    let site = Site::start().await;
    let not_provided = "Authentication credentials were not provided.";
    let body = json!({ "redirect_uri": REDIRECT_URI, "connect": true });
    site.app.post_json("providers/idp/start/", &body).await.expect_detail(401, not_provided);
    site.app.get("provider-accounts/").await.expect_detail(401, not_provided);
    let deleted = site.app.send(site.app.request("DELETE", "provider-accounts/x/")).await;
    deleted.expect_detail(401, not_provided);
}

#[tokio::test]
async fn a_connection_is_finished_by_who_began_it() {
    let site = Site::start().await;
    let (_, bob) = site.app.somebody("bob").await;
    let (_, eve) = site.app.somebody("eve").await;
    let mut browser = Browser::default();
    let body = json!({ "redirect_uri": REDIRECT_URI, "connect": true });
    let begun = site.start_with(&mut browser, Some(&eve), &body).await.expect(200);
    let login = site.idp.log_in(begun["authorization_url"].as_str().expect("a URL"), &ann());
    let refused = site.bring(&browser, Some(&bob), &login.code, &login.state).await;
    expect_refused(&refused, "The state is not valid. Please begin again.");
    assert_eq!(site.bring(&browser, None, &login.code, &login.state).await.status, 401);
    assert!(site.accounts_of(&bob).await.is_empty() && site.accounts_of(&eve).await.is_empty());
    site.bring(&browser, Some(&eve), &login.code, &login.state).await.expect(200);
}

/// Writes down what happens.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn note(&self, what: String) {
        self.0.lock().expect("no hook panics").push(what);
    }
}

impl Hooks for Told {
    fn user_registered(&self, _: &UserId) {
        self.note("registered".to_owned());
    }

    fn user_logged_in_by_provider(&self, _: &UserId, provider: &str) {
        self.note(format!("logged in by {provider}"));
    }

    fn user_connected_provider(&self, _: &UserId, provider: &str) {
        self.note(format!("connected {provider}"));
    }

    fn user_disconnected_provider(&self, _: &UserId, provider: &str) {
        self.note(format!("disconnected {provider}"));
    }
}

#[tokio::test]
async fn hooks_are_told() {
    let (told, idp) = (Told::default(), FakeOpenId::start_at(Clock::manual(BEGINNING)));
    let provider = idp.settings("idp");
    let app = TestApp::with_hooks(told.clone(), |settings| settings.providers = vec![provider]).await;
    let site = Site { app, idp };
    let session = token(&site.log_in(&ann()).await);
    site.connect(&session, &FakeUser::new("second", "second@mail.example")).await.expect(200);
    let id = site.accounts_of(&session).await[0]["id"].as_str().expect("an id").to_owned();
    site.app.delete_by(&session, &format!("provider-accounts/{id}/")).await.expect(200);
    let expected = ["registered", "connected idp", "logged in by idp", "connected idp", "disconnected idp"];
    assert_eq!(*told.0.lock().expect("no hook panics"), expected);
}

#[tokio::test]
async fn a_deleted_user_leaves_no_provider_account() {
    let site = Site::start().await;
    token(&site.log_in(&ann()).await);
    let id = site.app.users().await[0].id.clone();
    site.app.accounts().administration().delete_user(&id).await.expect("there is the user");
    assert_eq!(site.app.lines("SELECT CAST(count(*) AS TEXT) AS line FROM provider_accounts"), ["0"]);
    let profile = site.profile(&token(&site.log_in(&ann()).await)).await;
    assert_ne!(profile["id"], id.as_str());
}
