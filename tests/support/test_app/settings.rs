//! The settings most tests run with.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use countersign::Settings;
use countersign::clock::Seconds;
use countersign::secret::Secret;
use countersign::settings::Mailbox;

use super::home::Home;
use super::{JWT_SECRET, SECRET};

/// The defaults, but for: a free port, files in `home`, a secret, cheap hashes, no throttles.
pub fn for_tests(home: &Home) -> Settings {
    let mut settings = Settings::defaults();
    settings.server.bind = "127.0.0.1:0".parse().expect("an address");
    settings.server.workers = NonZeroUsize::new(2).expect("not zero");
    settings.server.shutdown_timeout = Seconds::new(1);
    settings.database.url = home.database_url();
    settings.links.secrets = vec![Secret::new(SECRET)];
    settings.links.secrets_file = None;
    settings.jwt.secrets = vec![Secret::new(JWT_SECRET)];
    settings.jwt.secrets_file = None;
    settings.passwords.memory_kib = 8;
    settings.passwords.passes = 1;
    settings.passwords.threads = NonZeroUsize::new(2).expect("not zero");
    settings.mail.from = Mailbox::parse("Tea & Co <no-reply@app.example>").expect("a mailbox");
    settings.mail.app_name = "Tea & Co".to_owned();
    settings.mail.directory = mailbox(home);
    settings.throttle.enabled = false;
    settings.database.connections = NonZeroUsize::new(4).expect("not zero");
    settings
}

/// Where the mails go.
pub fn mailbox(home: &Home) -> PathBuf {
    home.path().join("mailbox")
}
