//! The requests that the clients of several contracts send.

use serde_json::Value;

use crate::support::endpoints::Contract;
use crate::support::{Answer, TestApp};

/// Requests to the paths of one contract.
pub struct Requests<'a> {
    pub app: &'a TestApp,
    pub contract: Contract,
}

impl Requests<'_> {
    /// Posts a body to a path of the contract.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.app.post_json(&self.path(path), body).await
    }

    /// Sends a request of a logged-in user.
    pub async fn send_by(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.app.send(self.app.request_by(token, method, &self.path(path)).json(body)).await
    }

    /// Reads a path as a logged-in user.
    pub async fn get_by(&self, token: &str, path: &str) -> Answer {
        self.app.get_by(token, &self.path(path)).await
    }

    /// The whole path of a path of the contract.
    pub fn path(&self, path: &str) -> String {
        self.app.path_of(self.contract, path)
    }
}
