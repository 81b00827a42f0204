//! Mails read back as mail programs read them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mailparse::{MailHeaderMap, ParsedMail};
use serde_json::Value;
use url::Url;

/// A mail that came.
#[derive(Clone, Debug)]
pub struct Mail {
    pub file_name: String,
    pub to: String,
    pub subject: String,
    /// The plain text, lines ending in `\n`, without the last.
    pub text: String,
    pub html: Option<String>,
    /// Every header as it reads after decoding, in order.
    pub headers: Vec<(String, String)>,
}

/// A link as the person's frontend sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub url: String,
    pub user_id: String,
    /// Links that prove a new address have it.
    pub email: Option<String>,
    pub timestamp: String,
    pub signature: String,
}

impl Mail {
    /// Reads a mail.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn parse(file_name: impl Into<String>, source: &[u8]) -> Self {
        let parsed = mailparse::parse_mail(source).expect("it is a mail");
        let header = |name: &str| parsed.headers.get_first_value(name).unwrap_or_default();
        Self {
            file_name: file_name.into(),
            to: header("To"),
            subject: header("Subject"),
            text: part(&parsed, "text/plain").expect("every mail has a text").trim_end().to_owned(),
            html: part(&parsed, "text/html"),
            headers: parsed.headers.iter().map(|header| (header.get_key(), header.get_value())).collect(),
        }
    }

    /// The header of that name, in any case.
    ///
    /// # Panics
    ///
    /// If there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice: {:?}", self.headers);
        first
    }

    /// The link in the text.
    ///
    /// # Panics
    ///
    /// If there is none, or if the HTML does not have the same.
    pub fn link(&self) -> Link {
        Link::parse(self.url())
    }

    /// The URL of the link in this mail, which may be spelled in any way.
    ///
    /// # Panics
    ///
    /// If there is none, or another one in the HTML.
    pub fn url(&self) -> &str {
        let is_link = |line: &&str| line.starts_with("http://") || line.starts_with("https://");
        let url = self.text.lines().find(is_link).unwrap_or_else(|| panic!("no link: {}", self.text));
        if let Some(html) = &self.html {
            let html = html.replace("&#x3D;", "=").replace("&amp;", "&");
            assert!(html.contains(&format!("href=\"{url}\"")), "another link: {html}");
        }
        url
    }
}

impl Link {
    /// Takes a link apart as a frontend does, whether the parameters are in the query or behind a `#/…?`.
    ///
    /// # Panics
    ///
    /// If a parameter is missing or there twice.
    pub fn parse(text: &str) -> Self {
        let url = Url::parse(text).expect("links are URLs");
        let route = url.fragment().and_then(|fragment| fragment.split_once('?')).map(|(_, query)| query);
        let query = route.or(url.query()).expect("links have parameters");
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            assert!(parameters.insert(name.into_owned(), value.into_owned()).is_none(), "twice: {text}");
        }
        let mut parameter = |name: &str| parameters.remove(name).unwrap_or_else(|| panic!("no {name}: {text}"));
        Self {
            url: text.to_owned(),
            user_id: parameter("user_id"),
            timestamp: parameter("timestamp"),
            signature: parameter("signature"),
            email: parameters.remove("email"),
        }
    }

    /// What the frontend posts.
    pub fn claim(&self) -> Value {
        let mut claim = serde_json::json!({
            "user_id": self.user_id,
            "timestamp": self.timestamp,
            "signature": self.signature,
        });
        if let Some(email) = &self.email {
            claim["email"] = Value::from(email.as_str());
        }
        claim
    }
}

/// The mails in a directory, in the order they were caused.
pub fn read(directory: &Path) -> Vec<Mail> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("it is there").file_name().into_string().expect("ASCII")).collect();
    names.retain(|name| name.ends_with(".eml"));
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let source = fs::read(directory.join(&name)).expect("it is there");
            Mail::parse(name, &source)
        })
        .collect()
}

fn part(mail: &ParsedMail<'_>, kind: &str) -> Option<String> {
    let mut parts = mail.parts().filter(|part| part.ctype.mimetype == kind);
    let found = parts.next().map(|part| part.get_body().expect("it decodes").replace("\r\n", "\n"));
    assert!(parts.next().is_none(), "{kind} twice");
    found
}
