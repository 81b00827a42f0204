//! Requests as ordinary clients send them. Paths are relative to the base path unless they begin with a slash.

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::{Answer, TestApp};

pub(super) fn client() -> reqwest::Client {
    let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a client without TLS needs nothing")
}

impl TestApp {
    /// The whole URL of a path.
    pub fn url(&self, path: &str) -> String {
        let base = if path.starts_with('/') { "" } else { &self.countersign.settings().contracts.accounts.base_path };
        format!("http://{}{base}{path}", self.address)
    }

    /// A request to add headers or a body to; [`TestApp::send`] sends it.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.client.request(method, self.url(path))
    }

    /// Sends a request, reads the answer, and compares it with the description of the API.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let (client, request) = request.build_split();
        let request = request.expect("the request is well-formed");
        let (method, path) = (request.method().to_string(), request.url().path().to_owned());
        let answer = Answer::of(client.execute(request).await.expect("the server answers")).await;
        self.described.check(&self.countersign, &method, &path, &answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    pub async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request("POST", path).json(body)).await
    }

    pub async fn post_form(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.send(self.request("POST", path).form(pairs)).await
    }

    /// Sends bytes under a content type, or under none where that is empty.
    pub async fn post_bytes(&self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request("POST", path).body(body.into());
        let request = if content_type.is_empty() { request } else { request.header("content-type", content_type) };
        self.send(request).await
    }

    /// A request with a token in its header.
    pub fn request_by(&self, token: &str, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).header("authorization", format!("Token {token}"))
    }

    pub async fn get_by(&self, token: &str, path: &str) -> Answer {
        self.send(self.request_by(token, "GET", path)).await
    }

    pub async fn post_by(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(self.request_by(token, "POST", path).json(body)).await
    }

    pub async fn delete_by(&self, token: &str, path: &str) -> Answer {
        self.send(self.request_by(token, "DELETE", path)).await
    }
}
