//! The client of the contract `profiles`: its paths.

use super::requests::Requests;
use crate::support::TestApp;
use crate::support::endpoints::{Contract, Endpoint};

/// The paths of the endpoints, below the contract's base path.
pub mod paths {
    pub const ALL: &str = "all-profiles/";
    pub const ONE: &str = "profile/{id}/";

    /// One profile, by the id of its user.
    pub fn profile(id: &str) -> String {
        format!("profile/{id}")
    }
}

/// Every endpoint.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint::guarded("GET", paths::ALL),
    Endpoint::guarded("POST", paths::ALL),
    Endpoint::guarded("GET", paths::ONE),
    Endpoint::guarded("PUT", paths::ONE),
    Endpoint::guarded("PATCH", paths::ONE),
    Endpoint::guarded("DELETE", paths::ONE),
];

impl TestApp {
    /// The client of the contract of profiles.
    pub fn profiles(&self) -> Requests<'_> {
        Requests { app: self, contract: Contract::Profiles }
    }
}
