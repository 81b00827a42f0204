//! Which frontends on other origins may call, and what they may send.

use std::fmt;

use url::Url;

use super::reader::Reader;

/// `[cors]`: which pages on other origins may call the API from a browser.
#[derive(Clone, Debug)]
pub struct CorsSettings {
    /// The origins, each once.
    pub allowed_origins: Vec<Origin>,
    /// Whether every page that this machine serves may call as well, in development. On, unless an embedding program
    /// turns it off.
    pub loopback_in_development: bool,
    /// The headers that these pages may send.
    pub allowed_headers: AllowedHeaders,
}

impl CorsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let mut allowed_origins: Vec<Origin> = Vec::new();
        for origin in reader.list("cors.allowed_origins", Origin::parse) {
            if !allowed_origins.contains(&origin) {
                allowed_origins.push(origin);
            }
        }
        Self { allowed_origins, loopback_in_development: true, allowed_headers: AllowedHeaders::read(reader) }
    }
}

/// The origin of a page, spelt as browsers spell it in the `Origin` header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Parses `scheme://host[:port]`, and writes it in lower case and without a default port, as browsers do.
    ///
    /// # Errors
    ///
    /// What is allowed, when `text` has a path, a wildcard, a user, or is no absolute URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        let allowed =
            || "allowed is scheme://host[:port] without a path or wildcard, as in \"https://app.example.org\"";
        if text == "null" || text.starts_with("file:") {
            return Err(
                "pages opened from a file have no origin that could be told from others': every sandboxed frame \
                        on the net sends \"null\". Serve the page, or give the app a scheme of its own, as in \
                        \"capacitor://localhost\""
                    .to_owned(),
            );
        }
        let url = Url::parse(text).map_err(|_| allowed().to_owned())?;
        let authority = text.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() || host.contains('*') || authority.contains(['/', '?', '#', '@', '\\']) {
            return Err(allowed().to_owned());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self(format!("{}://{}{port}", url.scheme(), host.to_lowercase())))
    }

    /// Returns the origin as it stands in the `Origin` header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the origin as a URL, where its scheme is one that URLs know.
    pub(super) fn to_url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }

    /// Returns whether pages of this origin travel over the network in clear text.
    pub(super) fn is_plain_http(&self) -> bool {
        self.0.starts_with("http://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The headers that pages on other origins may send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedHeaders {
    /// Any.
    #[default]
    Any,
    /// These, in lower case, beside those that every frontend needs.
    Listed(Vec<String>),
}

impl AllowedHeaders {
    /// The headers that every frontend needs.
    const ALWAYS: [&str; 8] = [
        "accept",
        "accept-language",
        "authorization",
        "content-language",
        "content-type",
        "idempotency-key",
        "x-csrftoken",
        "x-request-id",
    ];

    fn read(reader: &mut Reader) -> Self {
        let names = reader.list("cors.allowed_headers", |text| match text {
            "*" => Ok(text.to_owned()),
            _ if is_token(text) => Ok(text.to_ascii_lowercase()),
            _ => Err("allowed are names of headers, as in \"X-Requested-With\", and \"*\" for all".to_owned()),
        });
        if names.iter().any(|name| name == "*") { Self::Any } else { Self::Listed(names) }
    }

    /// Returns the allowed names of the comma-separated list `asked`, as such a list, and whether all are allowed.
    pub fn of_those(&self, asked: &str) -> (String, bool) {
        let asked = asked.split(',').map(str::trim).filter(|name| !name.is_empty());
        let (allowed, refused): (Vec<_>, Vec<_>) = asked.partition(|name| is_token(name) && self.allows(name));
        (allowed.join(", "), refused.is_empty())
    }

    fn allows(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(names) => {
                let name = name.to_ascii_lowercase();
                Self::ALWAYS.contains(&name.as_str()) || names.contains(&name)
            }
        }
    }
}

/// Returns whether `name` is a valid header name (RFC 9110, 5.6.2).
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
