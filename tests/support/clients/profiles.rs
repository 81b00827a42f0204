//! The client of the contract `profiles`: its paths.

use crate::support::endpoints::{Contract, Endpoint};
use crate::support::{Answer, TestApp};
use serde_json::Value;

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

/// The contract's requests.
pub struct Client<'a>(&'a TestApp);

impl TestApp {
    /// The client of the contract of profiles.
    pub fn profiles(&self) -> Client<'_> {
        Client(self)
    }
}

impl Client<'_> {
    pub async fn get_by(&self, token: &str, path: &str) -> Answer {
        self.0.get_by(token, &self.0.path_of(Contract::Profiles, path)).await
    }

    /// Sends a body to a path of the contract.
    pub async fn send_by(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let request = self.0.request_by(token, method, &self.0.path_of(Contract::Profiles, path));
        self.0.send(request.json(body)).await
    }
}
