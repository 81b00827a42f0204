//! What came back.

use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub(super) async fn of(response: reqwest::Response) -> Self {
        let status = response.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = response.text().await.expect("the body arrives");
        Self { status, headers, body }
    }

    /// The first header of that name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body as JSON, where the status is as expected.
    ///
    /// # Panics
    ///
    /// If it is another.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    /// Sees that the answer to `what` is this status in one of the contract's shapes, and tells nothing from inside.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn expect_refusal(&self, status: u16, what: &str) {
        assert_eq!(self.status, status, "{what}: {self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{what}");
        let Value::Object(members) = self.json() else { panic!("{what}: {self:?}") };
        assert!(!members.is_empty(), "{what}");
        for (name, value) in members {
            let is_list = value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_string));
            let is_text = (name == "detail" || name == "code") && value.is_string();
            assert!(is_list || is_text, "{what}: {}", self.body);
        }
        let body = self.body.to_lowercase();
        for inner in ["panicked", "src/", "sql", "diesel", "actix", "stack", "argon"] {
            assert!(!body.contains(inner), "{what}: {body}");
        }
    }

    /// Sees that the answer is this status with `{"detail": text}` and nothing else.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[track_caller]
    pub fn expect_detail(&self, status: u16, text: &str) {
        assert_eq!(self.expect(status), serde_json::json!({ "detail": text }));
    }
}
