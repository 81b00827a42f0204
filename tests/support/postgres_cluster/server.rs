//! A server on which tests may make databases.

use super::{OWNER, PostgresCluster};

/// Somebody else's server, or one of our own.
pub enum Server {
    /// The one in `TEST_DATABASE_URL` (`postgres://user@host`), whose user may make databases.
    Given(String),
    /// One that ends when this is dropped.
    Private(PostgresCluster),
}

impl Server {
    /// Takes the one that is given, else starts one; `None` where neither can be, unless tests must be complete.
    pub fn find() -> Option<Self> {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(url) if !url.is_empty() => Some(Self::Given(url.trim_end_matches('/').to_owned())),
            _ => PostgresCluster::start().map(Self::Private),
        }
    }

    /// Its URL, without a database.
    pub fn url(&self) -> String {
        match self {
            Self::Given(url) => url.clone(),
            Self::Private(cluster) => format!("postgres://{OWNER}@127.0.0.1:{}", cluster.port()),
        }
    }
}
