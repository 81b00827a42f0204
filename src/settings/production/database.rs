//! `[database]`.

use std::path::Path;

use super::super::DatabaseUrl;
use super::super::Settings;
use super::files::{direct_secret, directory_of, mode_of, secret_file};
use super::row::{Findings, Row, harmless, judged};

pub(super) const ROWS: &[Row] = &[
    judged("database.url", |settings, findings| {
        direct_secret(settings, findings);
        if settings.database.url_file.is_none() {
            url(settings, findings);
        }
    }),
    judged("database.url_file", |settings, findings| {
        secret_file(settings.database.url_file.as_deref(), findings);
        if settings.database.url_file.is_some() {
            url(settings, findings);
        }
    }),
    harmless("database.readers", "at most 64 threads, which wait for work"),
    harmless("database.connections", "too many are refused by the server, which is told"),
    judged("database.queue", |settings, findings| {
        let message = "a handful of requests at once, anybody's, keeps all others out with 503; use 4096";
        findings.risk(settings.database.queue.get() < 100, message);
        let message = "work waits where it should be refused: memory grows, and clients have gone before their turn; \
                       use 4096";
        findings.risk(settings.database.queue.get() > 100_000, message);
    }),
    harmless("database.busy_timeout_seconds", "requests wait in a bounded queue meanwhile"),
    harmless("database.connect_timeout_seconds", "no request waits for it"),
    harmless("database.statement_timeout_seconds", "requests wait in a bounded queue meanwhile"),
    harmless("database.migrate_at_start", "either way the program does not serve on tables that do not fit"),
];

fn url(settings: &Settings, findings: &mut Findings) {
    match &settings.database.url {
        DatabaseUrl::Sqlite(path) => {
            let is_default = settings.database.url_file.is_none() && settings.is_left_at_default("database.url");
            sqlite(path, is_default && *path == Path::new("var/countersign.sqlite3"), findings);
        }
        DatabaseUrl::Postgres(url) => findings.risk(
            url.leaves_this_machine() && !url.verifies_server(),
            "whoever is between this machine and the database can take its place and read along; add \
             sslmode=verify-full and sslrootcert=FILE to the URL",
        ),
    }
}

fn sqlite(path: &Path, is_default: bool, findings: &mut Findings) {
    findings.error(
        is_default,
        "the development database below the working directory, which another start may not find again; name the place, \
         as in \"sqlite:///var/lib/countersign/countersign.sqlite3\"",
    );
    findings.risk(
        path.is_relative() && !is_default,
        "the path starts at the working directory, and a start from elsewhere begins with an empty database; write it \
         with three slashes, as in \"sqlite:///var/lib/countersign/countersign.sqlite3\"",
    );
    findings.risk(
        ["/tmp", "/var/tmp", "/dev/shm", "/run", "/var/run"].iter().any(|fleeting| path.starts_with(fleeting)),
        "what lies there is removed at a reboot or by a cleaner, with all accounts; choose a lasting directory, such as \
         /var/lib/countersign",
    );
    let beside = |ending: &str| path.with_file_name(format!("{}{ending}", name_of(path)));
    let files = [path.to_owned(), beside("-wal"), beside("-shm")];
    let is_open = |mode: u32| files.iter().any(|file| mode_of(file).is_some_and(|found| found & mode != 0));
    findings.risk(
        is_open(0o006),
        "every user of this machine may read or change the database, with addresses and hashes of passwords; chmod 600, \
         its -wal and -shm as well",
    );
    findings.risk(
        mode_of(&directory_of(path)).is_some_and(|mode| mode & 0o1002 == 0o002),
        "every user of this machine may put another database in its place; chmod 700 its directory",
    );
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
