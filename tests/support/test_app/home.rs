//! Where a test's application keeps its files and its database; both go with it.

use std::path::Path;

use countersign::settings::DatabaseUrl;
use tempfile::TempDir;

use super::database;

/// A directory and a database of its own for each test, so that all can run at once.
pub struct Home {
    directory: TempDir,
    database_url: String,
}

impl Home {
    /// Makes both.
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let database_url = database::create(directory.path());
        Self { directory, database_url }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The database.
    pub fn database_url(&self) -> DatabaseUrl {
        DatabaseUrl::parse(&self.database_url).expect("a URL")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        database::drop(&self.database_url);
    }
}
