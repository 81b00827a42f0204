//! Mails whose links lead to the pages of the contract that they were asked for through.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use countersign::UserId;
use countersign::clock::Seconds;
use countersign::internals::NewMail;
use countersign::internals::{Dispatcher, MailKind, Page, Pages, PagesByContract};
use countersign::links::{BoundTo, Claim, FrontendUrl, LinkSecret, LinkSigner, ResetPassword, ResetUsername};
use countersign::mail::MailWorker;
use countersign::secret::Secret;
use tokio::sync::Notify;

use crate::support::TestApp;
use crate::support::test_app::SECRET;

const CONTRACT: &str = "another";

/// A contract whose pages all have this URL.
fn pages(url: &str) -> Pages {
    let expires_after = Seconds::new(7_200);
    Pages {
        verify_registration: Page { url: FrontendUrl::parse(url).ok(), expires_after },
        reset_password: Page { url: FrontendUrl::parse(url).ok(), expires_after },
        verify_email: Page { url: FrontendUrl::parse(url).ok(), expires_after },
        reset_username: Page { url: FrontendUrl::parse(url).ok(), expires_after },
    }
}

/// A worker on the app's database, for a site with a contract that has pages of its own.
fn worker(app: &TestApp) -> MailWorker {
    let settings = app.countersign().settings();
    let pages = || {
        let own = pages("https://another.example/{uid}/{token}");
        PagesByContract::new(Pages::of(settings), BTreeMap::from([(CONTRACT, Some(own)), ("plain", None)]))
    };
    let dispatcher = Dispatcher::open(&settings.mail, &pages()).expect("the templates are sound");
    let signer = Arc::new(LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough"));
    let new_mail = Arc::new(Notify::new());
    let clock = app.accounts().clock().clone();
    MailWorker::new(app.store().clone(), signer, dispatcher, pages(), clock, new_mail, settings)
}

/// Stores a mail and returns the URL that it was sent with.
async fn mailed(
    app: &TestApp,
    worker: &MailWorker,
    kind: MailKind,
    user: &str,
    contract: Option<&'static str>,
) -> String {
    let user = UserId::from_stored(user);
    let mail = NewMail::about(kind, Some(user), app.now()).of_contract(contract);
    app.store().enqueue(mail, None).await.expect("the database answers");
    assert_eq!(worker.deliver_due().await.expect("the database answers"), 1);
    app.mail().await.url().to_owned()
}

#[tokio::test]
async fn a_mail_leads_to_the_page_of_its_contract() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let (worker, kind) = (worker(&app), MailKind::ResetPassword);
    app.mails().await;
    let own = mailed(&app, &worker, kind, &ann.id, Some(CONTRACT)).await;
    assert!(own.starts_with("https://another.example/"), "{own}");
    for contract in [None, Some("plain")] {
        let of_site = mailed(&app, &worker, kind, &ann.id, contract).await;
        assert!(of_site.starts_with("http://localhost:8000/reset-password/?user_id="), "{of_site}");
    }
}

#[tokio::test]
async fn a_mail_says_how_long_its_contracts_link_works() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let mail = NewMail::about(MailKind::VerifyRegistration, Some(UserId::from_stored(&*ann.id)), app.now());
    app.mails().await;
    app.store().enqueue(mail.of_contract(Some(CONTRACT)), None).await.expect("the database answers");
    worker(&app).deliver_due().await.expect("the database answers");
    let mail = app.mail().await;
    assert!(mail.text.contains("The link works for 2 hours"), "{}", mail.text);
}

#[tokio::test]
async fn a_username_link_leads_to_the_page_of_its_contract_and_serves_for_nothing_else() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    let url = mailed(&app, &worker(&app), MailKind::ResetUsername, &ann.id, Some(CONTRACT)).await;
    let values = url.strip_prefix("https://another.example/").and_then(|values| values.split_once('/'));
    let (uid, token) = values.unwrap_or_else(|| panic!("{url}"));
    let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough");
    let secret = LinkSecret::parse(app.user(&ann.id).await.link_secret.expose()).expect("it was generated");
    let claim = Claim::<ResetUsername>::parse_uid_token(uid, token).expect("it is of us");
    let replaced = LinkSecret::generate();
    signer
        .verify(claim.clone(), BoundTo::User(&replaced), Seconds::new(0), || app.now())
        .expect_err("it is bound to the link secret");
    let proof =
        signer.verify(claim, BoundTo::User(&secret), Seconds::new(0), || app.now()).expect("it was just signed");
    assert_eq!(proof.user_id(), &*ann.id);
    let claim = Claim::<ResetPassword>::parse_uid_token(uid, token).expect("it has the same syntax");
    signer.verify(claim, BoundTo::User(&secret), Seconds::new(0), || app.now()).expect_err("it has another purpose");
}

#[tokio::test]
async fn a_username_mail_that_finds_no_page_waits() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    let mail = NewMail::about(MailKind::ResetUsername, Some(UserId::from_stored(&*ann.id)), app.now());
    app.store().enqueue(mail.of_contract(Some("plain")), None).await.expect("the database answers");
    assert_eq!(worker(&app).deliver_due().await.expect("the database answers"), 1);
    let [waiting] = &app.store().list_mails(10).await.expect("the database answers")[..] else { panic!("one waits") };
    assert_eq!((waiting.mail.as_str(), waiting.attempts, waiting.parked_at), ("reset-username", 1, None));
    assert_eq!(waiting.last_error.as_deref(), Some("the settings name no page for this link"));
    assert!(waiting.due_at > app.now());
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_mail_of_a_contract_that_is_gone_leads_to_the_sites_page_and_the_log_says_so_once() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let worker = worker(&app);
    app.mails().await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    for _ in 0..2 {
        let url = mailed(&app, &worker, MailKind::ResetPassword, &ann.id, Some("gone")).await;
        assert!(url.starts_with("http://localhost:8000/reset-password/?user_id="), "{url}");
    }
    drop(listening);
    let log = String::from_utf8(log.0.lock().expect("no writer panics").clone()).expect("it is text");
    let warnings: Vec<&str> = log.lines().filter(|line| line.contains("WARN")).collect();
    assert!(matches!(warnings[..], [line] if line.contains("gone") && line.contains("not enabled")), "{log}");
}

#[tokio::test]
async fn templates_are_tried_out_with_the_pages_of_every_contract() {
    let own = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(own.path().join("reset-password")).expect("it can be made");
    let text = own.path().join("reset-password/text.hbs");
    let app = TestApp::start().await;
    let mut settings = app.countersign().settings().clone();
    settings.mail.templates_directory = Some(own.path().to_owned());
    let open = |site: &str, contract: &str| {
        let pages = PagesByContract::new(pages(site), BTreeMap::from([(CONTRACT, Some(pages(contract)))]));
        Dispatcher::open(&settings.mail, &pages).map(drop)
    };
    std::fs::write(&text, "{{verification_url}} {{uid}}").expect("it can be written");
    open("https://a.example/{uid}/{token}", "https://b.example/#{uid}/{token}").expect("all pages have a uid");
    for (site, contract) in [
        ("https://a.example/", "https://b.example/{uid}/{token}"),
        ("https://a.example/{uid}/{token}", "https://b.example/{key}"),
    ] {
        let error = open(site, contract).expect_err("some mails would lack it").to_string();
        assert!(error.contains("`uid` does not exist in `reset-password`"), "{error}");
    }
}

#[tokio::test]
async fn a_template_needs_to_suit_only_the_pages_that_there_are() {
    let own = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(own.path().join("reset-username")).expect("it can be made");
    let text = own.path().join("reset-username/text.hbs");
    let app = TestApp::start().await;
    let mut settings = app.countersign().settings().clone();
    settings.mail.templates_directory = Some(own.path().to_owned());
    let open = |contract: Option<Pages>| {
        let pages = PagesByContract::new(Pages::of(&settings), BTreeMap::from([(CONTRACT, contract)]));
        Dispatcher::open(&settings.mail, &pages).map(drop)
    };
    std::fs::write(&text, "{{verification_url}} {{uid}}").expect("it can be written");
    open(Some(pages("https://a.example/{uid}/{token}"))).expect("the site has no page for a new username");
    let error = open(None).expect_err("there is no page at all").to_string();
    assert!(error.contains("`uid` does not exist in `reset-username`"), "{error}");
    std::fs::write(&text, "Hello").expect("it can be written");
    let error = open(None).expect_err("the link is tried out without a page too").to_string();
    assert!(error.contains("leaves a reader of `reset-username` without its link"), "{error}");
}
