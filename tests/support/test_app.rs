//! The real application, started for one test: its own server on a free port, database, mailbox, and a clock that
//! only the test moves.
//!
//! ```ignore
//! let app = TestApp::start().await;
//! let ann = app.registered("ann").await;
//! let link = app.link().await;
//! app.advance(60);
//! assert_eq!(app.verify(&link).await.expect(200), json!({"detail": "User verified successfully"}));
//! ```
//!
//! Nothing works in the background: mails are sent when the test asks for them. Throttles are off and hashes are
//! cheap unless the test says otherwise.

mod answer;
mod database;
mod described;
mod home;
mod people;
mod raw;
mod requests;
mod settings;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use countersign::Builder;
use countersign::clock::{Clock, Seconds, Timestamp};
use countersign::internals::{Listening, Signals, listen};
use countersign::internals::{Store, User};
use countersign::links::{FrontendUrl, LinkSigner};
use countersign::secret::Secret;
use countersign::{Accounts, Countersign, Hooks, Settings, UserId};

use super::mailbox::{self, Link, Mail};

pub use answer::Answer;
use described::Described;
use home::Home;
pub use people::{PASSWORD, Person};

/// When tests begin: 2023-11-14T22:13:20Z.
pub const BEGINNING: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

/// What signs the links of all tests.
pub const SECRET: &str = "the secret of all tests, and of nothing else";

/// What signs the JSON Web Tokens of all tests.
pub const JWT_SECRET: &str = "the secret of the tokens of all tests, and nothing else";

/// The application under test. Its server stops, and its files go, when it is dropped.
pub struct TestApp {
    address: SocketAddr,
    client: reqwest::Client,
    countersign: Countersign,
    clock: Clock,
    described: Described,
    seen_mails: Mutex<BTreeSet<String>>,
    server: ServerHandle,
    server_thread: Option<JoinHandle<()>>,
    /// Dropped last: the database lives in it.
    home: Arc<Home>,
}

impl TestApp {
    /// Starts it with settings fit for most tests; see [`settings::for_tests`].
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts it with settings that `change` has changed.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::assembled(change, |builder| builder).await
    }

    /// Starts it with settings that `change` has changed, and tells `hooks` what happens.
    pub async fn with_hooks(hooks: impl Hooks, change: impl FnOnce(&mut Settings)) -> Self {
        Self::assembled(change, |builder| builder.hooks(hooks)).await
    }

    async fn assembled(change: impl FnOnce(&mut Settings), assemble: impl FnOnce(Builder) -> Builder) -> Self {
        let home = Arc::new(Home::new());
        Self::start_in(home, Clock::manual(BEGINNING), change, assemble).await
    }

    /// Starts it on a database in which something is already: what `sql` writes for `sqlite` or `postgres`.
    pub async fn on_database(sql: impl FnOnce(&str) -> String) -> Self {
        let home = Arc::new(Home::new());
        database::prepare(&home.database_url(), sql);
        Self::start_in(home, Clock::manual(BEGINNING), |_| {}, |builder| builder).await
    }

    /// Starts another one on the same database, mailbox and clock, as a second process would be, or the same one
    /// after a change of its settings.
    pub async fn sibling(&self, change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(Arc::clone(&self.home), self.clock.clone(), change, |builder| builder).await
    }

    /// Starts another one on the same database and mailbox, whose clock begins at `now`.
    pub async fn sibling_at(&self, now: Timestamp, change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_in(Arc::clone(&self.home), Clock::manual(now), change, |builder| builder).await
    }

    async fn start_in(
        home: Arc<Home>,
        clock: Clock,
        change: impl FnOnce(&mut Settings),
        assemble: impl FnOnce(Builder) -> Builder,
    ) -> Self {
        let mut settings = settings::for_tests(&home);
        change(&mut settings);
        let builder = assemble(Countersign::builder(settings).clock(clock.clone()));
        let countersign = builder.start().await.expect("the settings of a test are sound");
        let Listening { addresses, server, .. } = listen(&countersign, Signals::Ignored).expect("there are free ports");
        let handle = server.handle();
        // On a thread of its own, so that it answers while a test blocks, and can be stopped by `Drop`.
        let server_thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(server).expect("the server ends when it is told to");
        });
        let app = Self {
            address: addresses[0],
            client: requests::client(),
            countersign,
            clock,
            described: Described::default(),
            seen_mails: Mutex::default(),
            server: handle,
            server_thread: Some(server_thread),
            home,
        };
        app.forget_mails();
        app
    }

    /// The directory of its files.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The operations behind the HTTP face.
    pub fn accounts(&self) -> &Accounts {
        self.countersign.accounts()
    }

    /// The database.
    pub fn store(&self) -> &Store {
        self.accounts().store()
    }

    /// The whole application, for what has no shortcut here.
    pub fn countersign(&self) -> &Countersign {
        &self.countersign
    }

    /// The description of the API that the application gives of itself.
    pub fn described(&self) -> &serde_json::Value {
        self.described.document(&self.countersign)
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock.
    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Seconds::new(seconds));
    }

    /// A registration link as the mail worker would have signed it at another time, or for anybody.
    pub fn signed(&self, user_id: &str, unix_seconds: i64) -> String {
        let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough");
        let page = FrontendUrl::parse("https://app.example/").expect("a URL");
        signer.sign_verify_registration(user_id, Timestamp::from_unix_seconds(unix_seconds)).url(&page)
    }

    /// All users in the order they registered.
    pub async fn users(&self) -> Vec<User> {
        self.store().list_users(None, 10_000).await.expect("the database answers")
    }

    /// The user with this id.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn user(&self, id: &str) -> User {
        let found = self.store().find_user(UserId::from_stored(id)).await;
        found.expect("the database answers").expect("there is such a user")
    }

    /// How many users there are, and how many mails wait or are parked: what a refused request must not change.
    pub async fn rows(&self) -> (usize, usize) {
        let mails = self.store().list_mails(10_000).await.expect("the database answers");
        (self.users().await.len(), mails.len())
    }

    /// Sends everything that is due. Tells how many mails were taken up, decoys included.
    pub async fn deliver(&self) -> usize {
        self.countersign.mail_worker().deliver_due().await.expect("the database answers")
    }

    /// Sends everything that is due, and returns the mails that have come into the mailbox since this was last asked,
    /// in the order they were caused; those of one second in no certain order.
    pub async fn mails(&self) -> Vec<Mail> {
        self.deliver().await;
        let mut seen = self.seen_mails.lock().expect("no test panics meanwhile");
        let mails = mailbox::read(&settings::mailbox(&self.home));
        mails.into_iter().filter(|mail| seen.insert(mail.file_name.clone())).collect()
    }

    /// The one mail that has come since mails were last asked for.
    ///
    /// # Panics
    ///
    /// If none or several have.
    pub async fn mail(&self) -> Mail {
        let mut mails = self.mails().await;
        assert_eq!(mails.len(), 1, "{mails:#?}");
        mails.remove(0)
    }

    /// The link in the one mail that has come since mails were last asked for.
    pub async fn link(&self) -> Link {
        self.mail().await.link()
    }

    fn forget_mails(&self) {
        let mut seen = self.seen_mails.lock().expect("no test panics meanwhile");
        seen.extend(mailbox::read(&settings::mailbox(&self.home)).into_iter().map(|mail| mail.file_name));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The command is sent at once; the future would only tell when it is done, which the thread's end does too.
        drop(self.server.stop(false));
        if let Some(thread) = self.server_thread.take() {
            // Its panic has been printed, and panicking in `drop` would end all tests.
            let _ = thread.join();
        }
    }
}
