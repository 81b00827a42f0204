//! A client that goes away after its request was carried out: what was stored is reported all the same, and its mail
//! sent.

use std::time::Duration;

use countersign::accounts::{Authenticated, Client, Follower, NewPassword, ProviderProof, Registration, SessionToken};
use countersign::identity::{EmailAddress, PersonName, Username};
use countersign::links::{Claim, VerifyEmail, VerifyRegistration};
use countersign::passwords::Password;
use countersign::secret::Secret;
use countersign::{Settings, UserId};
use futures_util::FutureExt;

use crate::support::fake_providers::{FakeOpenId, FakeUser};
use crate::support::test_app::{BEGINNING, PASSWORD};
use crate::support::{Diary, TestApp};

/// How often each operation is tried.
const ROUNDS: usize = 5;

struct Site {
    app: TestApp,
    diary: Diary,
}

impl Site {
    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let diary = Diary::default();
        Self { app: TestApp::with_hooks(diary.clone(), change).await, diary }
    }

    async fn authenticated(&self, token: &str) -> Authenticated {
        let token = SessionToken::parse(token).expect("a token");
        self.app.accounts().authenticate(&token).await.expect("it answers").expect("the user is logged in")
    }

    /// Polls `operation` until what it does is stored, drops it before it is polled once more, and waits until the
    /// hooks are told something that begins with `told`.
    async fn is_told<T>(&self, operation: impl Future<Output = T>, is_stored: impl AsyncFn() -> bool, told: &str) {
        let mut operation = Box::pin(operation);
        let mut is_done = false;
        while !is_done && !is_stored().await {
            is_done = (&mut operation).now_or_never().is_some();
        }
        drop(operation);
        let is_told = async {
            while !self.diary.entries().iter().any(|entry| entry.starts_with(told)) {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(10), is_told).await;
        assert!(waited.is_ok(), "{told}: {:?}", self.diary.entries());
        self.diary.take();
    }
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

fn nobody() -> Follower {
    Follower { client: Client::default(), password: None, browser_marks: Vec::new() }
}

#[tokio::test]
async fn a_provider_account_is_reported_as_connected_and_disconnected() {
    let idp = FakeOpenId::start_at(countersign::clock::Clock::manual(BEGINNING));
    let provider = idp.settings("idp");
    let site = Site::with(|settings| settings.providers = vec![provider]).await;
    let (ann, token) = site.app.somebody("ann").await;
    let (who, accounts) = (site.authenticated(&token).await, site.app.accounts());
    let provider = accounts.providers().get("idp").expect("it is set");
    let listed = async || accounts.list_provider_accounts(&who).await.expect("it answers");
    for number in 0..ROUNDS {
        let there = FakeUser::new(&format!("ann-{number}"), "ann@mail.example");
        let proof = ProviderProof::AccessToken { access_token: Secret::new(idp.tokens_for(&there).0), id_token: None };
        let connection = accounts.connect_provider(&who, provider, proof);
        site.is_told(connection, async || listed().await.len() == 1, &format!("connected idp {}", ann.id)).await;
        let disconnection = accounts.disconnect_provider(&who, listed().await[0].id.clone());
        site.is_told(disconnection, async || listed().await.is_empty(), &format!("disconnected idp {}", ann.id)).await;
    }
}

#[tokio::test]
async fn a_registration_and_a_new_user_of_an_operator_are_reported() {
    let site = Site::with(|settings| settings.registration.verification = false).await;
    let accounts = site.app.accounts();
    let registration = |name: &str| Registration {
        username: Some(Username::parse(name).expect("a name")),
        email: Some(email(&format!("{name}@mail.example"))),
        first_name: PersonName::parse("").expect("a name"),
        last_name: PersonName::parse("").expect("a name"),
        fields: Default::default(),
        password: NewPassword::new(Password::parse(PASSWORD, 128).expect("a password")),
    };
    let mut count = 0;
    for round in 0..ROUNDS {
        for of_operator in [false, true] {
            count += 1;
            let registration = registration(&format!("user-{round}-{of_operator}"));
            let operation = match of_operator {
                true => accounts.create_user(registration).boxed(),
                false => accounts.register(registration).boxed(),
            };
            site.is_told(operation, async || site.app.users().await.len() == count, "registered").await;
        }
    }
}

#[tokio::test]
async fn a_verification_is_reported() {
    let site = Site::with(|_| {}).await;
    for number in 0..ROUNDS {
        let person = site.app.registered(&format!("ann{number}")).await;
        let link = site.app.link().await;
        let claim =
            Claim::<VerifyRegistration>::parse(&link.user_id, &link.timestamp, &link.signature).expect("it is ours");
        let link = site.app.accounts().check_registration_link(claim).expect("it is valid");
        let told = format!("activated {} Some(1700000000)", person.id);
        let is_stored = async || site.app.user(&person.id).await.verified_at.is_some();
        site.is_told(site.app.accounts().verify_registration(link, nobody()), is_stored, &told).await;
    }
}

#[tokio::test]
async fn a_new_address_is_reported_whether_by_link_or_at_once() {
    for with_link in [true, false] {
        let site = Site::with(|settings| settings.change_email.verification = with_link).await;
        let (ann, token) = site.app.somebody("ann").await;
        for number in 0..ROUNDS {
            let new = format!("ann-{number}@mail.example");
            let (told, accounts) = (format!("changed e-mail {}", ann.id), site.app.accounts());
            let is_stored = async || site.app.user(&ann.id).await.email.as_deref() == Some(new.as_str());
            if with_link {
                let link = site.app.email_link(&token, &new).await;
                let claim = Claim::<VerifyEmail>::parse(&link.user_id, &new, &link.timestamp, &link.signature)
                    .expect("it is ours");
                site.is_told(accounts.verify_email(claim, nobody()), is_stored, &told).await;
                site.app.mails().await;
            } else {
                let who = site.authenticated(&token).await;
                site.is_told(accounts.request_email(&who, email(&new)), is_stored, &told).await;
            }
        }
    }
}

#[tokio::test]
async fn what_an_operator_does_is_reported() {
    let site = Site::with(|_| {}).await;
    let operators = site.app.accounts().administration();
    for number in 0..ROUNDS {
        let ann = site.app.verified(&format!("ann{number}")).await;
        let id = UserId::from_stored(&*ann.id);
        let is_disabled = async || site.app.user(&ann.id).await.disabled_at.is_some();
        site.is_told(operators.disable_user(&id), &is_disabled, &format!("disabled {id}")).await;
        let is_enabled = async || !is_disabled().await;
        site.is_told(operators.enable_user(&id), is_enabled, &format!("enabled {id}")).await;
        let is_deleted = async || operators.find_user(&id).await.expect("it answers").is_none();
        site.is_told(operators.delete_user(&id), is_deleted, &format!("deleted {id}")).await;
    }
}
