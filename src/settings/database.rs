//! The database and the number of connections to it.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::postgres_url::PostgresUrl;
use super::reader::Reader;
use super::secret_file;
use crate::clock::Seconds;

/// `[database]`: the engine, its address and its connections.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// The engine and where it is.
    pub url: DatabaseUrl,
    /// The file the URL was read from.
    pub url_file: Option<PathBuf>,
    /// Reading connections to SQLite, besides the writing connection: 1 to 64.
    pub readers: NonZeroUsize,
    /// Connections to PostgreSQL: 1 to 256.
    pub connections: NonZeroUsize,
    /// Pieces of work that may wait for a connection: 1 to 1,000,000.
    pub queue: NonZeroUsize,
    /// How long a statement waits for another process's lock: 1 s to 5 min.
    pub busy_timeout: Seconds,
    /// How long connecting to a PostgreSQL server may take: 1 s to 1 min, for each host.
    pub connect_timeout: Seconds,
    /// How long a statement may take on PostgreSQL, waiting for locks included: 1 s to 10 min.
    pub statement_timeout: Seconds,
    /// Whether the server applies missing migrations when it starts.
    pub migrate_at_start: bool,
}

/// A database engine and how to reach it. `Debug` and `Display` show no password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// A SQLite file, relative to the working directory or absolute.
    Sqlite(PathBuf),
    /// A PostgreSQL database, as libpq reads it.
    Postgres(PostgresUrl),
}

impl DatabaseUrl {
    /// Parses `sqlite://PATH`, `postgres://…` or `postgresql://…`.
    ///
    /// # Errors
    ///
    /// What is allowed. Only a scheme is quoted from the text, because it may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once("://") {
            Some(("sqlite", path)) => parse_sqlite_path(path).map(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => PostgresUrl::parse(text).map(Self::Postgres),
            _ => Err("allowed schemes are sqlite://, postgres:// and postgresql://, each with what follows it in \
                      settings.toml"
                .to_owned()),
        }
    }

    /// Reads the URL from the file at `path`, without one final line break.
    ///
    /// # Errors
    ///
    /// What to do about the file, or what is allowed in it. Nothing of it is quoted.
    pub fn read(path: &Path) -> Result<Self, String> {
        secret_file::read(path).and_then(|secret| Self::parse(secret.expose()))
    }

    /// Returns whether both lead to the same database, as far as is known without connecting.
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sqlite(one), Self::Sqlite(other)) => match (one.canonicalize(), other.canonicalize()) {
                (Ok(one), Ok(other)) => one == other,
                // At least one file does not exist yet.
                _ => one == other,
            },
            (Self::Postgres(one), Self::Postgres(other)) => one.expose() == other.expose(),
            (Self::Sqlite(_), Self::Postgres(_)) | (Self::Postgres(_), Self::Sqlite(_)) => false,
        }
    }

    /// Returns the cargo feature this program was built without though the engine needs it.
    fn missing_feature(&self) -> Option<&'static str> {
        match self {
            Self::Sqlite(_) if !cfg!(feature = "sqlite") => Some("sqlite"),
            Self::Postgres(_) if !cfg!(feature = "postgres") => Some("postgres"),
            Self::Sqlite(_) | Self::Postgres(_) => None,
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => write!(f, "{url}"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// SQLite would interpret some names as a URI or its parameters, and `:memory:` is a separate database for each
/// connection.
fn parse_sqlite_path(path: &str) -> Result<PathBuf, String> {
    if path.is_empty() || path.ends_with('/') || path.starts_with([':', '?']) || path.starts_with("file:") {
        return Err(
            "after sqlite:// the path of a file is needed, as in \"sqlite://var/countersign.sqlite3\"".to_owned()
        );
    }
    if path.contains(['?', '#']) || path.chars().any(char::is_control) {
        return Err("the path after sqlite:// takes no parameters".to_owned());
    }
    Ok(PathBuf::from(path))
}

/// A placeholder until the file is read.
const DEFAULT_URL: &str = "sqlite://var/countersign.sqlite3";

impl DatabaseSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let has_file = reader.has_text("database.url_file");
        let is_open = |text: &str| text.is_empty() || text.starts_with("sqlite://");
        let url = reader.secret_unless("database.url", is_open, |text| match text {
            // The URL is set to nothing because the file holds it.
            "" if has_file => DatabaseUrl::parse(DEFAULT_URL),
            "" => Err("give the URL, or the file that holds it in `database.url_file`".to_owned()),
            _ => DatabaseUrl::parse(text),
        });
        Self {
            url,
            url_file: reader.secret_path("database.url_file"),
            readers: reader.count("database.readers", 1..=64),
            connections: reader.count("database.connections", 1..=256),
            queue: reader.count("database.queue", 1..=1_000_000),
            busy_timeout: reader.seconds("database.busy_timeout_seconds", 1..=300),
            connect_timeout: reader.seconds("database.connect_timeout_seconds", 1..=60),
            statement_timeout: reader.seconds("database.statement_timeout_seconds", 1..=600),
            migrate_at_start: reader.flag("database.migrate_at_start"),
        }
    }

    /// Returns the key of the setting that the URL comes from.
    pub(crate) fn url_key(&self) -> &'static str {
        if self.url_file.is_some() { "database.url_file" } else { "database.url" }
    }

    /// Reads the file that holds the URL, and refuses an engine that was left out of this program.
    pub(super) fn complete(&mut self, reader: &mut Reader) {
        if let Some(path) = secret_file::chosen(reader, "database.url", "database.url_file", &mut self.url_file) {
            match DatabaseUrl::read(path) {
                Ok(url) => self.url = url,
                Err(requirement) => return reader.refuse("database.url_file", requirement),
            }
        }
        let key = self.url_key();
        if let Some(feature) = self.url.missing_feature().filter(|_| !reader.is_faulty(key)) {
            reader
                .refuse(key, format!("this program was built without the cargo feature `{feature}`; build it with it"));
        }
    }
}
